"""The laws of working time (semantics, section 5), for many zones and on both sides of their transitions."""

import os
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import cache
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from leadline_runtime.core.calendar import (
    Calendar,
    add,
    closed_between,
    due,
    elapsed,
    is_open,
    next_opening,
    open_fraction,
)  # fmt: skip
from leadline_runtime.core.pauses import due_with_pauses

EXAMPLES = int(os.environ.get("LEADLINE_CALENDAR_EXAMPLES", "20"))
ZONES = (
    "UTC", "America/New_York", "America/Los_Angeles", "America/St_Johns", "America/Havana", "America/Sao_Paulo",
    "America/Asuncion", "Europe/London", "Europe/Dublin", "Africa/Casablanca", "Africa/Cairo", "Asia/Tehran",
    "Asia/Kathmandu", "Asia/Beirut", "Asia/Gaza", "Australia/Lord_Howe", "Pacific/Chatham", "Pacific/Apia",
    "Pacific/Kiritimati", "Antarctica/Troll",
)  # fmt: skip
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)


@cache
def transitions(zone: str) -> tuple[datetime, ...]:
    """Where the zone's offset changes from 2008 to 2030, to the hour; any instant if it never does."""
    at, step, found, tz = datetime(2008, 1, 1, tzinfo=UTC), timedelta(days=10), [], ZoneInfo(zone)
    while at.year < 2030:
        if (at + step).astimezone(tz).utcoffset() != (before := at.astimezone(tz).utcoffset()):
            hour = at
            while hour.astimezone(tz).utcoffset() == before:
                hour += HOUR
            found.append(hour)
        at += step
    return tuple(found) or (datetime(2026, 1, 1, tzinfo=UTC),)


@st.composite
def hours(draw: st.DrawFn) -> tuple[tuple[int, int], ...]:
    """The segments of one day: none, whole days, odd minutes, several."""
    marks = sorted(draw(st.sets(st.one_of(st.integers(0, 1440), st.sampled_from([0, 60, 120, 180, 1440])), max_size=6)))
    return tuple(zip(marks[::2], marks[1::2], strict=False))


@st.composite
def calendars(draw: st.DrawFn) -> tuple[Calendar, str]:
    zone = draw(st.sampled_from(ZONES))
    week = draw(st.lists(hours(), min_size=7, max_size=7))
    if not any(week):
        week[draw(st.integers(0, 6))] = ((540, 1020),)
    near = draw(st.sampled_from(transitions(zone))).date()
    day = st.integers(-3, 3).map(lambda n: near + n * DAY)
    closed = draw(st.frozensets(day, max_size=2))
    special = draw(st.dictionaries(day, hours(), max_size=2))
    return Calendar("drawn", ZoneInfo(zone), week, closed, special), zone


@st.composite
def situations(draw: st.DrawFn) -> tuple[Calendar, datetime]:
    """A calendar and an instant, mostly within days of a change of clocks."""
    calendar, zone = draw(calendars())
    near = draw(st.sampled_from(transitions(zone)))
    away = draw(st.one_of(st.integers(-300_000, 300_000), st.integers(-20, 20).map(lambda n: n * 900)))
    return calendar, near + away * SECOND


def durations(days: int = 3) -> st.SearchStrategy[timedelta]:
    return st.integers(0, days * 86_400_000_000).map(lambda n: timedelta(microseconds=n)) | st.integers(
        0, days * 96
    ).map(lambda n: timedelta(minutes=15 * n))


laws = settings(max_examples=EXAMPLES, deadline=None)


@laws
@given(situations(), durations())
def test_exactly_the_working_time_has_elapsed(situation: tuple[Calendar, datetime], work: timedelta) -> None:
    calendar, start = situation
    assert elapsed(calendar, start, add(calendar, start, work)) == work


@laws
@given(situations(), durations(), durations())
def test_adding_in_two_parts_is_adding_at_once(
    situation: tuple[Calendar, datetime], a: timedelta, b: timedelta
) -> None:
    calendar, start = situation
    assert add(calendar, add(calendar, start, a), b) == add(calendar, start, a + b)


@laws
@given(situations(), durations(), durations(), durations(1))
def test_later_or_longer_is_never_due_earlier(
    situation: tuple[Calendar, datetime], work: timedelta, later: timedelta, longer: timedelta
) -> None:
    calendar, start = situation
    first = add(calendar, start, work)
    assert first <= add(calendar, start, work + longer)
    assert first <= add(calendar, start + later, work)


@laws
@given(situations(), durations())
def test_the_result_is_the_earliest_instant_with_the_full_time(
    situation: tuple[Calendar, datetime], work: timedelta
) -> None:
    calendar, start = situation
    at = add(calendar, start, work + SECOND)
    just_before = at - timedelta(microseconds=1)
    assert elapsed(calendar, start, just_before) < work + SECOND
    assert is_open(calendar, just_before), "it lies in (start, end] of a segment"


@laws
@given(st.sampled_from(ZONES), st.data(), durations(400))
def test_round_the_clock_is_plain_addition(zone: str, data: st.DataObject, work: timedelta) -> None:
    start = data.draw(st.sampled_from(transitions(zone))) - data.draw(durations(2))
    always = Calendar("always", ZoneInfo(zone), [((0, 1440),)] * 7)
    assert add(always, start, work) == start + work
    assert closed_between(always, start, start + work) == ()


@laws
@given(situations(), durations(), st.integers(-2, 6))
def test_a_holiday_never_makes_it_earlier(situation: tuple[Calendar, datetime], work: timedelta, away: int) -> None:
    calendar, start = situation
    holiday = start.astimezone(calendar.zone).date() + away * DAY
    special = {day: times for day, times in calendar.special.items() if day != holiday}
    fewer = Calendar("fewer", calendar.zone, calendar.weekly, calendar.closed | {holiday}, special)
    assert add(calendar, start, work) <= add(fewer, start, work)


@laws
@given(situations(), durations(), durations(), durations())
def test_closed_and_open_time_add_up_to_plain_time(
    situation: tuple[Calendar, datetime], span: timedelta, before: timedelta, x: timedelta
) -> None:
    calendar, start = situation
    end = start + span
    skipped = closed_between(calendar, start, end)
    assert sum((b - a for a, b in skipped), timedelta()) + elapsed(calendar, start, end) == span
    assert all(start <= a < b <= end and not is_open(calendar, a) for a, b in skipped)
    assert all(next_opening(calendar, a) == b for a, b in skipped if b < end)


@laws
@given(situations(), durations(1), durations(1), durations(2))
def test_a_pause_of_x_working_minutes_moves_it_by_x(
    situation: tuple[Calendar, datetime], done: timedelta, left: timedelta, paused: timedelta
) -> None:
    calendar, start = situation
    begin = add(calendar, start, done)
    end = begin + paused
    moved = due_with_pauses(calendar, start, done + left, "working", [(begin, end), (begin, begin + paused / 2)])
    if left:
        assert moved == add(calendar, start, done + left + elapsed(calendar, begin, end))
    else:
        assert moved == begin, "what is due when the pause begins is not moved"


@laws
@given(situations(), durations())
def test_a_rolled_deadline_is_in_open_time_and_never_early(
    situation: tuple[Calendar, datetime], span: timedelta
) -> None:
    calendar, start = situation
    due_at = due(calendar, start, span, "wall_rolled")
    if due_at == start + span:
        assert is_open(calendar, due_at)
    else:
        assert not is_open(calendar, start + span)
        assert elapsed(calendar, start + span, due_at) == HOUR


@laws
@given(situations(), durations(), st.integers(0, 100))
def test_a_warning_goes_out_when_its_share_of_the_open_time_has_passed(
    situation: tuple[Calendar, datetime], work: timedelta, percent: int
) -> None:
    calendar, start = situation
    due_at = add(calendar, start, work)
    at = open_fraction(calendar, start, due_at, Fraction(percent, 100))
    assert start <= at <= due_at
    assert abs(elapsed(calendar, start, at) - work * percent / 100) <= timedelta(microseconds=1)


@laws
@given(situations())
def test_the_next_opening_is_open_and_nothing_before_it_is(situation: tuple[Calendar, datetime]) -> None:
    calendar, at = situation
    opening = next_opening(calendar, at)
    assert opening >= at and is_open(calendar, opening)
    assert elapsed(calendar, at, opening) == timedelta()


def test_hours_within_the_hour_that_comes_twice() -> None:
    """From the first occurrence of the start to the last of the end: on 1 November 01:00-01:30 lasts 90 minutes."""
    night = Calendar("night", ZoneInfo("America/New_York"), [()] * 6 + [((60, 90),)])
    morning = datetime(2026, 11, 1, 4, tzinfo=UTC)
    assert next_opening(night, morning) == datetime(2026, 11, 1, 5, tzinfo=UTC)
    assert elapsed(night, morning, morning + DAY) == timedelta(minutes=90)
    assert add(night, morning, timedelta(minutes=90)) == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)


def test_a_day_that_a_zone_left_out_has_no_hours() -> None:
    samoa = Calendar("samoa", ZoneInfo("Pacific/Apia"), [((540, 1020),)] * 7)
    thursday_evening = datetime(2011, 12, 30, 3, tzinfo=UTC)  # 17:00 on the 29th; the 30th did not exist there
    assert next_opening(samoa, thursday_evening) == datetime(2011, 12, 30, 19, tzinfo=UTC)  # 09:00 on the 31st
    assert samoa.hours(date(2011, 12, 30)) == ((540, 1020),)
