"""Working time: how much has passed, when some of it will have passed, when a promise is due.

All arithmetic is on UTC instants (semantics, section 5). Arguments are aware datetimes, results aware UTC datetimes.
"""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import datetime, timedelta
from fractions import Fraction

from leadline_runtime.core.opening import Calendar
from leadline_runtime.core.segments import MICROSECOND, UtcSegment, to_instant, to_micros
from leadline_schemas.vocabulary import ClockMode

__all__ = [
    "Calendar", "add", "closed_between", "due", "elapsed", "is_open", "next_opening", "open_fraction",
    "open_fractions",
]  # fmt: skip

ROLL = timedelta(minutes=60)  # open time granted after the next opening to a deadline that fell into closed time
_WIDEN = 366 * 86_400 * 1_000_000


def add(calendar: Calendar, start: datetime, working: timedelta) -> datetime:
    """The earliest instant at which `working` open time has passed since `start`: within (start, end] of a segment.

    Raises ValueError for a negative duration.
    """
    needed = working // MICROSECOND
    if needed < 0:
        raise ValueError(f"working time cannot be negative, got {working}")
    begin = to_micros(start)
    if needed == 0:
        return to_instant(begin)
    until = begin
    while True:
        table = calendar.table(begin, until)
        found = table.reached(table.open_until(begin) + needed)
        if found is not None:
            return to_instant(found)
        until += max(_WIDEN, until - begin)  # doubled, so that long durations stay cheap


def elapsed(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    """The open time between two instants; zero if `end` is not after `start`."""
    return timedelta(microseconds=_open_between(calendar, to_micros(start), to_micros(end)))


def is_open(calendar: Calendar, at: datetime) -> bool:
    """Whether `at` lies in a segment [start, end)."""
    micros = to_micros(at)
    return _segment_after(calendar, micros)[0] <= micros


def next_opening(calendar: Calendar, at: datetime) -> datetime:
    """`at` itself if that is open time, else the next instant that is."""
    micros = to_micros(at)
    return to_instant(max(micros, _segment_after(calendar, micros)[0]))


def closed_between(calendar: Calendar, start: datetime, end: datetime) -> tuple[tuple[datetime, datetime], ...]:
    """The closed intervals between two instants, in order: what a clock skipped."""
    position, last = to_micros(start), to_micros(end)
    if position >= last:
        return ()
    table = calendar.table(position, last)
    skipped: list[tuple[datetime, datetime]] = []
    for index in range(bisect_right(table.ends, position), len(table.ends)):
        opens = table.starts[index]
        if opens > position:
            skipped.append((to_instant(position), to_instant(min(opens, last))))
        position = table.ends[index]
        if position >= last:
            return tuple(skipped)
    return (*skipped, (to_instant(position), to_instant(last)))  # nothing opens again before the table ends


def open_fraction(calendar: Calendar, start: datetime, due_at: datetime, share: Fraction) -> datetime:
    """The instant at which `share` of the open time between start and due has passed: when a warning goes out.

    If there is no open time between them at all, the share is one of plain time.
    """
    return open_fractions(calendar, start, due_at, (share,))[0]


def open_fractions(
    calendar: Calendar, start: datetime, due_at: datetime, shares: Iterable[Fraction]
) -> tuple[datetime, ...]:
    """`open_fraction` for several shares at once."""
    begin, end = to_micros(start), to_micros(due_at)
    table = calendar.table(begin, end)
    passed = table.open_until(begin)
    whole = table.open_until(end) - passed
    found = []
    for share in shares:
        part = (whole or end - begin) * share.numerator // share.denominator
        at = table.reached(passed + part) if whole and part else begin + part
        found.append(to_instant(begin if at is None else at))
    return tuple(found)


def due(calendar: Calendar, start: datetime, duration: timedelta, mode: ClockMode) -> datetime:
    """When a promise of `duration` is due (rules B5.2).

    `working`: open time only. `wall`: plain time. `wall_rolled`: plain time; if that is closed time (segments are
    [start, end), so the closing instant is), 60 minutes of open time after the next opening.
    """
    if mode == "working":
        return add(calendar, start, duration)
    plain = to_instant(to_micros(start) + duration // MICROSECOND)
    if mode == "wall" or is_open(calendar, plain):
        return plain
    return add(calendar, plain, ROLL)


def _open_between(calendar: Calendar, start: int, end: int) -> int:
    if end <= start:
        return 0
    table = calendar.table(start, end)
    return table.open_until(end) - table.open_until(start)


def _segment_after(calendar: Calendar, at: int) -> UtcSegment:
    until = at
    while True:
        found = calendar.table(at, until).segment_after(at)
        if found is not None:
            return found
        until += max(_WIDEN, until - at)
