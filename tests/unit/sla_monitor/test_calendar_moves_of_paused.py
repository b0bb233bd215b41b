"""Pauses and other calendars together: a promise that stands still is counted anew with what it stood still for."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from leadline_runtime.calendars import Calendars
from tests.support.golden import instant
from tests.support.other_calendars import calendars, closed_in_new_york, order, rules_by
from tests.support.sla_pauses import pause
from tests.support.sla_story import HOUR, MINUTE, SECOND, Story, captured, request, routed
from tests.unit.sla_monitor.test_laws import laws

START = instant("2026-04-14T21:30:00Z")  # a Tuesday, half an hour before New York closes: the call is due in an hour
PAUSED, AGAIN = START + 10 * MINUTE, instant("2026-04-15T14:00:00Z")  # until 10:00 of the next day
EVENING = instant("2026-04-14T23:00:00Z")
SHIPPED, HOLIDAY = closed_in_new_york(version="2026-03-01"), closed_in_new_york("2026-04-15")
LONG = calendars({"us_east": {"weekly": {"mon-sun": ["07:00-23:00"]}}}, "long")


def asked() -> Story:
    demo, story = request("r", "demo_request", START), Story(START)
    story.reads(captured(START, demo))
    story.reads(routed(START + 2 * SECOND, demo), START + 2 * SECOND)
    return story


def call_due(story: Story) -> datetime:
    (found,) = [each.due_at for each in story.state.body.promises if each.target == "first_call"]
    return found


def by(story: Story, found: Calendars, name: str) -> None:
    story.until(story.now + SECOND)
    story.rules = rules_by(found)
    story.reads(order(name, found, story.now))


def test_a_holiday_moves_a_paused_promise_which_keeps_its_pause() -> None:
    story = asked()
    story.reads(pause(PAUSED, AGAIN), PAUSED)
    assert call_due(story) == instant("2026-04-15T14:50:00Z"), "10 of 60 minutes were over"
    story.until(EVENING)
    by(story, HOLIDAY, "holiday")
    assert call_due(story) == instant("2026-04-16T13:50:00Z"), "the others begin on Thursday at 09:00"
    by(story, SHIPPED, "back")
    assert call_due(story) == instant("2026-04-15T14:50:00Z")
    kinds = [each.kind for each in story.of("first_call")]
    assert kinds.count("moved") == 2 and kinds.count("paused") == 1


def test_whichever_was_ordered_first_it_is_due_at_the_same_time() -> None:
    story = asked()
    story.until(PAUSED)
    by(story, HOLIDAY, "holiday")
    story.reads(pause(PAUSED, AGAIN))
    assert call_due(story) == instant("2026-04-16T13:50:00Z")


minutes = st.integers(1, 29)


@laws
@given(minutes, st.integers(1, 3000), st.sampled_from([HOLIDAY, LONG]), minutes)
def test_there_and_back_a_paused_promise_is_due_when_it_was(
    begins: int, lasts: int, other: Calendars, ordered: int
) -> None:
    """Before it is due, whenever the pause began and however long it is to last."""
    begin = START + begins * MINUTE
    story = asked()
    story.reads(pause(begin, begin + timedelta(minutes=lasts)), begin)
    before, at = call_due(story), max(begin, START + ordered * MINUTE)
    story.until(at)
    by(story, other, "there")
    assert call_due(story) >= min(before, story.now)
    by(story, SHIPPED, "back")
    assert call_due(story) == before


def test_a_pause_after_a_move_is_counted_by_the_calendar_that_moved_it() -> None:
    story = asked()
    story.until(EVENING)
    by(story, HOLIDAY, "holiday")
    thursday = instant("2026-04-16T13:10:00Z")  # 09:10 there, twenty minutes before it is due
    story.reads(pause(thursday, thursday + 2 * HOUR), thursday)
    assert call_due(story) == instant("2026-04-16T15:30:00Z")


def test_what_it_stood_still_for_is_no_second_time_in_a_due_time_that_has_passed_by_other_calendars() -> None:
    """It is due with the order then, and a pause that is told since moves it from there."""
    story = asked()
    story.reads(pause(PAUSED, AGAIN), PAUSED)
    story.until(EVENING)
    by(story, HOLIDAY, "holiday")
    story.until(AGAIN + 6 * HOUR)
    story.horizon_at = story.now  # of what comes with the order something is yet to be read
    by(story, LONG, "long")
    ordered = story.now
    assert call_due(story) == ordered, "by the long hours it was due at 10:50, with the pause"
    story.reads(pause(ordered - SECOND / 2, ordered + 2 * HOUR, name="told since", received_at=ordered))
    assert call_due(story) == ordered + 2 * HOUR
    by(story, HOLIDAY, "back")
    assert call_due(story) == instant("2026-04-16T13:50:00Z"), "and by others it is counted from its start again"
