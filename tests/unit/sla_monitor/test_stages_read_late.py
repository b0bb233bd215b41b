"""What is read late, came with another lead, was forgotten, or is judged by newer rules leaves the stages right."""

from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest

from leadline_sla_monitor.core.course import Course, course
from leadline_sla_monitor.core.known import Known
from leadline_sla_monitor.core.life import Life, Move, united_lives
from leadline_sla_monitor.merging import returned_act, sorted_out
from tests.support.sla_story import (
    DAY,
    HOUR,
    LEAD,
    MINUTE,
    SECOND,
    Story,
    act,
    captured,
    named,
    request,
    routed,
    shipped_rules,
)
from tests.unit.sla_monitor.test_silence import MAY_WRITE
from tests.unit.sla_monitor.test_stages import DEMO, OTHER, QUALIFIED, ROUTED, START, did, mql, stage, to


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_first_act_after_it_was_archived_brings_a_lead_back_in_whatever_order_they_are_read(
    order: tuple[int, ...],
) -> None:
    views = [act(f"v{minute}", "page.viewed", START + minute * MINUTE) for minute in (2, 3)]
    happened = [to("archived", 1), *views]
    story = mql()
    story.until(START + DAY / 2)
    for which in order:
        story.reads(happened[which])
    assert (stage(story), story.stages[-1].since) == ("captured", START + 2 * MINUTE)


@pytest.mark.parametrize(("reason", "expected"), [("do_not_contact", "archived"), ("wrong_fit", "captured")])
def test_what_a_person_is_to_decide_about_no_act_brings_back_from_the_archive(reason: str, expected: str) -> None:
    story = did(mql(), to("disqualified", 5, reason=reason))
    story.until(START + 91 * DAY)
    assert stage(story) == "archived"
    did(story, act("v", "page.viewed", START + 92 * DAY))
    assert stage(story) == expected


def test_a_lead_that_came_back_from_the_archive_is_in_nurture_again_if_routing_says_so() -> None:
    story = mql(outcome="nurture")
    story.until(START + 91 * DAY)
    story.reads(routed(story.now, DEMO, revision=2, outcome="disqualified", cause="stage"))
    at = START + 92 * DAY
    did(story, act("v", "page.viewed", at))
    story.reads(routed(at + SECOND, DEMO, revision=3, outcome="nurture", cause="reopened"), at + SECOND)
    assert stage(story) == "nurture"


def test_a_decision_in_a_silence_that_is_read_late_takes_back_what_the_silence_did() -> None:
    story = mql()
    story.until(ROUTED + 31 * DAY)
    assert stage(story) == "nurture"
    accepted = START + 29 * DAY
    story.reads(act("sal", "stage.changed", accepted, "ana", stage="SAL"))
    assert [(e.kind, e.to) for e in story.stages[-2:]] == [("applied", "SAL"), ("reverted", "nurture")]
    story.until(accepted + 30 * DAY + MINUTE)
    assert (stage(story), story.stages[-1].occurred_at) == ("nurture", accepted + 30 * DAY)


def test_new_rules_move_no_lead_and_count_for_what_is_decided_from_then_on() -> None:
    qualified = did(mql(), to("SAL", 1), to("SQL", 2, confirmed=QUALIFIED))
    refused = did(mql(), to("SAL", 1), to("SQL", 2, confirmed=QUALIFIED[:2]))
    shipped = shipped_rules()

    def under(story: Story, least: int) -> None:
        lifecycle = replace(shipped.rules.lifecycle, confirmed_at_least=least)
        story.rules = replace(shipped, rules=replace(shipped.rules, lifecycle=lifecycle))
        did(story, act("c", "call.connected", START + 10 * MINUTE, "ana"))

    under(qualified, 4)
    under(refused, 2)
    assert (stage(qualified), stage(refused)) == ("SQL", "SAL")
    assert [e.kind for e in qualified.stages[-1:]] == ["applied"]
    did(refused, to("SQL", 20))
    assert stage(refused) == "SQL", "ordered again, by the rules of now"


def test_what_was_recorded_and_since_when_it_is_there_is_not_forgotten_with_the_moves() -> None:
    story = did(mql(), to("SAL", 1, confirmed=QUALIFIED), to("SQL", 2))
    for number in range(60):
        did(story, to("customer", 10 + number))
    newest = story.stages[-1]
    assert (newest.stage, newest.since, newest.kind) == ("SQL", START + 2 * MINUTE, "not_applied")
    assert "reverted" not in {each.kind for each in story.stages}


def _united(*theirs: Move) -> Course:
    story = did(mql(), to("SAL", 1))
    life = united_lives(story.state.body.life, Life(moves=theirs))
    return course(LEAD, life, story.state.body.acts, story.state.body.routings, shipped_rules().rules.lifecycle)


@pytest.mark.parametrize(
    "move",
    [
        Move(named("their silence"), START + DAY, "nurture", "stale", since=START, origin=OTHER),
        Move(named("twice"), START + DAY, "disqualified", "command", "ana", "duplicate_person", origin=OTHER),
    ],
)
def test_neither_the_silence_of_a_part_nor_that_it_was_there_twice_says_anything_of_the_whole(move: Move) -> None:
    found = _united(move)
    assert found.now is not None and found.now.stage == "SAL"


def test_an_import_is_archived_and_listed_by_the_time_of_the_import() -> None:
    old = request("old", "demo_request", START - 400 * DAY, historical=True)
    story = Story(START)
    story.reads(captured(START, old))
    may_write: dict[str, Any] = dict(MAY_WRITE)
    story.reads(routed(START, old, outcome="parked", **may_write))
    story.reads(act("gone", "stage.changed", START - 300 * DAY, "ana", stage="disqualified", reason="wrong_fit",
                    historical=True))  # fmt: skip
    story.until(START + 89 * DAY)
    assert [each.to for each in story.stages] == ["disqualified"]
    story.until(START + 120 * DAY)
    archived, listed = story.stages[1:]
    assert (archived.to, archived.occurred_at) == ("archived", START + 90 * DAY)
    assert (listed.kind, listed.quarter) == ("reactivation", "2026-Q3")


def test_an_order_that_came_back_before_it_was_read_that_the_lead_is_one_of_its_own_again_is_not_lost() -> None:
    rejected = to("nurture", 5, reason="not_ready")
    waiting = returned_act(Known(over="merged"), rejected)
    assert returned_act(waiting, act("n", "note.added", START, "ana")) == waiting
    known, _ = sorted_out(LEAD, replace(waiting, over=None, snapshot=3), named("cause"))
    assert [(each.id, each.to, each.origin) for each in known.life.moves] == [(rejected.id, "nurture", None)]


def test_a_touch_that_accepts_once_more_is_told_by_another_word() -> None:
    touch = act("e", "email.sent", START + 5 * MINUTE, "ana")
    story = did(mql(), touch)
    did(story, to("nurture", 1, reason="not_ready"), to("MQL", 2))
    words = [(each.kind, each.to) for each in story.stages if each.way == "acting"]
    assert words == [("applied", "SAL"), ("reverted", "SAL"), ("applied", "SAL")]
    assert len({each.stage_id for each in story.stages}) == len(story.stages)


def test_why_it_was_archived_counts_for_an_act_that_was_read_before_the_reason() -> None:
    happened = (to("archived", 2), act("v", "page.viewed", START + 3 * MINUTE), to("disqualified", 1, reason="spam"))
    story = mql()
    for each in happened:
        story.reads(each, START + 5 * MINUTE)
    assert stage(story) == "archived"


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_mail_that_bounced_accepts_no_lead_in_whatever_order_they_are_read(order: tuple[int, int]) -> None:
    mail = act("m", "email.sent", START + MINUTE, "ana", message_id="<m@x>")
    bounce = act("b", "email.bounced", START + 2 * MINUTE, "automation", message_id="<m@x>")
    story = mql()
    story.until(START + HOUR)
    for which in order:
        story.reads((mail, bounce)[which])
    assert (stage(story), story.stages[-1].since) == ("MQL", ROUTED)
    if order == (0, 1):
        assert [(e.kind, e.why) for e in story.stages[1:]] == [("applied", None), ("reverted", "known_otherwise")]
        assert [e.kind for e in story.stage_clocks if e.target == "MQL"] == ["armed", "met", "armed"]
    did(story, act("c", "call.attempted", START + 2 * HOUR, "ana"))
    assert (stage(story), story.stages[-1].since) == ("SAL", START + 2 * HOUR)


def test_a_deal_whose_lead_is_given_to_somebody_by_it_stays_an_opportunity() -> None:
    story = did(mql(outcome="nurture"), act("d", "deal.created", START + HOUR, "cleo"))
    at = START + HOUR + SECOND
    story.reads(routed(at, DEMO, revision=2, owner="cleo", rule="deal", cause="reopened"), at)
    assert (stage(story), [e.kind for e in story.stages]) == ("opportunity", ["applied", "applied"])


def test_who_was_vetoed_and_is_reopened_is_an_mql_with_a_day_to_answer() -> None:
    story = did(mql(outcome="disqualified", reason="competitor"), to("captured", 60, "mia"))
    assert stage(story) == "captured"
    at = START + HOUR + SECOND
    story.reads(routed(at, DEMO, revision=2, cause="reopened"), at)
    assert (stage(story), story.stages[-1].way) == ("MQL", "routed")
    (clock,) = [e for e in story.stage_clocks if e.target == "MQL"]
    assert (clock.kind, clock.start) == ("armed", at)
