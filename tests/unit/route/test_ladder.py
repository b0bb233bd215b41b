"""Lapses, declines, claims: who gets a lead that its owner did not answer (rules B4.6 to B4.8)."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from leadline_route.core.roster import Load
from leadline_schemas.activity import Actor
from leadline_schemas.enriched import Account
from leadline_schemas.routed import LeadRouted
from leadline_schemas.scored import Veto
from tests.unit.route.leads import Desk, Wish, act_record, at, candidates, lapse_record, scored_record

MORNING = at("2026-03-10T15:00:00Z")
WISH = Wish(start=MORNING)
QUARTER = timedelta(minutes=15)


def assigned() -> tuple[Desk, LeadRouted]:
    """ana has a fresh lead."""
    desk = Desk()
    return desk, desk.routed(scored_record(WISH), MORNING + timedelta(seconds=2))


def lapse(desk: Desk, moment: datetime | None = None) -> LeadRouted:
    """The current owner lets the clock lapse."""
    last = desk.events[-1]
    return desk.routed(
        lapse_record(last.lead_id, last.assignment, last.owner or "", moment or desk.now + QUARTER),
        moment or desk.now + QUARTER,
    )


def test_two_reassignments_at_most_then_the_manager() -> None:
    desk, first = assigned()
    assert first.owner == "ana"
    second, third, last = lapse(desk), lapse(desk), lapse(desk)
    assert [each.owner for each in (second, third, last)] == ["ben", "cleo", "mia"]
    assert [each.assignment for each in (first, second, third, last)] == [1, 2, 3, 4]
    assert (last.escalated, last.reason) == (
        True,
        "cleo let the owner clock lapse after 2 reassignments: to the manager",
    )
    assert third.excluded == ("ana", "ben")
    assert {name: load.open for name, load in desk.members.items()} == {"ana": 0, "ben": 0, "cleo": 0}
    assert sum(sum(load.assigned.values()) for load in desk.members.values()) == 3


def test_the_managers_own_lapse_moves_nothing() -> None:
    desk, first = assigned()
    for _ in range(3):
        lapse(desk)
    assert desk.one(lapse_record(first.lead_id, 4, "mia", desk.now)).outcome.reason == "unchanged"


def test_a_lapse_read_twice_or_late_is_a_stale_command() -> None:
    desk, first = assigned()
    lapse(desk)
    again = desk.one(lapse_record(first.lead_id, 1, "ana", desk.now))
    assert (again.outcome.kind, again.outcome.reason) == ("dropped", "stale_command")
    assert desk.one(lapse_record(Wish("unknown").id, 1, "ana", desk.now)).outcome.reason == "stale_command"


def test_after_a_human_touch_the_owner_stays_and_the_manager_is_told_once() -> None:
    desk, first = assigned()
    desk.one(act_record(first.lead_id, "email.sent", MORNING + timedelta(minutes=16), "ana"))
    told = lapse(desk)
    assert (told.owner, told.assignment, told.escalated, told.manager) == ("ana", 1, True, "mia")
    assert told.reason == (
        "ana let the owner clock lapse, but ana touched it at 15:16Z: nothing moves by itself, the manager is told"
    )
    assert desk.one(lapse_record(first.lead_id, 1, "ana", desk.now)).outcome.reason == "unchanged"


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("email.sent", {"automated": True}),
        ("email.sent", {"actor": Actor(kind="automation")}),
        ("email.sent", {"to": "referrer"}),
        ("note.added", {}),
        ("page.viewed", {"actor": Actor(kind="lead")}),
        ("email.opened", {"actor": Actor(kind="lead")}),
    ],
)
def test_what_is_no_human_touch(kind: str, more: dict[str, Any]) -> None:
    desk, first = assigned()
    decision = desk.one(act_record(first.lead_id, kind, MORNING + timedelta(minutes=5), **more))
    assert decision.outcome.reason == "not_addressed"
    assert lapse(desk).owner == "ben"


@pytest.mark.parametrize("kind", ["call.attempted", "call.connected", "sms.sent", "chat.message", "meeting.held"])
def test_what_is_a_human_touch(kind: str) -> None:
    desk, first = assigned()
    assert desk.one(act_record(first.lead_id, kind, MORNING + timedelta(minutes=5), "gus")).outcome.reason == "kept"
    assert lapse(desk).owner == "ana"


def test_a_booked_meeting_holds_the_owner_and_its_cancelling_lets_go() -> None:
    desk, first = assigned()
    lead = Actor(kind="lead")
    desk.one(act_record(first.lead_id, "meeting.booked", MORNING + timedelta(minutes=5), actor=lead))
    assert lapse(desk).owner == "ana"
    desk.one(act_record(first.lead_id, "meeting.cancelled", MORNING + timedelta(minutes=20), actor=lead))
    assert lapse(desk).owner == "ben"


def test_a_touch_half_a_year_ago_is_forgotten() -> None:
    desk = Desk()
    desk.one(act_record(WISH.id, "email.sent", MORNING - timedelta(days=181), "ana"), MORNING)
    desk.routed(scored_record(WISH), MORNING)
    assert lapse(desk).owner == "ben"


def test_a_touch_read_before_the_lead_itself_counts() -> None:
    desk = Desk()
    assert desk.one(act_record(WISH.id, "call.attempted", MORNING, "ana"), MORNING).outcome.reason == "kept"
    desk.routed(scored_record(WISH), MORNING)
    assert lapse(desk).owner == "ana"


def test_nobody_else_there_is_the_managers_at_once() -> None:
    """The promise is running: a lapsed lead is not put on hold again."""
    desk, _ = assigned()
    event = lapse(desk, at("2026-03-10T22:30:00Z"))
    assert (event.outcome, event.owner, event.escalated) == ("person", "mia", True)
    assert event.reason == "nobody available in us_east until 2026-03-11T13:00Z: to mia, the manager"


def test_an_account_owner_who_lapses_does_not_get_it_back() -> None:
    desk = Desk()
    wish = replace(
        WISH, country="DE", state=None, language="en", account=Account(domain="x", status="customer", owner="hana")
    )
    first = desk.routed(scored_record(wish), MORNING)
    assert (first.rule, first.owner) == ("r1_account_owner", "hana")
    second = lapse(desk)
    assert (second.rule, second.pool, second.owner, second.counts_as_turn) == ("r5_emea", "emea", "gus", True)
    assert candidates(second)["hana"] == "excluded: let the owner clock lapse"


def test_thirty_days_later_the_exclusion_is_forgotten() -> None:
    desk, _ = assigned()
    lapse(desk)
    now = desk.now + timedelta(days=30, seconds=1)
    desk.members["ben"] = Load(desk.members["ben"].owed, 40)  # ben has too many open leads by then
    desk.owe("us_east", ana="1", cleo="-1/2")
    event = lapse(desk, now)
    assert (event.owner, event.excluded) == ("ana", ("ben",))


def test_thirty_days_later_the_reassignments_are_counted_anew() -> None:
    desk, _ = assigned()
    lapse(desk)
    lapse(desk)
    assert lapse(desk, desk.now + timedelta(days=30, seconds=1)).owner == "ana"


def test_a_decline_for_a_routing_error_gives_the_turn_back() -> None:
    desk, first = assigned()
    before = desk.owed("us_east")
    assert before == {"ana": "-1/2", "ben": "1/4", "cleo": "1/4"}
    event = desk.routed(
        act_record(first.lead_id, "assignment.declined", desk.now, "ana", assignment=1, reason="wrong_territory"),
        desk.now + QUARTER,
    )
    assert (event.owner, event.cause, event.excluded) == ("ben", "declined", ("ana",))
    assert candidates(event)["ana"] == "excluded: declined (wrong_territory)"
    assert desk.owed("us_east") == {"ana": "0", "ben": "-1/2", "cleo": "1/2"}
    assert desk.members["ana"].open == 0


def test_a_decline_for_ones_own_reason_costs_the_turn() -> None:
    desk, first = assigned()
    act = act_record(first.lead_id, "assignment.declined", desk.now, "ana", assignment=1, reason="overloaded")
    desk.routed(act, desk.now + QUARTER)
    assert desk.owed("us_east") == {"ana": "-1/2", "ben": "-1/4", "cleo": "3/4"}
    assert desk.one(act).outcome.reason == "stale_command"


@pytest.mark.parametrize(
    ("by", "reason", "touched", "why"),
    [
        ("ana", "tired", False, "a decline needs one of the reasons wrong_territory, language, conflict, overloaded"),
        ("ben", "overloaded", False, "only the owner declines a lead"),
        ("ana", "overloaded", True, "declined after the first touch: ana touched it at 15:01Z"),
    ],
)
def test_a_decline_that_the_rules_refuse_is_kept_with_the_reason(by: str, reason: str, touched: bool, why: str) -> None:
    desk, first = assigned()
    if touched:
        desk.one(act_record(first.lead_id, "email.sent", MORNING + timedelta(minutes=1), "ana"))
    act = act_record(
        first.lead_id, "assignment.declined", MORNING + timedelta(minutes=2), by, assignment=1, reason=reason
    )
    assert desk.one(act).outcome.reason == "not_applied"
    assert desk.states[first.lead_id].body.standing.refused[0].why == why
    assert desk.one(act).outcome.kind == "duplicate"
    assert desk.states[first.lead_id].body.standing.owner == "ana"


def test_an_order_without_a_number_counts_for_the_assignment_of_its_time() -> None:
    desk, first = assigned()
    order = act_record(first.lead_id, "assignment.reassigned", desk.now + timedelta(minutes=1), "mia", member="gus")
    event = desk.routed(order, desk.now + timedelta(minutes=2))
    assert (event.owner, event.rule, event.cause) == ("gus", "manual", "reassigned")
    assert desk.one(order).outcome.reason == "stale_command"
    assert (desk.members["ana"].open, desk.members["gus"].open) == (0, 1)
    assert desk.owed("us_east") == {"ana": "-1/2", "ben": "1/4", "cleo": "1/4"}, (
        "an order by hand is no turn and gives none back"
    )


def test_a_person_may_exceed_a_cap_and_it_is_said() -> None:
    desk, first = assigned()
    desk.members["eli"] = Load(assigned={"2026-03-10": 2})
    event = desk.routed(
        act_record(first.lead_id, "assignment.reassigned", desk.now, "mia", member="eli", assignment=1),
        desk.now + QUARTER,
    )
    assert event.owner == "eli"
    assert candidates(event)["eli"].startswith("assigned by mia; over_cap: day cap 2 of 2")
    assert desk.members["eli"].assigned == {"2026-03-10": 3}


def test_reassigned_for_the_wrong_territory_gives_the_turn_back_for_a_week() -> None:
    for days, owed in ((1, "0"), (8, "-1/2")):
        desk, first = assigned()
        act = act_record(
            first.lead_id, "assignment.reassigned", desk.now + timedelta(days=days), "mia", member="gus",
            assignment=1, reason="wrong_territory",
        )  # fmt: skip
        desk.routed(act, desk.now + timedelta(days=days, minutes=1))
        assert desk.owed("us_east")["ana"] == owed


def test_a_command_to_nobody_is_refused_and_one_about_an_unknown_lead_dropped() -> None:
    desk, first = assigned()
    act = act_record(first.lead_id, "assignment.reassigned", desk.now, "mia", member="zoe", assignment=1)
    assert desk.one(act).outcome.reason == "not_applied"
    assert desk.one(act_record(Wish("x").id, "assignment.claimed", desk.now)).outcome.reason == "unknown_lead"
    by_the_lead = act_record(first.lead_id, "assignment.claimed", desk.now, actor=Actor(kind="lead", id="ben"))
    assert desk.one(by_the_lead).outcome.reason == "not_addressed"


def test_accepting_by_word_or_by_act_makes_it_a_sal_which_is_still_open() -> None:
    for act in ("assignment.accepted", "email.sent"):
        desk, first = assigned()
        desk.one(act_record(first.lead_id, act, desk.now + timedelta(minutes=1), "ana"))
        assert desk.states[first.lead_id].body.standing.stage == "SAL"
        assert desk.members["ana"].open == 1
    other = act_record(first.lead_id, "assignment.accepted", desk.now + timedelta(minutes=1), "ben")
    assert desk.one(other).outcome.reason == "not_applied"


def test_a_veto_found_later_takes_no_lead_from_a_person() -> None:
    desk, first = assigned()
    vetoed = replace(WISH, vetoes=[Veto(id="competitor", effect="disqualify", why="test")], mql=False)
    assert desk.one(scored_record(vetoed, 2)).outcome.reason == "unchanged"
    assert desk.states[first.lead_id].body.standing.owner == "ana"
