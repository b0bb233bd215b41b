"""The last steps of a promise's ladder ask for the next member, the manager or the queue (rules B4.8)."""

from datetime import timedelta

import pytest

from leadline_schemas.routed import LeadRouted
from tests.unit.route.leads import Desk, act_record, lapse_record, step_record
from tests.unit.route.test_ladder import MORNING, QUARTER, assigned, lapse


def step(desk: Desk, then: str | None, **more: int) -> LeadRouted:
    last = desk.events[-1]
    return desk.routed(step_record(last.lead_id, last.assignment, then, desk.now + QUARTER, **more), desk.now + QUARTER)


def dropped(desk: Desk, then: str | None, assignment: int | None = None) -> str | None:
    last = desk.events[-1]
    number = last.assignment if assignment is None else assignment
    decision = desk.one(step_record(last.lead_id, number, then, desk.now))
    assert decision.outcome.kind == "dropped" and not decision.events
    return decision.outcome.reason


def test_the_queue_has_it_then_and_whoever_did_not_answer_may_not_claim_it() -> None:
    desk, first = assigned()
    queued = step(desk, "queue")
    assert (first.owner, queued.outcome, queued.owner, queued.escalated) == ("ana", "queue", None, True)
    assert (queued.cause, queued.released, queued.manager) == ("sla_ladder", "ana", "mia")
    assert queued.reason == "ana did not keep first_touch, 300 % of its time are over: to the queue"
    assert queued.excluded == ("ana",) and desk.members["ana"].open == 0
    assert queued.next_step is not None and queued.next_step.kind == "claim"
    ana = act_record(first.lead_id, "assignment.claimed", desk.now, "ana", member="ana")
    assert desk.one(ana).outcome.reason == "not_applied"
    claimed = desk.routed(act_record(first.lead_id, "assignment.claimed", desk.now, "ben", member="ben"), desk.now)
    assert (claimed.owner, claimed.assignment) == ("ben", 2)


def test_a_step_may_ask_for_the_next_member_or_the_manager() -> None:
    desk, _ = assigned()
    second = step(desk, "reassign")
    assert (second.owner, second.excluded, second.cause) == ("ben", ("ana",), "sla_ladder")
    third = step(desk, "manager", level=400)
    assert (third.owner, third.escalated, third.released) == ("mia", True, "ben")


def test_reassigned_by_its_ladder_counts_as_a_lapse_does() -> None:
    desk, _ = assigned()
    step(desk, "reassign")
    lapse(desk)
    assert step(desk, "reassign", level=400).owner == "mia", "after two the manager"


def test_a_step_that_only_tells_moves_nothing() -> None:
    desk, _ = assigned()
    assert dropped(desk, None) == "not_addressed"


@pytest.mark.parametrize("then", ["reassign", "manager", "queue"])
def test_after_a_human_touch_nothing_moves_and_the_manager_is_told_once(then: str) -> None:
    desk, first = assigned()
    desk.one(act_record(first.lead_id, "email.sent", MORNING + timedelta(minutes=16), "ana"))
    told = step(desk, then)
    assert (told.owner, told.assignment, told.escalated, told.manager) == ("ana", 1, True, "mia")
    assert told.reason is not None and "nothing moves by itself, the manager is told" in told.reason
    assert dropped(desk, then) == "unchanged"


def test_with_a_meeting_booked_nothing_moves_either() -> None:
    desk, first = assigned()
    desk.one(act_record(first.lead_id, "meeting.booked", MORNING + timedelta(minutes=16)))
    assert step(desk, "queue").owner == "ana"


def test_a_step_that_is_read_again_or_late_moves_nothing() -> None:
    desk, first = assigned()
    step(desk, "queue")
    assert dropped(desk, "queue") == "stale_command"
    desk.routed(act_record(first.lead_id, "assignment.claimed", desk.now, "ben", member="ben"), desk.now)
    assert dropped(desk, "queue", assignment=1) == "stale_command", "it is somebody else's by now"


def test_a_step_that_is_read_with_those_before_it_still_goes_as_far_as_it_says() -> None:
    """Route was away: the lapse and all steps name the assignment that the first of them ended."""
    desk, first = assigned()
    before = desk.owed("us_east")
    reached = [desk.now + number * QUARTER for number in range(1, 4)]
    desk.now += timedelta(hours=1)
    assert desk.routed(lapse_record(first.lead_id, 1, "ana", reached[0])).owner == "ben"
    after = desk.owed("us_east")
    again = desk.one(step_record(first.lead_id, 1, "reassign", reached[1], level=150))
    assert again.outcome.reason == "stale_command", "he has had it for no time"
    queued = desk.routed(step_record(first.lead_id, 1, "queue", reached[2]))
    assert (queued.outcome, queued.released, queued.excluded) == ("queue", "ben", ("ana",))
    assert queued.reason == "first_touch is overdue, 300 % of its time were over before ben had it: to the queue"
    assert queued.turn_returned is not None and after != desk.owed("us_east") == before
    assert desk.members["ben"].open == 0


def test_a_step_of_before_moves_nothing_of_whom_a_person_has_given_it_to() -> None:
    desk, first = assigned()
    reached = desk.now + QUARTER
    lapse(desk)
    by_hand = act_record(first.lead_id, "assignment.reassigned", desk.now + QUARTER, "mia", member="cleo")
    assert desk.routed(by_hand, desk.now + QUARTER).owner == "cleo"
    late = step_record(first.lead_id, 1, "queue", reached)
    assert desk.one(late).outcome.reason == "stale_command"


def test_what_the_manager_himself_does_not_answer_goes_to_the_queue_and_nowhere_else() -> None:
    desk, _ = assigned()
    step(desk, "manager")
    assert dropped(desk, "manager") == dropped(desk, "reassign") == "unchanged"
    assert step(desk, "queue", level=400).outcome == "queue"
