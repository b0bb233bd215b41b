"""Claim, decline, reassign, release: who may, what it does, and what is told to who ordered it (rules B4.2, B4.7)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from leadline_route.core.roster import Load
from leadline_route.core.rulebook import Give, Nobody
from leadline_route.outcomes import KEPT, CommandOutcome
from leadline_schemas.lead import Quarantine
from leadline_schemas.routed import LeadRouted
from leadline_schemas.scored import Veto
from tests.unit.route.leads import Desk, Wish, act_record, at, scored_record, shipped

FRIDAY = at("2026-03-06T23:30:00Z")  # after hours in the East
MORNING = at("2026-03-10T15:00:00Z")
MINUTE = timedelta(minutes=1)


def queueing(**lead: Any) -> tuple[Desk, UUID]:
    """A lead of Friday evening in a queue: every rule says `nobody: queue`."""
    book = shipped()
    rules = tuple(
        replace(rule, action=replace(rule.action, nobody=Nobody(timedelta(0), "queue")))
        if isinstance(rule.action, Give)
        else rule
        for rule in book.rules
    )
    desk = Desk(book=replace(book, rules=rules))
    wish = Wish(start=FRIDAY, **lead)
    assert desk.routed(scored_record(wish), FRIDAY).outcome == "queue"
    return desk, wish.id


def owned() -> tuple[Desk, LeadRouted]:
    """A lead that ana has."""
    desk = Desk(now=MORNING)
    first = desk.routed(scored_record(Wish(start=MORNING)))
    assert first.owner == "ana"
    return desk, first


def order(desk: Desk, lead: UUID, verb: str, by: str, after: timedelta = MINUTE, **more: Any) -> CommandOutcome:
    """What is told to who ordered it."""
    desk.one(act_record(lead, f"assignment.{verb}", desk.now + after, by, **more), desk.now + after)
    return desk.outcomes[-1]


def why(told: CommandOutcome) -> tuple[bool, str | None, str | None]:
    return told.applied, told.reason, told.owner


def test_who_claims_a_lead_in_a_queue_has_it_also_off_duty_and_it_is_no_turn() -> None:
    desk, lead = queueing()
    told = order(desk, lead, "claimed", "ben")
    event = desk.events[-1]
    assert (told.applied, told.owner, told.assignment, told.outcome) == (True, "ben", 1, "person")
    assert (event.owner, event.cause, event.counts_as_turn, event.over_cap) == ("ben", "claimed", False, None)
    assert desk.members["ben"].open == 1


def test_of_two_claims_the_first_in_the_log_wins_and_the_other_is_told_who_has_it() -> None:
    for first, second in (("ana", "ben"), ("ben", "ana")):
        desk, lead = queueing()
        claims = [act_record(lead, "assignment.claimed", FRIDAY + MINUTE, by) for by in (first, second)]
        desk.now = FRIDAY + MINUTE
        desk.batch(*claims)
        won, lost = desk.outcomes
        assert (won.applied, won.owner) == (True, first)
        assert (lost.applied, lost.owner, lost.reason) == (False, first, "superseded")
        assert lost.detail == f"the assignment that is meant is over; {first} has it"


def test_what_somebody_has_is_not_claimed_but_that_of_one_who_left_is() -> None:
    desk, first = owned()
    assert why(order(desk, first.lead_id, "claimed", "ben")) == (False, "owned_by_another", "ana")
    assert (
        desk.outcomes[-1].detail == "only a lead that nobody has can be claimed; a person can reassign it; ana has it"
    )
    members = {**desk.book.team.members, "ana": replace(desk.book.team.members["ana"], active=False)}
    desk.book = replace(desk.book, team=replace(desk.book.team, members=members))
    assert why(order(desk, first.lead_id, "claimed", "ben")) == (True, None, "ben")


def test_claiming_what_one_has_holds_already() -> None:
    desk, first = owned()
    before = len(desk.events)
    assert why(order(desk, first.lead_id, "claimed", "ana")) == (True, None, "ana")
    assert len(desk.events) == before


def test_a_cap_stops_no_claim_and_is_told() -> None:
    desk, lead = queueing()
    desk.members["eli"] = Load(open=20)
    told = order(desk, lead, "claimed", "eli")
    assert (told.applied, told.over_cap, desk.events[-1].over_cap) == (True, True, True)


def test_who_lacks_the_skill_that_the_rule_asks_for_cannot_claim_but_can_be_given_it() -> None:
    desk, lead = queueing(country="DE", state=None, language="de")
    assert why(order(desk, lead, "claimed", "gus")) == (False, "missing_skill", None)
    assert desk.outcomes[-1].detail == "gus has not the skill de"
    assert why(order(desk, lead, "reassigned", "noor", member="gus", reason="workload")) == (True, None, "gus")


def test_who_declined_it_cannot_claim_it_for_a_month_but_can_be_given_it() -> None:
    desk, lead = queueing()
    order(desk, lead, "claimed", "ben")
    assert why(order(desk, lead, "declined", "ben", reason="overloaded")) == (True, None, None)
    told = order(desk, lead, "claimed", "ben")
    assert why(told) == (False, "excluded", None)
    assert told.detail == "ben declined (overloaded): somebody else can reassign it"
    assert why(order(desk, lead, "claimed", "ben", timedelta(days=30))) == (True, None, "ben"), "then it is forgotten"


def test_what_waits_for_nobody_is_not_claimed() -> None:
    desk = Desk(now=MORNING)
    below = Wish(start=MORNING, type="content_download", mql=False)
    assert desk.routed(scored_record(below)).outcome == "nurture"
    assert why(order(desk, below.id, "claimed", "ben")) == (False, "not_waiting", None)
    assert why(order(desk, below.id, "reassigned", "mia", member="ben", reason="met_at_fair")) == (True, None, "ben")


def test_nobody_is_given_a_lead_that_nobody_may_write_to() -> None:
    desk = Desk(now=MORNING)
    rival = Wish(start=MORNING, vetoes=(Veto(id="competitor", effect="disqualify", why="test"),))
    unasked = Wish("list", start=MORNING, type="outbound", country="DE", state=None, mql=False)
    for wish, outcome in ((rival, "disqualified"), (unasked, "parked")):
        assert desk.routed(scored_record(wish)).outcome == outcome
        told = order(desk, wish.id, "reassigned", "mia", member="ben", reason="workload")
        assert why(told) == (False, "not_assignable", None)


@pytest.mark.parametrize("by", ["zoe", "nobody"])
def test_only_active_people_of_ours_claim(by: str) -> None:
    desk, lead = queueing()
    assert why(order(desk, lead, "claimed", by)) == (False, "not_active", None)


def test_a_lead_is_released_also_after_a_touch_to_who_is_next() -> None:
    desk, first = owned()
    desk.one(act_record(first.lead_id, "email.sent", desk.now + MINUTE, "ana"), desk.now + MINUTE)
    assert why(order(desk, first.lead_id, "declined", "ana", reason="overloaded")) == (False, "touched", "ana")
    told, event = order(desk, first.lead_id, "released", "ana", reason="vacation"), desk.events[-1]
    assert (told.applied, told.owner) == (True, event.owner) and event.owner in ("ben", "cleo")
    assert (event.cause, event.excluded, desk.members["ana"].open) == ("returned", ("ana",), 0)
    assert desk.states[first.lead_id].body.standing.stage == "MQL", "the next owner has yet to accept"


def test_a_manager_may_take_it_from_the_owner_and_nobody_else() -> None:
    desk, first = owned()
    assert why(order(desk, first.lead_id, "released", "ben", reason="mine")) == (False, "not_the_owner", "ana")
    assert order(desk, first.lead_id, "released", "mia", reason="workload").applied
    assert desk.events[-1].owner in ("ben", "cleo")


def test_a_manager_declines_nothing() -> None:
    desk = Desk()
    wish = Wish(start=FRIDAY)
    assert desk.routed(scored_record(wish), FRIDAY).owner == "mia", "nobody is there until Monday"
    assert why(order(desk, wish.id, "declined", "mia", reason="overloaded")) == (False, "manager", "mia")


def test_a_command_about_a_lead_that_is_not_routed_yet_is_told_to_come_again() -> None:
    desk = Desk(now=MORNING)
    told = order(desk, Wish("x").id, "claimed", "ben")
    assert why(told) == (False, "not_routed", None)


def test_a_repeat_is_told_nothing_new_and_one_of_long_ago_neither() -> None:
    desk, first = owned()
    act = act_record(first.lead_id, "assignment.accepted", desk.now + MINUTE, "ben")
    for _ in range(2):
        desk.one(act, desk.now + MINUTE)
    assert [each.reason for each in desk.outcomes] == ["not_the_owner"]
    desk.one(act_record(first.lead_id, "assignment.accepted", desk.now, "ben"), desk.now + KEPT + MINUTE)
    assert len(desk.outcomes) == 1


def test_what_is_kept_apart_is_given_to_nobody() -> None:
    desk, first = owned()
    spam = Quarantine(reason="spam", since=MORNING)
    desk.one(scored_record(Wish(start=MORNING, quarantine=spam), 2), MORNING + MINUTE)
    assert why(order(desk, first.lead_id, "reassigned", "mia", member="ben")) == (False, "not_routed", None)
    assert why(order(desk, first.lead_id, "claimed", "ben"))[:2] == (False, "not_waiting")
