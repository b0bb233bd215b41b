"""Messages between leads survive crashes as records do: sent with the transaction, taken with one, once."""

from uuid import UUID

import pytest

from leadline_runtime.crash import POINTS
from tests.support.memory_world import LANES, DyingAt, MemoryWorld

ROOT, PART, MIDDLE = UUID(int=1), UUID(int=2), UUID(int=3)


@pytest.mark.parametrize("nth", [1, 2, 3])
@pytest.mark.parametrize("point", POINTS)
async def test_what_moves_to_another_lead_arrives_once_whatever_dies(point: str, nth: int) -> None:
    world = MemoryWorld()
    pings = {world.ping(PART), world.ping(PART), world.ping(ROOT)}
    pings.add(world.ping(PART, f"part of {ROOT}"))
    await world.run_through(world.instance(DyingAt(point, nth), batch_items=2))
    pings |= {world.ping(PART), world.ping(ROOT)}  # what comes for the part now is the root's
    await world.run_through(world.instance(DyingAt(point, nth), batch_items=2))
    world.check()
    assert {*world.tallies(ROOT)[-1].seen} == pings
    assert not world.tables.inbox and not world.letters()


async def test_a_chain_is_followed_to_its_end_by_what_is_on_its_way() -> None:
    world = MemoryWorld()
    early, late = world.instance(lanes=range(LANES)), world.instance(lanes=range(LANES))
    pings = {world.ping(PART), world.ping(PART, f"part of {MIDDLE}"), world.ping(MIDDLE, f"part of {ROOT}")}
    await world.run(early)
    pings.add(world.ping(PART))
    await world.run(late)
    world.check()
    assert {*world.tallies(ROOT)[-1].seen} == pings
    assert not world.tables.inbox


async def test_a_replay_of_all_records_changes_nothing() -> None:
    world = MemoryWorld()
    sent = [(lead, world.ping(lead)) for lead in (PART, ROOT)]
    moved = world.ping(PART, f"part of {ROOT}")
    await world.run(world.instance())
    before = world.tallies(ROOT)[-1].seen
    for lead, ping in sent:
        world.ping(lead, ping_id=ping)
    await world.run(world.instance())
    assert world.tallies(ROOT)[-1].seen == before and moved in before
