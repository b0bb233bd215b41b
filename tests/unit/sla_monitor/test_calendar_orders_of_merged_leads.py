"""An order to count by other calendars goes with the promises that it is about: into another lead, and out again."""

from datetime import timedelta

import pytest

from leadline_schemas.activity import Activity
from tests.support.golden import instant
from tests.support.other_calendars import closed_in_new_york, order, rules_by
from tests.support.sla_story import HOUR, MINUTE, SECOND, request, routed
from tests.support.sla_two_leads import PART, ROOT, Two, did, part, root, routed_part

START = instant("2026-04-14T21:30:00Z")  # a Tuesday, half an hour before New York closes
EVENING = instant("2026-04-14T23:00:00Z")
WEDNESDAY, THURSDAY = instant("2026-04-15T13:30:00Z"), instant("2026-04-16T13:30:00Z")  # 09:30 there
FIRST = request("r", "demo_request", START)
CALLED = request("r2", "referral", START, origin=PART)  # another promise than the root's: both stay
HOLIDAY = closed_in_new_york("2026-04-15")


def both() -> Two:
    two = Two(START)
    two.reads(root(START, FIRST), part(START, CALLED), routed(START, FIRST), routed_part(START, CALLED, owner="ben"))
    two.until(EVENING)
    return two


def to_count(lead: object, name: str = "order") -> Activity:
    return order(name, HOLIDAY, EVENING, origin=lead)


def due(two: Two, lead: object, target: str) -> list[object]:
    return [p.due_at for p in two.states[lead].body.promises if p.target == target and p.status == "open"]  # type: ignore[index]


def test_an_order_that_waits_is_carried_out_for_what_it_was_given_of() -> None:
    two = both()
    two.reads(did(PART, to_count(PART)))
    two.merges(EVENING + MINUTE, FIRST, CALLED)
    assert two.states[PART].body.calendar_order is None and two.states[PART].timer_at is None, "nothing wakes it again"
    two.rules = rules_by(HOLIDAY)
    two.until(EVENING + 5 * MINUTE)
    moved = {(e.lead_id, e.target, e.due_at) for e in two.promises(ROOT, "moved")}
    assert (ROOT, "thank_referrer", THURSDAY + timedelta(hours=1)) in moved
    assert due(two, ROOT, "first_call") == [THURSDAY], "one lead, one order"


def test_where_the_root_had_carried_out_the_same_order_already_the_parts_promises_follow() -> None:
    two = both()
    two.reads(did(PART, to_count(PART, "of the part")))
    two.rules = rules_by(HOLIDAY)
    two.reads(did(ROOT, to_count(ROOT, "of the root")))
    before = len(two.promises(ROOT, "moved"))
    two.merges(EVENING + SECOND, FIRST, CALLED)
    assert [e.target for e in two.promises(ROOT, "moved")[before:] if e.lead_id == ROOT] == [
        "first_touch",
        "thank_referrer",
    ]
    assert due(two, ROOT, "first_call") == [THURSDAY], "what had moved does not move again"


@pytest.mark.parametrize("loaded", [True, False])
def test_an_order_that_waits_at_the_root_goes_with_what_leaves(loaded: bool) -> None:
    two = both()
    two.merges(EVENING + MINUTE, FIRST, CALLED)
    two.reads(did(ROOT, to_count(ROOT)))
    two.parts(EVENING + 2 * MINUTE, CALLED)
    if loaded:
        two.rules = rules_by(HOLIDAY)
    two.until(EVENING + HOUR)
    moved = {(e.lead_id, e.target) for lead in (ROOT, PART) for e in two.promises(lead, "moved")}
    assert (moved >= {(ROOT, "first_call"), (PART, "thank_referrer")}) == loaded
    orders = [two.states[lead].body.calendar_order for lead in (ROOT, PART)]
    assert {each.state for each in orders if each} == {"applied" if loaded else "refused"}
