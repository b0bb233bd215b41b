"""The laws of pauses: a pause never makes a deadline earlier, overlaps count once, and nothing is due while paused."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline_runtime.core.calendar import Calendar, due, elapsed, open_fraction
from leadline_runtime.core.pauses import (
    Pause,
    due_with_pauses,
    latest_end,
    moved_by_pauses,
    open_fractions_with_pauses,
    unpaused,
)
from leadline_schemas.vocabulary import ClockMode
from tests.unit.runtime.test_calendar_golden import shipped
from tests.unit.runtime.test_calendar_laws import EXAMPLES

laws = settings(max_examples=4 * EXAMPLES, deadline=None)
EPOCH = datetime(2026, 3, 5, tzinfo=UTC)  # a Thursday; clocks change in New York on Sunday
calendars = st.sampled_from(["us_east", "emea", "always"]).map(lambda name: shipped()[name])
instants = st.integers(0, 10 * 24 * 60).map(lambda minutes: EPOCH + timedelta(minutes=minutes))
durations = st.integers(1, 3000).map(lambda minutes: timedelta(minutes=minutes))
modes = st.sampled_from(["working", "wall", "wall_rolled"])
pauses = st.lists(st.tuples(instants, durations).map(lambda each: (each[0], each[0] + each[1])), max_size=4)


@laws
@given(calendars, instants, durations, modes, pauses)
def test_a_pause_makes_no_deadline_earlier_and_nothing_is_due_while_it_lasts(
    calendar: Calendar, start: datetime, duration: timedelta, mode: ClockMode, spans: list[Pause]
) -> None:
    at = due_with_pauses(calendar, start, duration, mode, spans)
    assert at >= due(calendar, start, duration, mode)
    begun = [(max(begin, start), end) for begin, end in spans if end > start]
    assert not any(begin < at < end for begin, end in begun)


@laws
@given(calendars, instants, durations, modes, pauses, st.randoms())
def test_order_repetition_and_the_cut_of_pauses_move_nothing(
    calendar: Calendar, start: datetime, duration: timedelta, mode: ClockMode, spans: list[Pause], chance: Random
) -> None:
    at = due_with_pauses(calendar, start, duration, mode, spans)
    middles = [(begin, begin + (end - begin) / 2, end) for begin, end in spans]
    halves = [half for begin, middle, end in middles for half in ((begin, middle), (middle, end))]
    chance.shuffle(halves)
    assert due_with_pauses(calendar, start, duration, mode, [*halves, *halves]) == at


@laws
@given(calendars, instants, durations, st.sampled_from(["working", "wall"]), pauses)
def test_counted_on_from_the_due_time_it_is_the_same_as_counted_from_the_start(
    calendar: Calendar, start: datetime, duration: timedelta, mode: ClockMode, spans: list[Pause]
) -> None:
    base = due(calendar, start, duration, mode)
    moved = moved_by_pauses(calendar, start, base, mode, spans)
    assert moved == due_with_pauses(calendar, start, duration, mode, spans)


@laws
@given(calendars, instants, durations, pauses)
def test_the_time_that_was_not_paused_is_the_time_promised(
    calendar: Calendar, start: datetime, duration: timedelta, spans: list[Pause]
) -> None:
    at = due_with_pauses(calendar, start, duration, "working", spans)
    ran = [elapsed(calendar, begin, end) for begin, end in unpaused(start, at, spans)]
    assert sum(ran, timedelta()) == duration


@laws
@given(calendars, instants, durations, pauses)
def test_shares_are_of_the_time_that_was_not_paused(
    calendar: Calendar, start: datetime, duration: timedelta, spans: list[Pause]
) -> None:
    at = due_with_pauses(calendar, start, duration, "working", spans)
    shares = (Fraction(1, 2), Fraction(4, 5))
    half, most = open_fractions_with_pauses(calendar, start, at, shares, spans)
    for share, found in zip(shares, (half, most), strict=True):
        ran = [elapsed(calendar, begin, end) for begin, end in unpaused(start, found, spans)]
        assert sum(ran, timedelta()) == duration * share.numerator / share.denominator
    assert start <= half <= most <= at
    without = open_fractions_with_pauses(calendar, start, at, shares, ())
    assert without == tuple(open_fraction(calendar, start, at, share) for share in shares)


@pytest.mark.parametrize(
    ("begins", "ends"),
    [
        ("2026-03-10T14:00:00", "2026-03-13T14:00:00"),  # Tuesday 10:00, Friday 10:00
        ("2026-03-13T14:00:00", "2026-03-18T14:00:00"),  # Friday, Wednesday
        ("2026-03-14T16:00:00", "2026-03-19T13:00:00"),  # Saturday: from Monday's opening to that of Thursday
        ("2026-03-06T15:00:00", "2026-03-11T14:00:00"),  # 10:00 before clocks change, 10:00 after it
        ("2026-05-21T14:00:00", "2026-05-27T14:00:00"),  # Memorial Day is none
    ],
)
def test_three_working_days_end_at_the_same_time_of_the_third_day_on_which_it_opens(begins: str, ends: str) -> None:
    found = latest_end(shipped()["us_east"], datetime.fromisoformat(f"{begins}+00:00"), 3)
    assert found == datetime.fromisoformat(f"{ends}+00:00")


def test_a_pause_in_the_night_makes_a_rolled_deadline_no_earlier() -> None:
    """Due at one minute past midnight, so an hour after the opening; paused until a minute before it, at nine."""
    midnight = datetime(2026, 3, 5, tzinfo=UTC)
    night = [(midnight, midnight + timedelta(hours=8, minutes=59))]
    found = due_with_pauses(shipped()["emea"], midnight, timedelta(minutes=1), "wall_rolled", night)
    assert found == midnight + timedelta(hours=10)
