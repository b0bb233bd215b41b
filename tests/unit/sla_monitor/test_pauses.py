"""A promise whose clock stands still: for a listed reason, until an end, moved by what was paused (rules B5.2)."""

import pytest

from tests.support.golden import instant
from tests.support.sla_pauses import START, begun, customer, due, pause, resume
from tests.support.sla_story import DAY, HOUR, MINUTE, SECOND, Story, named, request, routed


@pytest.mark.parametrize(
    ("start", "begin", "end", "moved"),
    [
        ("2026-03-10T14:00:00Z", "2026-03-10T15:30:00Z", "2026-03-10T17:00:00Z", "2026-03-10T19:30:00Z"),
        ("2026-03-10T19:00:00Z", "2026-03-10T21:00:00Z", "2026-03-11T14:00:00Z", "2026-03-11T16:00:00Z"),
    ],
    ids=["10:00 + 4 h, paused 11:30 to 13:00: 15:30", "15:00 + 4 h, paused 17:00 to the next day 10:00: 12:00"],
)
def test_a_working_target_moves_by_the_open_time_paused(start: str, begin: str, end: str, moved: str) -> None:
    asked = request("r", "webinar_attended", instant(start), event_end=instant(start))  # 4 hours of open time
    story = Story(asked.start)
    story.reads(routed(asked.start + SECOND, asked))
    story.reads(pause(instant(begin), instant(end)), instant(begin))
    (told,) = customer(story, "paused")
    assert told.due_before != told.due_at == instant(moved) == due(story, "post_event")
    story.until(instant(moved) - SECOND)
    assert not customer(story, "breached")
    story.until(instant(moved))
    (breach,) = customer(story, "breached")
    assert breach.due_at == breach.occurred_at == instant(moved)


def test_a_rolled_target_moves_by_the_plain_time_paused_and_rolls_again() -> None:
    friday = instant("2026-03-13T19:00:00Z")  # 15:00: within 24 h rolls to Monday 10:00
    asked = request("r", "other", friday)
    story = Story(friday)
    story.reads(routed(friday, asked, temperature="warm"))
    assert due(story) == instant("2026-03-16T14:00:00Z")
    story.reads(pause(friday + HOUR, friday + 23 * HOUR), friday + HOUR)
    assert due(story) == instant("2026-03-16T14:00:00Z")  # Sunday 13:00, so Monday 10:00 again
    story.reads(pause(friday + HOUR, friday + 25 * HOUR, name="longer"), friday + HOUR)
    assert due(story) == instant("2026-03-16T14:00:00Z")  # Sunday 15:00 still
    story.reads(pause(friday + HOUR, instant("2026-03-16T15:00:00Z"), name="longest"), friday + HOUR)
    assert due(story) == instant("2026-03-17T14:00:00Z")  # 23 hours were left on Monday at 11:00


def test_a_pause_of_the_hour_to_which_a_deadline_was_rolled_stops_that_hour() -> None:
    friday = instant("2026-03-13T19:00:00Z")  # 15:00: Saturday 15:00, rolled to Monday 09:00 to 10:00
    asked = request("r", "other", friday)
    for begin, moved in (("2026-03-15T15:00:00Z", "18:00:00"), ("2026-03-16T13:20:00Z", "17:40:00")):
        story = Story(friday)
        story.reads(routed(friday, asked, temperature="warm"))
        story.reads(pause(instant(begin), instant("2026-03-16T17:00:00Z")), instant(begin))
        assert due(story) == instant(f"2026-03-16T{moved}Z")


def test_what_is_told_says_what_a_report_needs() -> None:
    story = begun()
    story.reads(pause(START + 30 * MINUTE, START + 3 * HOUR), START + 30 * MINUTE)
    (told,) = customer(story, "paused")
    assert (told.reason, told.by, told.owner, told.manager) == ("call_me_after", "ana", "ana", "mia")
    assert (told.ordered_by, told.until, told.occurred_at) == (
        named("pause"), START + 3 * HOUR, START + 30 * MINUTE)  # fmt: skip
    assert (told.due_before, told.due_at) == (START + HOUR, START + 3 * HOUR + 30 * MINUTE)
    story.until(START + 3 * HOUR)
    (over,) = customer(story, "resumed")
    assert (over.occurred_at, over.paused_s, over.due_at) == (START + 3 * HOUR, 9000.0, told.due_at)
    assert over.due_before is None


def test_warnings_move_with_the_clock_and_none_is_sent_again() -> None:
    story = begun()
    story.until(START + 40 * MINUTE)  # warned at half
    story.reads(pause(START + 40 * MINUTE, START + 2 * HOUR), START + 40 * MINUTE)
    story.until(START + 2 * HOUR + 7 * MINUTE)
    assert [e.level for e in customer(story, "warned")] == [50]
    story.until(START + 2 * HOUR + 8 * MINUTE)
    assert [(e.level, e.occurred_at) for e in customer(story, "warned")] == [
        (50, START + 30 * MINUTE), (80, START + 2 * HOUR + 8 * MINUTE)]  # fmt: skip


def test_overlapping_pauses_count_once_and_the_clock_runs_once_again() -> None:
    story = begun()
    story.reads(pause(START + 10 * MINUTE, START + HOUR), START + 10 * MINUTE)
    story.reads(pause(START + 30 * MINUTE, START + 90 * MINUTE, name="second"), START + 30 * MINUTE)
    assert due(story) == START + HOUR + 80 * MINUTE
    story.until(START + 2 * HOUR)
    assert [e.kind for e in customer(story)] == ["armed", "paused", "paused", "resumed", "warned"]
    assert customer(story, "resumed")[0].paused_s == 80 * 60


def test_resuming_sooner_gives_back_the_rest() -> None:
    story = begun()
    story.reads(pause(START + 10 * MINUTE, START + 5 * HOUR), START + 10 * MINUTE)
    story.reads(resume(START + HOUR), START + HOUR)
    (over,) = customer(story, "resumed")
    assert (over.due_before, over.due_at) == (START + 5 * HOUR + 50 * MINUTE, START + HOUR + 50 * MINUTE)
    story.until(START + DAY)
    assert [e.due_at for e in customer(story, "breached")] == [START + HOUR + 50 * MINUTE]


def test_resuming_what_is_not_paused_changes_nothing() -> None:
    story = begun()
    told = len(story.told)
    story.reads(resume(START + MINUTE), START + MINUTE)
    assert len(story.told) == told and due(story) == START + HOUR
