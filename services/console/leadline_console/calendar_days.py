"""The days of a business calendar as a person checks them: local hours, the same in UTC, and why a day differs."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from leadline_runtime.core.opening import ONE_DAY, Calendar
from leadline_runtime.core.segments import LocalSegment, UtcSegment, to_instant, united, utc_segments
from leadline_runtime.core.values import dataclass

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One local date: its hours by the clock on the wall and as instants, how long it is open, why a day differs."""

    day: date
    hours: Sequence[str]
    utc: Sequence[Span]
    open: timedelta
    why: str

    @property
    def weekday(self) -> str:
        """Mon to Sun."""
        return f"{self.day:%a}"


def days_of(calendar: Calendar, holidays: Mapping[date, str], first: date) -> Iterator[CalendarDay]:
    """The days from `first` on; `holidays`: what the dates are called on which it is closed for one."""
    day = first
    while True:
        segments = united(utc_segments(calendar.zone, day, calendar.hours(day)))
        yield CalendarDay(
            day,
            [clock(each) for each in calendar.hours(day)],
            [(to_instant(opens), to_instant(closes)) for opens, closes in segments],
            _length(segments),
            "; ".join([*_exception(calendar, holidays, day), *clocks_changed(calendar.zone, day)]),
        )
        day += ONE_DAY


def clocks_changed(zone: ZoneInfo, day: date) -> Iterator[str]:
    """Whether the clocks of the zone are put forward or back on that date, and by how much."""
    midnight, following = (datetime.combine(each, time(), zone) for each in (day, day + ONE_DAY))
    before, after = midnight.utcoffset(), following.utcoffset()
    assert before is not None and after is not None, "an IANA zone has an offset"
    if before != after:
        yield f"clocks go {'forward' if after > before else 'back'} {abs(after - before) // timedelta(minutes=1)} min"


def _exception(calendar: Calendar, holidays: Mapping[date, str], day: date) -> Iterator[str]:
    if day in calendar.special:
        yield f"special hours, {holidays[day]}" if day in holidays else "special hours"
    elif day in calendar.closed:
        yield holidays.get(day, "closed")


def _length(segments: Sequence[UtcSegment]) -> timedelta:
    return timedelta(microseconds=sum(closes - opens for opens, closes in segments))


def clock(segment: LocalSegment) -> str:
    """`09:00-17:30`"""
    return "-".join(f"{minute // 60:02d}:{minute % 60:02d}" for minute in segment)
