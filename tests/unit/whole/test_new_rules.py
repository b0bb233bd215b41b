"""New scoring rules, through all steps: nothing moves by itself; a person's word or an act of the lead moves it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.support.whole import Whole
from tests.unit.score.builders import loaded, preset

TUESDAY = datetime(2026, 3, 10, 15, tzinfo=UTC)  # 11:00 in New York
HOUR = timedelta(hours=1)
ANN: dict[str, Any] = {
    "name": "Ann Lee", "email": "ann@bayfreight.example", "company": "Bay Freight",
    "country": "US", "state": "NY", "employees": 200, "type": "content_download",
    "consent": [{"purpose": "marketing", "channel": "email", "state": "granted"}],
}  # fmt: skip


async def lukewarm() -> Whole:
    """A lead of more than 50 points and less than 60, in nurture."""
    whole = await Whole(TUESDAY).comes(ANN)
    assert whole.routed.outcome == "nurture"
    assert 50 <= float(whole.routed.scored.scorecard.total) < 60, whole.routed.scored.scorecard.explanation
    return whole


async def test_a_lead_that_newly_qualifies_goes_to_nobody_until_a_person_says_so() -> None:
    whole = await lukewarm()
    before, promised = whole.routed, whole.promises
    await whole.at(TUESDAY + HOUR)
    await whole.publishes(preset("eager"))
    assert (whole.routed, whole.promises) == (before, promised), "no owner, no clock, no word"
    assert [(each.lead_id, each.now.signal) for each in whole.on_review if each.now] == [(whole.lead.lead_id, "MQL")]

    await whole.at(TUESDAY + 2 * HOUR)
    await whole.says_of_it("lead.released")
    assert (whole.routed.outcome, whole.routed.assignment) == ("person", 1)
    assert whole.routed.requests[-1].start == TUESDAY + 2 * HOUR, "its clock starts at the decision"
    assert (whole.promises["first_touch"], "first_touch" in promised) == (["armed"], False)
    assert whole.on_review == []


async def test_an_act_of_its_own_brings_it_to_somebody() -> None:
    whole = await (await lukewarm()).publishes(preset("eager"))
    await whole.at(TUESDAY + HOUR)
    await whole.comes({**ANN, "type": "webinar_attended"})
    assert (whole.routed.outcome, whole.on_review) == ("person", [])


async def test_time_alone_brings_it_to_nobody() -> None:
    whole = await (await lukewarm()).publishes(preset("eager"))
    for day in range(1, 60):
        await whole.at(TUESDAY + timedelta(days=day))
    assert whole.routed.outcome == "nurture"


async def test_an_owner_keeps_what_no_longer_qualifies() -> None:
    whole = await Whole(TUESDAY).comes(ANN)
    await whole.publishes(preset("eager"))
    await whole.says_of_it("lead.released")
    owned, promised = whole.routed, whole.promises
    assert owned.outcome == "person"
    await whole.publishes(loaded())
    assert (whole.routed, whole.promises) == (owned, promised)
    await whole.at(TUESDAY + timedelta(days=20))
    assert whole.routed.outcome == "person", "a fading afterwards takes it from nobody either"
