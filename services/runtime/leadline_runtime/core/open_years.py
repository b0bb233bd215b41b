"""How much open time a calendar has in the year with the least of it: whether a promise in its time can ever be due."""

from collections.abc import Sequence
from datetime import date, timedelta

from leadline_runtime.core.calendar import ROLL, Calendar
from leadline_runtime.core.segments import LocalSegment
from leadline_schemas.vocabulary import ClockMode

YEARS = range(1990, 2112)  # those in which a promise of any plausible date may run
MOST_YEARS = 10
MINUTE = timedelta(minutes=1)


def too_long(calendar: Calendar, working: timedelta) -> str | None:
    """Why nobody can be promised anything after so much open time: it may be longer than ten years. None: it is not."""
    least, year = least_open(calendar)
    if working <= least * MOST_YEARS:
        return None
    return (
        f"{working.total_seconds() / 3600:g} hours of open time are more than {MOST_YEARS} years of calendar "
        f"{calendar.name}, which is open {least.total_seconds() / 3600:g} hours in {year}"
    )


def never_due(calendar: Calendar, within: timedelta, mode: ClockMode) -> str | None:
    """Why nothing can be promised within so long in this calendar's time; None: it can."""
    if mode == "wall":
        return None
    return too_long(calendar, within if mode == "working" else ROLL)


def least_open(calendar: Calendar) -> tuple[timedelta, int]:
    """The open time of the year from 1990 to 2111 that has the least, and which one that is. By local time: an hour
    that does not exist is counted, as it makes no difference to what this is for."""
    week = [_minutes(hours) for hours in calendar.weekly]
    changed = dict.fromkeys(YEARS, 0)
    for day in {*calendar.closed, *calendar.special}:
        if day.year in changed:
            changed[day.year] += _minutes(calendar.hours(day)) - week[day.weekday()]
    found = min((_usual(week, year) + more, year) for year, more in changed.items())
    return max(found[0], 0) * MINUTE, found[1]


def _usual(week: list[int], year: int) -> int:
    """The minutes of a year without exceptions: 52 weeks and the weekdays of the days that are left."""
    days = (date(year + 1, 1, 1) - date(year, 1, 1)).days
    first = date(year, 1, 1).weekday()
    return 52 * sum(week) + sum(week[(first + n) % 7] for n in range(days - 364))


def _minutes(hours: Sequence[LocalSegment]) -> int:
    return sum(end - start for start, end in hours)
