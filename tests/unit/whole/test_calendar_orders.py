"""Orders to count deadlines by other calendars, from the door's record to the promise that moves."""

from datetime import UTC, datetime, timedelta
from typing import Any

from leadline_runtime.calendars import Calendars
from leadline_schemas.topics import LEAD_SLA
from tests.support.other_calendars import closed_in_new_york, rules_by
from tests.support.whole import Whole

TUESDAY = datetime(2026, 4, 14, 21, 30, tzinfo=UTC)  # half an hour before New York closes
EVENING = datetime(2026, 4, 14, 23, tzinfo=UTC)
SECOND = timedelta(seconds=1)
SHIPPED, HOLIDAY = closed_in_new_york(version="2026-03-01"), closed_in_new_york("2026-04-15", version="april")
ANN: dict[str, Any] = {
    "name": "Ann Lee", "email": "ann@bayfreight.example", "phone": "+1 212 555 0101", "company": "Bay Freight",
    "country": "US", "state": "NY", "type": "demo_request",
}  # fmt: skip


async def orders(whole: Whole, found: Calendars) -> Whole:
    """The order as the door writes it."""
    told = {
        "kind": "calendar.apply", "lead_id": str(whole.lead.lead_id), "author": "mia", "reason": "Patriots' Day",
        "calendars": {"version": found.version, "digest": found.digest},
    }  # fmt: skip
    return await whole.comes(told, way="commands", source="console", trusted=True)


def call(whole: Whole) -> list[tuple[str, datetime]]:
    """What the monitor told of the call that was promised, each with its due time."""
    events = sorted(whole._told(LEAD_SLA), key=lambda each: each.revision)
    return [(each.kind, each.due_at) for each in events if each.target == "first_call"]


async def test_an_order_moves_the_promise_once_its_calendars_are_in_force_and_routing_takes_no_notice() -> None:
    whole = await Whole(TUESDAY).comes(ANN)
    await whole.at(EVENING)
    before = whole.routed
    await orders(whole, HOLIDAY)
    assert "moved" not in whole.promises["first_call"], "they are not in force"
    whole.loops["sla-monitor"].parts.rules.current = rules_by(HOLIDAY)
    await whole.at(EVENING + 5 * SECOND)
    wednesday, thursday = TUESDAY + timedelta(hours=16), TUESDAY + timedelta(hours=40)
    assert call(whole) == [("armed", wednesday), ("warned", wednesday), ("moved", thursday)]
    (act,) = [each for each in whole.acts if each.kind == "calendar.applied"]
    assert (act.actor.id, act.calendars and act.calendars.reason) == ("mia", "Patriots' Day")
    assert whole.routed == before

    await orders(await whole.at(EVENING + 10 * SECOND), HOLIDAY)
    assert len(call(whole)) == 3, "ordered twice, moved once"
    await whole.at(thursday + timedelta(minutes=2))  # the horizon stands still here: after the grace
    assert call(whole)[-1] == ("breached", thursday)
