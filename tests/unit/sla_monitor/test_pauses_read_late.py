"""Pauses by when they were ordered, not by when they were read; and what ends a promise that stands still."""

from datetime import timedelta

import pytest

from tests.support.sla_pauses import HOT, START, begun, customer, due, pause, resume
from tests.support.sla_story import DAY, HOUR, MINUTE, SECOND, Story, act, captured, request, routed


def test_a_pause_after_the_due_time_does_nothing_and_says_so() -> None:
    story = begun()
    story.until(START + HOUR)
    story.reads(pause(START + HOUR, START + 3 * HOUR), START + HOUR)
    assert [(e.kind, e.reason) for e in customer(story)[-2:]] == [("breached", None), ("pause_refused", "after_due")]
    story.until(START + DAY)
    assert not customer(story, "paused", "resumed", "breach_retracted")


def test_the_last_word_about_a_clock_that_stands_still_is_that_it_does() -> None:
    """That the first pause was ended early is read while the second holds."""
    story = begun()
    for order in (pause(START + MINUTE, START + 2 * HOUR), pause(START + 9 * MINUTE, START + HOUR, name="second")):
        story.reads(order, START + 10 * MINUTE)
    story.reads(resume(START + 5 * MINUTE), START + 11 * MINUTE)
    told = [(e.kind, e.due_at - START) for e in customer(story, "paused", "resumed")]
    assert told[2:] == [("resumed", HOUR + 55 * MINUTE), ("paused", HOUR + 55 * MINUTE)]
    story.until(START + HOUR)
    assert customer(story)[-1].kind == "resumed"


@pytest.mark.parametrize("name", ["one", "two", "three", "four"])  # whichever of the two has the greater id
def test_the_last_word_about_a_clock_that_runs_is_that_it_does(name: str) -> None:
    """A pause that is read late ended with another that is told to be over."""
    story = begun()
    story.reads(pause(START + 10 * MINUTE, START + 2 * HOUR), START + 10 * MINUTE)
    story.reads(resume(START + 20 * MINUTE), START + 20 * MINUTE)
    story.reads(pause(START + 15 * MINUTE, START + 2 * HOUR, name=name), START + 21 * MINUTE)
    assert [e.kind for e in customer(story, "paused", "resumed")] == ["paused", "resumed", "paused", "resumed"]


def test_a_pause_read_late_takes_the_breach_back_once_and_the_promise_runs_on() -> None:
    story = begun()
    story.until(START + 70 * MINUTE)
    story.reads(pause(START + 30 * MINUTE, START + 3 * HOUR), START + 70 * MINUTE)
    kinds = [e.kind for e in customer(story)]
    assert kinds == ["armed", "warned", "warned", "breached", "breach_retracted", "paused"]
    breach, retracted, told = customer(story)[-3:]
    assert (retracted.supersedes, retracted.reason) == (breach.sla_id, "paused")
    assert (told.due_before, told.due_at) == (START + HOUR, START + 3 * HOUR + 30 * MINUTE)
    story.reads(act("call", "call.connected", START + 3 * HOUR, "ana"), START + 3 * HOUR)
    assert [e.kind for e in customer(story)[6:]] == ["resumed", "met"]


def test_whom_nobody_answers_after_such_a_pause_either_was_let_down_by_the_due_time_of_then() -> None:
    story = begun()
    story.until(START + 70 * MINUTE)
    story.reads(pause(START + 30 * MINUTE, START + 3 * HOUR), START + 70 * MINUTE)
    story.until(START + DAY)
    first, second = customer(story, "breached")
    assert (first.due_at, second.due_at) == (START + HOUR, START + 3 * HOUR + 30 * MINUTE)
    assert first.sla_id != second.sla_id and len(customer(story, "breach_retracted")) == 1


def test_a_pause_read_late_takes_no_breach_back_that_the_moved_due_time_proves_as_well() -> None:
    story = begun()
    story.until(START + 5 * HOUR)
    story.reads(pause(START + 30 * MINUTE, START + 2 * HOUR, received_at=START + 31 * MINUTE))
    story.until(START + DAY)
    assert [e.kind for e in customer(story)] == ["armed", "warned", "warned", "breached"]


def test_an_answer_in_the_time_that_a_late_read_pause_gave_takes_the_breach_back() -> None:
    story = begun()
    story.until(START + 2 * HOUR)
    story.reads(act("call", "call.connected", START + 2 * HOUR, "ana"))
    assert [e.kind for e in customer(story)[-2:]] == ["breached", "resolved_late"]
    story.reads(pause(START + 30 * MINUTE, START + 3 * HOUR, received_at=START + 30 * MINUTE))
    story.until(START + DAY)
    assert [e.kind for e in customer(story)[-2:]] == ["resolved_late", "breach_retracted"]
    assert customer(story)[-1].response is not None


def test_an_answer_in_a_pause_ends_it() -> None:
    story = begun()
    story.reads(pause(START + 30 * MINUTE, START + 3 * HOUR), START + 30 * MINUTE)
    story.reads(act("call", "call.connected", START + HOUR, "ana"), START + HOUR)
    story.until(START + DAY)
    assert [e.kind for e in customer(story)] == ["armed", "paused", "warned", "met"]


def test_the_same_order_twice_is_one() -> None:
    story = begun()
    for _ in range(2):
        story.reads(pause(START + 30 * MINUTE, START + 3 * HOUR), max(story.now, START + 30 * MINUTE))
    assert len(customer(story, "paused")) == 1


def test_what_is_asked_after_an_order_is_not_paused_by_it() -> None:
    story = begun()
    story.reads(pause(START + MINUTE, START + 5 * HOUR), START + MINUTE)
    demo = request("demo", "demo_request", START + HOUR)
    story.reads(routed(START + HOUR + SECOND, HOT, demo, revision=2), START + HOUR + SECOND)
    assert due(story, "first_email") == START + HOUR + 5 * MINUTE
    assert [e.reason for e in story.of("first_touch", "cancelled")] == ["superseded"]


def test_a_pause_that_is_over_is_refused_to_no_clock_that_begins_after_it() -> None:
    story = begun()
    story.reads(pause(START + 10 * MINUTE, START + HOUR), START + 10 * MINUTE)
    later = START + 80 * MINUTE
    story.reads(routed(later, HOT, revision=2, assignment=2, owner="ben"), later)
    assert due(story, "owner_response") == START + 140 * MINUTE
    story.until(START + DAY)
    assert not [e for e in story.told if e.kind == "pause_refused"]


def test_an_owner_s_clock_that_turns_out_to_be_of_another_request_stands_still_all_the_same() -> None:
    demo, other = request("demo", "demo_request", START), request("other", "other", START + 40 * MINUTE)
    story = Story(START)
    story.reads(routed(START + 41 * MINUTE, demo, other), START + 41 * MINUTE)
    story.reads(pause(START + 45 * MINUTE, START + 4 * HOUR), START + 45 * MINUTE)
    assert due(story, "owner_response") == START + 4 * HOUR + 11 * MINUTE  # a quarter of an hour for a demo
    story.reads(act("call", "call.connected", START + 5 * MINUTE, "ana"), START + 50 * MINUTE)
    assert due(story, "owner_response") == START + 4 * HOUR + 56 * MINUTE
    assert [e.kind for e in story.of("owner_response")] == ["armed", "paused", "armed", "paused"]


def test_a_promise_keeps_no_orders_that_came_after_its_end() -> None:
    story = begun()
    story.reads(act("mail", "email.sent", START + 20 * MINUTE, "ana", message_id="m"), START + 20 * MINUTE)
    for minute in range(30, 40):
        story.reads(pause(START + minute * MINUTE, START + 5 * HOUR, name=f"p{minute}"), START + minute * MINUTE)
    assert not any(each.pauses for each in story.state.body.promises)
    story.reads(act("bounce", "email.bounced", START + 45 * MINUTE, message_id="m"), START + 45 * MINUTE)
    assert due(story) == START + 5 * HOUR + 30 * MINUTE, "it was no answer, so they count"


def test_an_erased_lead_has_no_pauses() -> None:
    story = begun()
    story.reads(pause(START + MINUTE, START + 5 * HOUR), START + MINUTE)
    story.reads(captured(START + 2 * MINUTE, outcome="tombstone", revision=2), START + 2 * MINUTE)
    assert {e.reason for e in story.told if e.kind == "cancelled"} == {"erased"}
    told = len(story.told)
    story.reads(pause(START + 3 * MINUTE, START + 5 * HOUR, name="another"), START + 3 * MINUTE)
    story.until(START + DAY)
    assert len(story.told) == told and story.state.timer_at is None


@pytest.mark.parametrize("kind", ["disqualified", "consent_withdrawn"])
def test_a_paused_promise_that_is_no_longer_wanted_is_cancelled_with_the_reason(kind: str) -> None:
    story = begun()
    story.reads(pause(START + MINUTE, START + 5 * HOUR), START + MINUTE)
    ends = {
        "disqualified": act("end", "stage.changed", START + HOUR, "ana", stage="disqualified", reason="spam"),
        "consent_withdrawn": act("end", "consent.withdrawn", START + HOUR, purpose="respond", channel="any"),
    }
    story.reads(ends[kind], START + HOUR)
    story.until(START + DAY)
    assert [(e.kind, e.reason) for e in customer(story)[-2:]] == [("paused", "call_me_after"), ("cancelled", kind)]


def test_an_import_s_history_pauses_nothing() -> None:
    story = Story(START)
    story.reads(captured(START, request("r", "demo_request", START - DAY, historical=True)))
    story.reads(pause(START, START + HOUR, historical=True))
    story.until(START + DAY)
    assert not story.told


def test_a_change_of_the_rules_moves_no_promise_that_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    import tests.support.sla_story as stories
    from leadline_sla_monitor.core.policy import PauseRules

    story = begun()
    story.reads(pause(START + MINUTE, START + 5 * HOUR), START + MINUTE)
    loaded = stories.shipped_rules()
    none = PauseRules(reasons={}, longest=1, told_within=timedelta())
    changed = replace(loaded, rules=replace(loaded.rules, pauses=none))
    monkeypatch.setattr(stories, "shipped_rules", lambda: changed)
    story.reads(act("view", "email.bounced", START + 2 * MINUTE), START + 2 * MINUTE)
    story.until(START + 5 * HOUR)
    assert [e.kind for e in customer(story)] == ["armed", "paused", "resumed"]
    assert due(story) == START + 5 * HOUR + 59 * MINUTE
