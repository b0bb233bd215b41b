"""The steps of a promise's ladder: who is told when, what is asked for after the due time, each step once ever."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

import tests.support.sla_story as stories
from leadline_schemas.sla import LeadSla
from leadline_sla_monitor.core.advance import Now
from leadline_sla_monitor.core.moving import given_away, with_moved
from leadline_sla_monitor.core.rung import Rung
from leadline_sla_monitor.core.settle import settle
from tests.support.golden import instant
from tests.support.sla_pauses import HOT, START, begun, pause, resume
from tests.support.sla_story import DAY, HOUR, MINUTE, SECOND, Story, act, captured, merged, request, routed
from tests.unit.sla_monitor.test_laws import EXAMPLES, Script, delays, read_as_it_comes, scripts

MONDAY = instant("2026-03-16T13:00:00Z")
LADDER = (Rung(25, ("manager",)), Rung(80), Rung(150, ("manager",)), Rung(300, ("owner", "manager"), "queue"))


@pytest.fixture(autouse=True)
def with_steps_after_due(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The shipped rules with a longer ladder for every target."""
    changed = stories.laddered_rules(LADDER)
    monkeypatch.setattr(stories, "shipped_rules", lambda: changed)
    yield


def steps(story: Story) -> list[tuple[str, int | None, Any]]:
    """What was told of the promise's ladder, and how long after the start."""
    kinds = ("warned", "breached", "escalated")
    return [(e.kind, e.level, e.occurred_at - START) for e in story.of("first_touch") if e.kind in kinds]


def last(story: Story, *kinds: str) -> LeadSla:
    return story.of("first_touch", *kinds)[-1]


def test_every_step_is_told_once_to_whom_it_names_and_says_what_it_asks_for() -> None:
    story = begun()
    story.until(START + DAY)
    assert steps(story) == [
        ("warned", 25, 15 * MINUTE), ("warned", 80, 48 * MINUTE), ("breached", 1, HOUR),
        ("escalated", 150, 90 * MINUTE), ("escalated", 300, 3 * HOUR),
    ]  # fmt: skip
    told = [(e.told, e.then) for e in story.of("first_touch", "warned", "breached", "escalated")]
    assert told == [
        (("mia",), None),
        (("ana",), None),
        (("ana", "mia"), None),
        (("mia",), None),
        (("ana", "mia"), "queue"),
    ]
    assert last(story, "escalated").for_assignment == 1
    before = len(story.of("first_touch"))
    story.until(START + 40 * DAY)
    assert len(story.of("first_touch")) == before


def test_steps_after_the_due_time_count_open_time_like_the_promise() -> None:
    friday = instant("2026-03-13T21:30:00Z")  # half an hour before closing: due on Monday at 09:30
    asked = request("r", "other", friday)
    story = Story(friday)
    story.reads(routed(friday, asked))
    story.until(friday + 5 * DAY)
    at = [e.occurred_at for e in story.of("first_touch", "breached", "escalated")]
    assert at == [MONDAY + 30 * MINUTE, MONDAY + HOUR, MONDAY + 150 * MINUTE]


@pytest.mark.parametrize("ends", ["call.connected", "stage.changed"])
def test_who_is_answered_late_or_wants_no_answer_any_more_climbs_no_further(ends: str) -> None:
    story = begun()
    story.reads(
        act("end", ends, START + 100 * MINUTE, "ana", stage="disqualified", reason="no_need"), START + 100 * MINUTE
    )
    story.until(START + DAY)
    assert [level for kind, level, _ in steps(story) if kind == "escalated"] == [150]


def test_an_answer_that_was_none_lets_it_climb_on() -> None:
    demo = request("r", "demo_request", START)
    story = begun(demo)
    story.reads(act("mail", "email.sent", START + 6 * MINUTE, "ana", message_id="m"), START + 6 * MINUTE)
    story.reads(act("bounce", "email.bounced", START + 60 * MINUTE, message_id="m"), START + 60 * MINUTE)
    story.until(START + DAY)
    told = [(e.level, e.occurred_at - START, e.detected_at - START) for e in story.of("first_email", "escalated")]
    assert told == [(150, timedelta(minutes=7.5), HOUR), (300, 15 * MINUTE, HOUR)]


def test_after_an_outage_each_step_that_was_missed_is_told_with_its_own_time() -> None:
    story = begun()
    story.now = START + 5 * HOUR  # nobody looked until then
    story.reads(act("view", "email.bounced", START + 5 * HOUR), START + 5 * HOUR)
    assert [(level, at, last(story, "escalated").detected_at - START) for kind, level, at in steps(story)
            if kind == "escalated"] == [(150, 90 * MINUTE, 5 * HOUR), (300, 3 * HOUR, 5 * HOUR)]  # fmt: skip


def test_of_steps_that_are_reached_at_once_the_one_that_goes_furthest_moves_the_lead() -> None:
    """Whichever promise it is of. All name the same assignment: route would do the first, and drop the rest."""
    demo, ladder = request("r", "demo_request", START), (Rung(150, ("manager",), "reassign"), Rung(300, (), "queue"))
    story = Story(START, rules=stories.laddered_rules(ladder))
    story.reads(routed(START, demo))
    story.now = START + 100 * MINUTE  # of the call the first step only, and the owner's clock ran out
    story.reads(act("view", "email.bounced", story.now))
    told = [(e.target, e.level, e.then, e.told) for e in story.told if e.kind == "escalated"]
    assert told == [
        ("first_email", 150, None, ("mia",)), ("first_email", 300, "queue", ()), ("first_call", 150, None, ("mia",)),
    ]  # fmt: skip
    assert {e.for_assignment for e in story.told if e.kind == "escalated"} == {1}
    kinds = [e.kind for e in story.told]
    assert kinds.count("lapsed") == 1 and kinds.index("lapsed") > max(
        n for n, k in enumerate(kinds) if k == "escalated"
    )
    story.until(START + DAY)
    assert [(e.target, e.level, e.then) for e in story.told if e.kind == "escalated"][3:] == [
        ("first_call", 300, "queue")
    ]


def test_steps_that_are_reached_one_after_the_other_move_it_one_after_the_other() -> None:
    ladder = (Rung(150, (), "reassign"), Rung(200, (), "reassign"), Rung(300, (), "manager"))
    story = Story(START, rules=stories.laddered_rules(ladder))
    story.reads(routed(START, HOT))
    story.until(START + DAY)
    assert [e.then for e in story.told if e.kind == "escalated"] == ["reassign", "reassign", "manager"]


def test_a_pause_that_takes_the_breach_back_moves_the_steps_that_are_left_and_repeats_none() -> None:
    story = begun()
    story.until(START + 100 * MINUTE)
    story.reads(pause(START + 50 * MINUTE, START + 3 * HOUR, received_at=START + 55 * MINUTE))
    assert last(story).kind == "paused"
    story.until(START + DAY)
    due = 3 * HOUR + 10 * MINUTE
    assert steps(story) == [
        ("warned", 25, 15 * MINUTE), ("warned", 80, 48 * MINUTE), ("breached", 1, HOUR),
        ("escalated", 150, 90 * MINUTE), ("breached", 1, due), ("escalated", 300, due + 2 * HOUR),
    ]  # fmt: skip


def test_of_a_breach_that_a_pause_read_late_leaves_standing_the_steps_move_with_the_due_time() -> None:
    story = begun()
    story.until(START + 80 * MINUTE)
    story.reads(pause(START + 50 * MINUTE, START + 65 * MINUTE, received_at=START + 55 * MINUTE))
    story.until(START + DAY)
    assert steps(story)[2:] == [
        ("breached", 1, HOUR), ("escalated", 150, 105 * MINUTE), ("escalated", 300, 3 * HOUR + 15 * MINUTE)
    ]  # fmt: skip


def test_a_new_owner_starts_no_step_again_and_is_told_those_to_come() -> None:
    story = begun()
    story.until(START + 100 * MINUTE)
    again = routed(START + 100 * MINUTE, HOT, revision=2, assignment=2, owner="ben")
    story.reads(again, START + 100 * MINUTE)
    story.until(START + DAY)
    assert [level for _, level, _ in steps(story)] == [25, 80, 1, 150, 300]
    assert (last(story, "escalated").told, last(story, "escalated").for_assignment) == (("ben", "mia"), 2)


@pytest.mark.parametrize("over", ["merged", "erased", "quarantined"])
def test_a_lead_that_is_over_climbs_no_further(over: str) -> None:
    ways: dict[str, dict[str, Any]] = {
        "merged": {"merged_into": merged(), "outcome": "tombstone"},
        "erased": {"outcome": "tombstone"},
        "quarantined": {"outcome": "quarantined", "quarantine": stories.quarantine(START)},
    }
    story = begun()
    story.reads(captured(START + 70 * MINUTE, revision=2, **ways[over]), START + 70 * MINUTE)
    story.until(START + DAY)
    assert not story.of("first_touch", "escalated")


def test_history_climbs_nothing() -> None:
    old = request("old", "other", START - DAY, historical=True)
    story = Story(START)
    story.reads(captured(START, old))
    story.reads(routed(START + SECOND, old, outcome="parked"), START + SECOND)
    story.until(START + DAY)
    assert not story.told


def test_a_step_stands_still_with_the_promise_before_its_due_time() -> None:
    story = begun()
    story.reads(pause(START + 30 * MINUTE, START + 5 * HOUR), START + 30 * MINUTE)
    story.reads(resume(START + 2 * HOUR), START + 2 * HOUR)
    story.until(START + DAY)
    due = 2 * HOUR + 30 * MINUTE
    assert steps(story)[1:] == [
        ("warned", 80, due - 12 * MINUTE), ("breached", 1, due), ("escalated", 150, due + 30 * MINUTE),
        ("escalated", 300, due + 2 * HOUR),
    ]  # fmt: skip


def test_of_two_leads_that_are_one_person_the_promise_that_was_broken_first_climbs_on() -> None:
    other = stories.named("another lead")
    first, second = begun(), begun(request("r2", "other", START + 5 * MINUTE))
    for story in (first, second):
        story.until(START + 70 * MINUTE)
    _, moved = given_away(other, second.state.body, START + 70 * MINUTE)
    known = with_moved(stories.LEAD, replace(first.state.body, aliases=(other,)), moved, 2)
    now = Now(START + 3 * HOUR, START + 3 * HOUR, MINUTE)
    settled = settle(stories.LEAD, known, stories.shipped_rules().rules, now)
    told = [(change.promise.cycle, change.level) for change in settled.changes if change.kind == "escalated"]
    assert told == [(HOT.id, 150), (HOT.id, 300)]


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(scripts, delays())
def test_whatever_is_read_late_each_step_is_told_once_and_none_before_its_time(
    script: Script, delayed: list[int]
) -> None:
    story = read_as_it_comes(script, delayed)
    climbed = [e for e in story.told if e.kind in {"warned", "escalated"}]
    assert max(Counter((e.cycle, e.target, e.level) for e in climbed).values(), default=1) == 1
    broken: set[tuple[Any, ...]] = set()
    for event in story.told:
        promise = (event.cycle, event.target)
        if event.kind == "breached":
            broken.add(promise)
        elif event.kind == "breach_retracted":
            broken.discard(promise)
        elif event.kind == "escalated":
            assert promise in broken and event.due_at < event.occurred_at <= event.detected_at
