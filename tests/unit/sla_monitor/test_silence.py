"""Silence: notices after 23 days, consequences after 30, the end after 90, and the list of each quarter."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline_sla_monitor.core.silence import first_monday, quarter_of
from tests.support.sla_story import (
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    Story,
    act,
    captured,
    channels,
    merged,
    request,
    routed,
    shipped_rules,
)
from tests.unit.sla_monitor.test_stages import DEMO, QUALIFIED, ROUTED, START, did, mql, stage, to

MAY_WRITE = {"allowed_channels": channels(marketing_email=True), "grade": "B2"}


def heard(story: Story) -> list[tuple[str, str | None, tuple[str, ...]]]:
    """Words about silence: kind or the stage it led to, who was told."""
    found = (e for e in story.stages if e.kind in {"stale", "reactivation"} or e.way == "stale")
    return [(e.kind, e.action or e.to, e.told) for e in found]


def silences(story: Story) -> list[datetime]:
    """When each of them was due."""
    return [e.occurred_at for e in story.stages if e.kind in {"stale", "reactivation"} or e.way == "stale"]


def test_an_mql_that_nobody_touches_is_noticed_and_goes_to_nurture() -> None:
    story = mql()
    story.until(ROUTED + 23 * DAY - SECOND)
    assert not heard(story)
    story.until(ROUTED + 30 * DAY - SECOND)
    assert heard(story) == [("stale", "notice", ("ana",))]
    story.until(ROUTED + 30 * DAY + MINUTE)
    assert heard(story)[1:] == [("applied", "nurture", ("ana", "mia"))]
    assert story.stages[-1].occurred_at == ROUTED + 30 * DAY and story.stages[-1].quiet_since == ROUTED


@pytest.mark.parametrize(
    ("kind", "by", "counts"),
    [("page.viewed", None, True), ("email.clicked", None, True), ("email.sent", "ana", True),
     ("call.attempted", "zoe", True), ("email.sent", "automation", False), ("nurture.sent", "automation", False),
     ("email.opened", "automation", False), ("email.delivered", None, False), ("note.added", "ana", False),
     ("consent.granted", None, True), ("consent.withdrawn", None, False), ("consent.declined", None, False)],
)  # fmt: skip
def test_an_act_of_the_lead_or_ours_is_no_silence_and_a_machine_is(kind: str, by: str | None, counts: bool) -> None:
    story = mql()
    at = START + 20 * DAY
    did(story, act("a", kind, at, by))
    story.until(START + 23 * DAY + HOUR)
    assert bool(heard(story)) == (not counts)


def test_an_sql_is_told_to_the_manager_and_an_opportunity_only_flagged() -> None:
    story = did(mql(), to("SAL", 1), to("SQL", 2, confirmed=QUALIFIED))
    story.until(START + 31 * DAY)
    assert (
        heard(story) == [("stale", "notice", ("ana",)), ("stale", "manager", ("ana", "mia"))] and stage(story) == "SQL"
    )
    story = did(mql(), act("d", "deal.created", START + HOUR, "ana"))
    story.until(START + 200 * DAY)
    assert [what for _, what, _ in heard(story)] == ["notice", "flag"] and stage(story) == "opportunity"


def test_a_lead_that_does_something_after_it_was_flagged_may_fall_silent_again() -> None:
    story = did(mql(), act("d", "deal.created", START + HOUR, "ana"))
    story.until(START + 31 * DAY)
    did(story, act("v", "page.viewed", START + 40 * DAY))
    story.until(START + 71 * DAY)
    assert [(what, at - START) for (_, what, _), at in zip(heard(story), silences(story), strict=True)] == [
        ("notice", 23 * DAY + HOUR), ("flag", 30 * DAY + HOUR), ("notice", 63 * DAY), ("flag", 70 * DAY),
    ]  # fmt: skip


def test_a_customer_is_never_stale() -> None:
    story = did(mql(), act("w", "deal.won", START + HOUR, "ana"))
    story.until(START + 400 * DAY)
    assert not heard(story) and story.state.timer_at is None


def test_ninety_days_after_its_last_act_it_is_disqualified_and_archived() -> None:
    story = mql(outcome="nurture")
    last = START + 40 * DAY
    did(story, act("v", "page.viewed", last))
    story.until(last + 90 * DAY - SECOND)
    assert not heard(story)
    story.until(last + 90 * DAY + MINUTE)
    assert [(e.to, e.reason, e.occurred_at) for e in story.stages[1:]] == [
        ("disqualified", "unresponsive", last + 90 * DAY), ("archived", None, last + 90 * DAY),
    ]  # fmt: skip
    assert story.stages[-1].stage_reason == "unresponsive", "an archived lead keeps why"


def test_disqualified_by_a_person_it_is_archived_ninety_days_later() -> None:
    story = did(mql(), to("disqualified", 5, reason="wrong_fit"))
    story.until(START + 6 * MINUTE + 90 * DAY)
    assert (stage(story), story.stages[-1].occurred_at) == ("archived", START + 5 * MINUTE + 90 * DAY)


def test_silence_that_was_none_is_taken_back() -> None:
    story = mql()
    story.until(ROUTED + 31 * DAY)
    assert stage(story) == "nurture"
    did(story, act("late", "call.attempted", START + 28 * DAY, "ana"))
    assert [(e.kind, e.to) for e in story.stages[-2:]] == [("applied", "SAL"), ("reverted", "nurture")]
    story.until(START + 58 * DAY + MINUTE)
    assert (stage(story), story.stages[-1].occurred_at) == ("nurture", START + 58 * DAY), "and counted anew"


def test_what_silence_did_comes_in_the_order_of_time_whenever_it_is_looked_at() -> None:
    """After an outage, and when all of it is counted anew because of an act that is read late."""
    story = mql()
    story.now = START + 120 * DAY
    story.until(story.now)
    assert [(e.to, e.occurred_at - ROUTED) for e in story.stages[1:]] == [
        ("nurture", 30 * DAY), ("disqualified", 90 * DAY), ("archived", 90 * DAY),
    ]  # fmt: skip
    did(story, act("late", "page.viewed", START + DAY))
    assert [(e.to, e.occurred_at - START) for e in story.stages[4:] if e.kind == "applied"] == [
        ("nurture", 31 * DAY), ("disqualified", 91 * DAY), ("archived", 91 * DAY),
    ]  # fmt: skip


def test_it_is_archived_so_long_after_the_disqualification_that_stands() -> None:
    """That a person disqualified it is read when silence has done it long ago."""
    story = mql()
    story.until(START + 91 * DAY)
    assert stage(story) == "archived"
    did(story, to("disqualified", 20 * 24 * 60, reason="no_need"))
    assert (stage(story), story.stages[-1].since) == ("disqualified", START + 20 * DAY)
    story.until(START + 111 * DAY)
    assert (stage(story), story.stages[-1].since) == ("archived", START + 110 * DAY)


def test_silence_waits_for_what_is_unread_like_a_verdict() -> None:
    story = mql()
    story.horizon_known = False
    story.until(ROUTED + 30 * DAY + 59 * SECOND)
    assert stage(story) == "MQL"
    story.until(ROUTED + 30 * DAY + MINUTE)
    assert stage(story) == "nurture"


@pytest.mark.parametrize("horizon", [True, False], ids=["read at once", "after the grace"])
@pytest.mark.parametrize("by", [None, "ana"], ids=["the lead", "ana"])
def test_what_is_done_after_a_silence_was_over_is_no_word_in_it_however_soon_it_is_read(
    horizon: bool, by: str | None
) -> None:
    story = mql()
    story.horizon_known = horizon
    over = ROUTED + 30 * DAY
    kind = "page.viewed" if by is None else "call.attempted"
    did(story, *(act(f"a{n}", kind, over + n * 10 * SECOND, by) for n in (1, 2)))
    story.until(over + MINUTE)
    assert (stage(story), story.stages[-1].since) == ("nurture", over)
    other = mql()
    other.horizon_known = horizon
    story.reads(act("late", kind, over + 5 * SECOND, by))
    assert stage(story) == "nurture", "nor what is read later"
    did(other, act("a", kind, over, by))
    other.until(over + MINUTE)
    assert stage(other) == ("MQL" if by is None else "SAL"), "at the very instant is in time"
    assert other.state.timer_at is not None


def test_who_answers_after_ninety_days_of_silence_is_back_from_the_archive() -> None:
    story = mql(outcome="nurture")
    over = ROUTED + 90 * DAY
    story.horizon_known = False
    did(story, act("a", "page.viewed", over + 30 * SECOND))
    story.until(over + MINUTE)
    assert [(e.to, e.occurred_at) for e in story.stages[1:]] == [
        ("disqualified", over), ("archived", over), ("captured", over + 30 * SECOND),
    ]  # fmt: skip
    assert story.state.timer_at is not None, "and is silent again one day"


def test_an_older_pause_in_the_talk_is_no_silence_by_newer_rules() -> None:
    story = mql()
    did(story, act("a", "page.viewed", START + 20 * DAY), act("b", "page.viewed", START + 40 * DAY))
    rules = shipped_rules()
    stale = replace(rules.rules.lifecycle.stale, after=15 * DAY, notice_after=10 * DAY)
    story.rules = replace(rules, rules=replace(rules.rules, lifecycle=replace(rules.rules.lifecycle, stale=stale)))
    did(story, act("c", "page.viewed", START + 41 * DAY))
    story.until(START + 42 * DAY)
    assert stage(story) == "MQL"
    story.until(START + 56 * DAY + MINUTE)
    assert (stage(story), story.stages[-1].since) == ("nurture", START + 56 * DAY)


def test_after_an_outage_only_the_consequence_is_told() -> None:
    story = mql()
    story.now = START + 45 * DAY
    story.until(story.now)
    assert heard(story) == [("applied", "nurture", ("ana", "mia"))]
    assert story.stages[-1].occurred_at == ROUTED + 30 * DAY and story.stages[-1].detected_at == story.now


def test_what_people_decide_begins_the_silence_anew() -> None:
    story = mql(outcome="nurture")
    claimed = START + 60 * DAY
    story.reads(routed(claimed, DEMO, revision=2, assignment=1, cause="claimed"), claimed)
    story.until(claimed + 29 * DAY)
    assert stage(story) == "MQL"
    story.until(claimed + 30 * DAY + MINUTE)
    assert stage(story) == "nurture"


def test_an_archived_lead_stands_on_each_quarters_list_if_it_is_worth_it_and_may_be_written_to() -> None:
    story = did(mql(outcome="nurture", **MAY_WRITE))
    story.until(START + 400 * DAY)
    lists = [(e.quarter, e.occurred_at, e.grade, e.stage) for e in story.stages if e.kind == "reactivation"]
    assert [each[0] for each in lists] == ["2026-Q3", "2026-Q4", "2027-Q1", "2027-Q2"]
    assert lists[0][1:] == (datetime(2026, 7, 6, tzinfo=UTC), "B2", "archived"), "never more than a list"
    for unwanted in ({"grade": "C1"}, {"allowed_channels": channels(marketing_email=False)}):
        quiet = mql(outcome="nurture", **{**MAY_WRITE, **unwanted})
        quiet.until(START + 400 * DAY)
        assert quiet.state.timer_at is None and "reactivation" not in {e.kind for e in quiet.stages}


@pytest.mark.parametrize("over", ["merged", "erased"])
def test_who_stands_on_a_list_and_is_another_lead_by_now_or_erased_is_told_off_it(over: str) -> None:
    story = did(mql(outcome="nurture", **MAY_WRITE))
    at = START + 150 * DAY
    story.until(at)
    assert story.stages[-1].kind == "reactivation"
    into: dict[str, Any] = {"merged_into": merged()} if over == "merged" else {}
    story.reads(captured(at, revision=2, outcome="tombstone", **into), at)
    last = story.stages[-1]
    assert (last.kind, last.reason, last.stage, last.since) == ("delisted", over, "archived", ROUTED + 90 * DAY)
    assert [e.kind for e in story.stages].count("delisted") == 1


def test_who_came_back_from_the_archive_stands_on_no_list_to_be_told_off() -> None:
    story = did(mql(outcome="nurture", **MAY_WRITE))
    story.until(START + 150 * DAY)
    did(story, act("v", "page.viewed", START + 150 * DAY))
    at = START + 151 * DAY
    story.reads(captured(at, revision=2, outcome="tombstone", merged_into=merged()), at)
    assert "delisted" not in {e.kind for e in story.stages}


def test_an_archived_lead_that_does_something_is_a_lead_again() -> None:
    story = mql(outcome="nurture")
    story.until(START + 100 * DAY)
    assert stage(story) == "archived"
    did(story, act("v", "page.viewed", START + 100 * DAY))
    assert (stage(story), story.stages[-1].way) == ("captured", "act")
    demo = request("r9", "demo_request", START + 101 * DAY)
    at = demo.start
    story.reads(routed(at, DEMO, demo, revision=2), at)
    assert stage(story) == "MQL"


def test_who_withdraws_consent_stays_in_the_archive() -> None:
    story = mql(outcome="nurture")
    story.until(START + 100 * DAY)
    did(story, act("w", "consent.withdrawn", START + 100 * DAY, purpose="marketing", channel="email"))
    assert stage(story) == "archived"


def test_an_imported_lead_is_silent_from_its_import_on() -> None:
    story = mql(outcome="parked", cause="scored")
    did(story, act("old", "page.viewed", START - 300 * DAY, historical=True))
    story.until(START + 90 * DAY + MINUTE)
    assert stage(story) == "archived"


@given(st.integers(0, 20 * 366 * 24))
def test_the_day_of_the_list_is_the_next_first_monday_of_a_quarter(hours: int) -> None:
    at = datetime(2020, 1, 1, tzinfo=UTC) + hours * HOUR
    found = first_monday(at)
    assert found > at and found.weekday() == 0 and found.month in (1, 4, 7, 10) and found.day <= 7
    assert first_monday(found) > found and (found - at).days <= 98
    assert quarter_of(found) == f"{found.year}-Q{(found.month + 2) // 3}"
