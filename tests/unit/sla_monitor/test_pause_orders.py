"""Who may pause a promise, why and for how long: an order that is not allowed is told as refused, and moves nothing."""

from dataclasses import replace
from datetime import datetime
from itertools import pairwise, permutations
from typing import Any

import pytest

from tests.support.golden import instant
from tests.support.sla_pauses import HOT, ROUTED, START, begun, customer, due, pause, resume
from tests.support.sla_story import DAY, HOUR, LEAD, MINUTE, SECOND, Story, named, request, routed, shipped_rules

REFUSED = [
    ("unknown_reason", {"reason": "busy"}),
    ("unknown_reason", {"reason": None}),
    ("not_the_manager", {"reason": "manager"}),
    ("not_allowed", {"by": "automation"}),
    ("no_end", {"until": None}),
    ("over_already", {"until": START + MINUTE}),
    ("too_long", {"until": instant("2026-03-13T14:10:01Z")}),  # Friday 10:10 is three working days
    ("told_too_late", {"at": START + MINUTE, "received_at": START + 62 * MINUTE, "until": START + DAY}),
]


@pytest.mark.parametrize(("why", "order"), REFUSED, ids=[f"{why} {n}" for n, (why, _) in enumerate(REFUSED)])
def test_an_order_that_is_not_allowed_is_told_as_refused_and_moves_nothing(why: str, order: dict[str, Any]) -> None:
    asked = request("r", "webinar_attended", START, event_end=START)
    story = begun(asked)
    at = order.pop("at", START + 10 * MINUTE)
    story.reads(pause(at, **{"until": START + 2 * HOUR, **order}), order.get("received_at", at))
    (refused,) = customer(story, "pause_refused")
    assert (refused.reason, refused.ordered_by, refused.due_at) == (why, named("pause"), START + 4 * HOUR)
    story.reads(pause(at, name="again", **{"until": START + 2 * HOUR, **order}))
    assert len(customer(story, "pause_refused")) == 2
    story.until(START + DAY)
    assert [e.due_at for e in customer(story, "breached")] == [START + 4 * HOUR]
    assert not customer(story, "paused", "resumed")


def test_three_working_days_leave_out_the_weekend() -> None:
    friday = instant("2026-03-13T14:00:00Z")
    asked = request("r", "other", friday)
    for until, kind in ((friday + 5 * DAY, "paused"), (friday + 5 * DAY + SECOND, "pause_refused")):
        story = Story(friday)
        story.reads(routed(friday, asked))
        story.reads(pause(friday, until))
        assert [e.kind for e in customer(story)] == ["armed", kind], until


def test_a_manager_may_pause_for_no_other_s_reason_whoever_was_it_then() -> None:
    story = begun()
    story.reads(pause(START + MINUTE, START + 2 * HOUR, by="mia", reason="manager"), START + MINUTE)
    assert [(e.reason, e.by, e.owner) for e in customer(story, "paused")] == [("manager", "mia", "ana")]
    story.reads(
        pause(START + 5 * MINUTE, START + 3 * HOUR, by="max", reason="manager", name="early"), START + 5 * MINUTE
    )
    assert [e.reason for e in customer(story, "pause_refused")] == ["not_the_manager"]
    story.reads(
        routed(START + 9 * MINUTE, HOT, revision=2, manager="max", assignment=2, owner="ben"), START + 9 * MINUTE
    )
    assert due(story) == START + 2 * HOUR + 59 * MINUTE  # max was no manager when he ordered it
    story.reads(
        pause(START + 10 * MINUTE, START + 3 * HOUR, by="max", reason="manager", name="late"), START + 10 * MINUTE
    )
    assert due(story) == START + 3 * HOUR + 59 * MINUTE


def test_who_was_manager_before_managers_were_kept_may_still_pause() -> None:
    story = begun()
    story.states[LEAD] = replace(story.state, body=replace(story.state.body, managers=()))
    story.reads(pause(START + MINUTE, START + 2 * HOUR, by="mia", reason="manager"), START + MINUTE)
    assert [e.by for e in customer(story, "paused")] == ["mia"]
    story.states[LEAD] = replace(story.state, body=replace(story.state.body, managers=()))
    story.reads(routed(START + 2 * MINUTE, HOT, revision=2, manager="max", assignment=2, owner="ben"))
    assert {each.id for each in story.state.body.managers} == {"max", "mia"}


def test_an_owner_who_keeps_a_lead_of_which_the_manager_was_told_is_no_manager_of_it() -> None:
    story = begun()
    story.reads(routed(START + 5 * MINUTE, HOT, revision=2, escalated=True), START + 5 * MINUTE)
    story.reads(pause(START + 6 * MINUTE, START + 2 * HOUR, by="ana", reason="manager"), START + 6 * MINUTE)
    assert [e.reason for e in customer(story, "pause_refused")] == ["not_the_manager"]
    story.reads(routed(START + 7 * MINUTE, HOT, revision=3, assignment=2, owner="max", manager="max", escalated=True))
    story.reads(pause(START + 8 * MINUTE, START + 2 * HOUR, by="max", reason="manager", name="his"), START + 8 * MINUTE)
    assert [e.by for e in customer(story, "paused")] == ["max"]


def test_what_was_ordered_elsewhere_long_ago_is_not_even_refused() -> None:
    story = begun()
    story.reads(pause(START + MINUTE, START + 2 * HOUR, historical=True), START + MINUTE)
    assert not customer(story, "paused", "pause_refused")


def test_a_target_stands_still_only_for_its_own_reasons() -> None:
    story = begun(request("r", "trial_signup", START))
    story.reads(pause(START + MINUTE, START + HOUR), START + MINUTE)
    assert story.life("first_personal") == ["armed", "paused"]
    assert [(e.kind, e.reason) for e in story.of("auto_ack")] == [
        ("armed", None),
        ("pause_refused", "not_for_this_target"),
    ]
    story.reads(
        pause(START + 2 * MINUTE, START + HOUR, "automation", "opt in", reason="pending_opt_in"), START + 2 * MINUTE
    )
    assert due(story, "auto_ack") == START + HOUR + 13 * MINUTE


def test_the_owner_s_clock_stands_still_with_the_lead_s_own_wish_but_not_for_an_opt_in() -> None:
    story = begun()
    story.reads(pause(START + MINUTE, START + 3 * HOUR), START + MINUTE)
    assert due(story, "owner_response") == ROUTED + 4 * HOUR - MINUTE
    other = begun()
    other.reads(pause(START + MINUTE, START + 3 * HOUR, reason="pending_opt_in"), START + MINUTE)
    assert due(other, "owner_response") == ROUTED + HOUR
    assert other.life("owner_response") == ["armed"]


MONDAY = instant("2026-03-09T14:00:00Z")


def asked_on_monday(temperature: str = "hot", at: datetime = MONDAY) -> Story:
    story = Story(at)
    story.reads(routed(MONDAY, request("r", "other", MONDAY), temperature=temperature))
    return story


def test_one_after_the_other_pauses_are_three_working_days_together_and_no_more() -> None:
    story, days = asked_on_monday(), [MONDAY + n * DAY for n in range(5)]
    for n, (at, until) in enumerate(pairwise(days)):
        story.reads(pause(at, until, name=f"pause {n}"), at)
    assert [(e.kind, e.reason) for e in customer(story, "paused", "pause_refused")] == [
        ("paused", "call_me_after"), ("paused", "call_me_after"), ("paused", "call_me_after"),
        ("pause_refused", "too_long"),
    ]  # fmt: skip
    assert due(story) == days[3] + HOUR
    story.until(days[4])
    assert [e.due_at for e in customer(story, "breached")] == [days[3] + HOUR]


def test_what_was_ended_early_and_what_overlaps_counts_once_and_as_long_as_it_was() -> None:
    story = asked_on_monday()
    story.reads(pause(MONDAY, MONDAY + 2 * DAY, name="ended"))
    story.reads(pause(MONDAY + HOUR, MONDAY + 2 * DAY, name="within"), MONDAY + HOUR)
    story.reads(resume(MONDAY + 9 * HOUR), MONDAY + 9 * HOUR)  # in the evening: eight hours stood still
    morning = MONDAY + DAY - HOUR / 2
    story.reads(pause(morning, morning + 2 * DAY, name="two more"), morning)
    assert not customer(story, "pause_refused")
    story.reads(pause(morning + 2 * DAY, morning + 2 * DAY + 2 * HOUR, name="too much"), morning + 2 * DAY)
    assert [e.reason for e in customer(story, "pause_refused")] == ["too_long"]


def test_a_pause_that_is_read_late_takes_its_share_of_three_days_from_those_after_it() -> None:
    first = pause(MONDAY + HOUR, MONDAY + DAY + HOUR, name="first")
    second = pause(MONDAY + DAY + 2 * HOUR, MONDAY + 3 * DAY + 2 * HOUR, name="second")
    third = pause(MONDAY + 3 * DAY + 3 * HOUR, MONDAY + 3 * DAY + 9 * HOUR, name="third")
    for orders in permutations((first, second, third)):
        story = asked_on_monday("cold", MONDAY + 3 * DAY + 3 * HOUR)
        for each in orders:
            story.reads(each)
        assert due(story) == MONDAY + 7 * DAY, "48 hours and three days: Saturday, so Monday at ten"
        last = {e.ordered_by: e.kind for e in customer(story, "paused", "pause_refused")}
        assert last[named("third")] == "pause_refused", "whatever was told of it before"
        assert {last[named("first")], last[named("second")]} == {"paused"}


def test_what_was_granted_stays_so_by_stricter_rules() -> None:
    story = asked_on_monday("cold")
    orders = [pause(MONDAY + n * DAY, MONDAY + n * DAY + 8 * HOUR, name=f"pause {n}") for n in range(3)]
    for each in orders[:2]:
        story.reads(each, each.occurred_at)
    loaded = shipped_rules()
    strict = replace(loaded.rules, pauses=replace(loaded.rules.pauses, longest=1))
    story.rules = replace(loaded, rules=strict)
    story.reads(orders[2], orders[2].occurred_at)
    assert [e.kind for e in customer(story, "paused", "pause_refused")] == ["paused", "paused", "pause_refused"]
