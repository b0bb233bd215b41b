"""Breached once, never early, taken back by late truth; judged by the horizon, or if it stands still by the grace."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from leadline_schemas.ids import derived_id
from tests.support.golden import instant
from tests.support.sla_story import (
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    Story,
    act,
    captured,
    request,
    routed,
)  # fmt: skip

START = instant("2026-03-10T14:00:00Z")  # a Tuesday, 10:00 in New York
DEMO = request("r", "demo_request", START)
DUE = START + 5 * MINUTE
ROUTED = START + 2 * SECOND


def begun(**route: Any) -> Story:
    """Asked at START, routed to ana two seconds later."""
    story = Story(START)
    story.reads(captured(START, DEMO))
    story.reads(routed(ROUTED, DEMO, **route), ROUTED)
    return story


def test_a_breach_is_told_at_its_due_time_with_its_cause_and_to_whom() -> None:
    story = begun()
    story.until(DUE - SECOND / 1_000_000)
    assert story.life("first_email") == ["armed", "warned", "warned"]
    story.until(DUE)
    (breach,) = story.of("first_email", "breached")
    assert breach.occurred_at == breach.detected_at == breach.due_at == DUE
    assert (breach.cause, breach.told, breach.level, breach.provisional) == ("owner", ("ana", "mia"), 1, False)
    assert breach.sla_id == derived_id("breach", DEMO.id, "first_email", 1)


def test_a_horizon_that_stands_still_is_waited_for_and_then_the_verdict_is_provisional() -> None:
    story = begun()
    story.horizon_at = DUE - SECOND
    story.until(DUE + 59 * SECOND)
    assert not story.of("first_email", "breached")
    story.until(DUE + 60 * SECOND)
    (breach,) = story.of("first_email", "breached")
    assert breach.provisional and breach.detected_at == DUE + 60 * SECOND and breach.occurred_at == DUE


def test_without_any_horizon_the_grace_decides() -> None:
    story = begun()
    story.horizon_known = False
    story.until(DUE + 60 * SECOND)
    assert [e.provisional for e in story.of("first_email", "breached")] == [True]


def test_an_answer_read_within_the_grace_prevents_the_breach() -> None:
    story = begun()
    story.horizon_at = DUE - SECOND
    story.until(DUE + 30 * SECOND)
    story.reads(act("a", "email.sent", DUE, "ana"))
    story.horizon_at = None
    story.until(DUE + DAY)
    assert story.life("first_email")[-1] == "met"


def test_late_truth_takes_the_breach_back_exactly_once() -> None:
    story = begun()
    story.until(DUE + HOUR)
    in_time = act("a", "email.sent", DUE - SECOND, "ana")
    story.reads(in_time)
    (breach,), (undone,) = story.of("first_email", "breached"), story.of("first_email", "breach_retracted")
    assert undone.supersedes == breach.sla_id
    assert undone.sla_id == derived_id("sla", DEMO.id, "first_email", "breach_retracted", breach.sla_id)
    assert undone.response is not None and undone.response.activity == in_time.id
    story.reads(act("b", "email.sent", DUE - 2 * SECOND, "ana"))
    story.until(DUE + DAY)
    assert story.life("first_email")[-2:] == ["breached", "breach_retracted"]


def test_late_truth_after_a_late_answer_takes_the_breach_back_too() -> None:
    story = begun()
    story.reads(act("late", "email.sent", DUE + MINUTE, "ana"), DUE + MINUTE)
    story.reads(act("in time", "email.sent", DUE - SECOND, "ana"))
    assert story.life("first_email")[-3:] == ["breached", "resolved_late", "breach_retracted"]


def test_what_is_due_before_it_is_armed_is_told_at_once_and_only_the_highest() -> None:
    story = Story(START)
    story.reads(captured(START, DEMO))
    at = START + 6 * MINUTE
    story.reads(routed(at, DEMO), at)
    assert story.life("decision") == ["armed", "breached", "resolved_late"]
    assert story.life("first_email") == ["armed", "breached"]
    (breach,) = story.of("first_email", "breached")
    assert (breach.occurred_at, breach.detected_at, breach.cause) == (DUE, at, "system")
    assert story.life("first_call") == ["armed"]


def test_of_several_warnings_overdue_only_the_highest_is_sent() -> None:
    story = Story(START)
    story.reads(captured(START, DEMO))
    story.reads(routed(START + 270 * SECOND, DEMO), START + 270 * SECOND)
    assert [(e.kind, e.level) for e in story.of("first_email")] == [("armed", None), ("warned", 80)]


def test_what_is_due_is_no_longer_warned_of_even_if_it_cannot_be_judged_yet() -> None:
    story = Story(START, horizon_at=START)
    story.reads(captured(START, DEMO))
    story.reads(routed(DUE + SECOND, DEMO), DUE + SECOND)
    assert story.life("first_email") == ["armed"]


def test_a_lead_stuck_in_the_pipeline_breaches_the_systems_own_promise() -> None:
    story = Story(START)
    story.reads(captured(START, DEMO))
    story.until(START + HOUR)
    (breach,) = story.of("decision", "breached")
    assert (breach.occurred_at, breach.cause, breach.told) == (START + MINUTE, "system", ())
    story.reads(routed(START + 30 * SECOND, DEMO))
    assert story.life("decision") == ["armed", "breached", "breach_retracted"], "it had been decided in time"


@pytest.mark.parametrize(("outcome", "cause"), [("held", "coverage"), ("queue", "coverage"), ("person", "owner")])
def test_the_cause_of_a_breach_is_who_had_the_lead_at_its_due_time(outcome: str, cause: str) -> None:
    story = begun(outcome=outcome)
    story.reads(routed(DUE + SECOND, DEMO, revision=2, assignment=7, owner="ben"), DUE + SECOND)
    (breach,) = story.of("first_email", "breached")
    assert breach.cause == cause
    assert breach.told == (("mia",) if outcome != "person" else ("ana", "mia"))


def test_an_owner_who_is_silent_loses_the_lead_at_the_instant_and_the_next_clock_is_the_next_owners() -> None:
    story = begun()
    lapse = ROUTED + 15 * MINUTE
    story.until(lapse)
    (lapsed,) = story.of("owner_response", "lapsed")
    assert (lapsed.occurred_at, lapsed.detected_at, lapsed.assignment, lapsed.owner) == (lapse, lapse, 1, "ana")
    assert [e.suffix for e in story.emitted if e.id == lapsed.sla_id] == [".lapsed"]
    story.reads(
        routed(lapse, DEMO, revision=2, assignment=2, owner="ben", assigned_at=lapse, cause="owner_clock_lapsed")
    )
    story.reads(act("a", "call.connected", lapse + MINUTE, "ana"), lapse + MINUTE)
    assert [(e.kind, e.assignment) for e in story.of("owner_response")] == [
        ("armed", 1), ("lapsed", 1), ("armed", 2), ("met", 2),
    ]  # fmt: skip
    assert story.of("owner_response", "met")[0].response.by_other  # type: ignore[union-attr]


def test_reassignment_by_hand_cancels_the_owners_clock_and_leaves_the_customers() -> None:
    story = begun()
    at = START + MINUTE
    story.reads(routed(at, DEMO, revision=2, assignment=2, owner="ben", assigned_at=at, cause="reassigned"), at)
    first, second = story.of("owner_response", "armed")
    assert [e.reason for e in story.of("owner_response", "cancelled")] == ["reassigned"]
    assert (second.start, second.owner) == (at, "ben")
    assert len(story.of("first_email", "armed")) == 1
    assert first.due_at < second.due_at


@pytest.mark.parametrize("answered", [True, False])
def test_a_stronger_request_from_another_territory_moves_no_clock_of_the_owner_who_has_the_lead(answered: bool) -> None:
    """Else the owner would lose it at once: 15 minutes after an assignment of two hours ago."""
    trial, again = request("t", "trial_signup", START), START + 2 * HOUR
    demo = request("d", "demo_request", again)
    story = Story(START)
    story.reads(captured(START, trial))
    story.reads(routed(ROUTED, trial), ROUTED)
    if answered:
        story.reads(act("a", "email.sent", START + MINUTE, "ana"), START + MINUTE)
    story.reads(captured(again, trial, demo, revision=2), again)
    story.reads(routed(again, trial, demo, revision=2, assigned_at=ROUTED, territory="emea"), again)
    assert story.life("owner_response") == (["armed", "met"] if answered else ["armed"])
    story.until(START + 5 * HOUR)
    assert story.life("owner_response") == (["armed", "met"] if answered else ["armed", "lapsed"])


def test_a_manager_to_whom_it_was_escalated_has_no_owner_clock() -> None:
    assert not begun(owner="mia", escalated=True).of("owner_response")


def test_an_assignment_after_the_answer_starts_no_clock() -> None:
    story = begun(outcome="held")
    story.reads(act("a", "call.connected", START + MINUTE, "zoe"), START + MINUTE)
    at = START + 2 * MINUTE
    story.reads(routed(at, DEMO, revision=2, assignment=1, assigned_at=at), at)
    assert not story.of("owner_response")


def test_each_event_has_its_own_revision_and_a_first_occurrence_of_its_id() -> None:
    story = begun()
    story.until(START + 30 * DAY)
    events: list[Any] = [each.event for each in story.emitted]
    assert [e.revision for e in events] == list(range(1, len(events) + 1))
    assert len({each.id for each in story.emitted}) == len(events)
    assert story.state.revision == len(events)


def test_a_superseded_snapshot_changes_nothing() -> None:
    story = begun()
    told = len(story.told)
    assert story.reads(captured(START, DEMO)).kind == "duplicate"
    assert story.reads(routed(ROUTED, DEMO)).kind == "duplicate"
    assert len(story.told) == told


def test_the_closed_time_on_the_way_is_told_when_armed() -> None:
    friday = datetime.fromisoformat("2026-03-06T22:30:00Z")
    asked = request("r", "demo_request", friday)
    story = Story(friday)
    story.reads(routed(friday + 2 * SECOND, asked))
    (armed,) = story.of("first_call", "armed")
    assert [(s.start, s.end) for s in armed.skipped] == [
        (friday + timedelta(minutes=30), instant("2026-03-09T13:00:00Z"))
    ]
    assert armed.calendar == "us_east" and armed.calendar_version
