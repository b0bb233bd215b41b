"""Gauges about leads survive what an instance does not; in memory."""

from collections.abc import AsyncIterator

import pytest

from tests.support.survey_laws import ANN, SurveyLaws, SurveyWorld


@pytest.fixture
async def world() -> AsyncIterator[SurveyWorld]:
    made = SurveyWorld()
    yield made
    await made.close()


class TestInMemory(SurveyLaws):
    """Each law."""


async def test_what_a_batch_of_doubtful_outcome_did_is_told_after_the_claim() -> None:
    world = SurveyWorld()
    expected = world.every_lead_is_counted()
    loop, gauges = await world.telling()
    await world.looked_over(loop)
    world.ping(ANN)
    world.tables.lose_next_commit_answer = True
    while world.tables.lose_next_commit_answer:
        await loop._guarded_turn()
    assert gauges.told == expected, "it is not known if it was committed"
    await world.looked_over(loop)
    assert gauges.told == {**expected, ANN: expected[ANN] + 1}
    await world.close()


async def test_a_lead_that_a_doubtful_batch_ended_is_told_of_no_more() -> None:
    world = SurveyWorld()
    world.ping(ANN, "timer")
    loop, gauges = await world.telling()
    await world.looked_over(loop)
    world.pass_time(31)
    world.tables.lose_next_commit_answer = True
    while world.tables.lose_next_commit_answer:
        await loop._guarded_turn()
    assert ANN in gauges.told
    await world.looked_over(loop)
    assert gauges.told == {}
    await world.close()


async def test_a_step_without_gauges_is_not_surveyed() -> None:
    world = SurveyWorld()
    world.ping(ANN, "timer")
    loop = world.instance()
    await world.run(loop)
    assert loop.batching.survey._task is None
