"""The words in which hours are written: times of day, weekdays, days of every year, zones."""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date
from itertools import pairwise
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator

from leadline_runtime.core.segments import LocalSegment
from leadline_runtime.holiday_lists import YEARS

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ROUND_THE_CLOCK = {"mon-sun": ["00:00-24:00"]}
_MONTH_DAY = re.compile(r"[0-9]{2}-[0-9]{2}")
_SEGMENT = re.compile(r"([01]\d|2[0-4]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")


def parse_segment(text: Any) -> LocalSegment:
    """`09:00-12:30` as minutes of local time; 24:00 may be an end. Raises ValueError saying what would be right."""
    found = _SEGMENT.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise ValueError("is no time of day; write e.g. 09:00-12:30")
    hour, minute, to_hour, to_minute = map(int, found.groups())
    start, end = hour * 60 + minute, to_hour * 60 + to_minute
    if end > 1440:
        raise ValueError("ends after 24:00, the end of the day")
    if start >= end:
        raise ValueError("ends before it starts; a shift over midnight is two: until 24:00 and from 00:00 the next day")
    return start, end


def _segments(value: Any) -> Any:
    if not isinstance(value, list):
        raise ValueError("needs a list of times, e.g. [09:00-12:30, 13:30-18:00], or [] for closed")
    found = sorted(parse_segment(each) for each in value)
    if any(before[1] > after[0] for before, after in pairwise(found)):
        raise ValueError("has times that overlap")
    return tuple(found)


def _weekly(value: Any) -> Any:
    if value == "24/7":
        return ROUND_THE_CLOCK
    if not isinstance(value, dict):
        raise ValueError("needs 24/7 or hours by weekday, e.g. {mon-fri: [09:00-17:00]}")
    return value


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError("is no IANA time zone; write e.g. Europe/London") from None
    return name


def days_in(text: str) -> range:
    """The weekdays in `mon-fri` or `sat`, by number from Monday on. Raises ValueError."""
    first, _, last = text.partition("-")
    if first not in DAYS or (last or first) not in DAYS or DAYS.index(first) > DAYS.index(last or first):
        raise ValueError(f"{text!r} is no weekday or range of weekdays; write e.g. mon-fri or sat")
    return range(DAYS.index(first), DAYS.index(last or first) + 1)


def _month_day(text: Any) -> str:
    try:
        if not _MONTH_DAY.fullmatch(str(text)):
            raise ValueError
        date.fromisoformat(f"2024-{text}")  # a leap year: 02-29 is a day of some
    except ValueError:
        raise ValueError("is no day of every year; write month and day, e.g. 12-24") from None
    return str(text)


def dates_of(month_day: str) -> Iterator[date]:
    """The dates of `12-24` in all years that calendars know."""
    for year in YEARS:
        with suppress(ValueError):
            yield date.fromisoformat(f"{year}-{month_day}")


def within(usual: Iterable[LocalSegment], hours: Iterable[LocalSegment]) -> tuple[LocalSegment, ...]:
    """What of the usual hours lies within others."""
    parts = [(max(a, c), min(b, d)) for a, b in usual for c, d in hours]
    return tuple(sorted((start, end) for start, end in parts if start < end))


MonthDay = Annotated[str, BeforeValidator(_month_day)]
Hours = Annotated[tuple[LocalSegment, ...], BeforeValidator(_segments)]
Weekly = Annotated[dict[str, Hours], BeforeValidator(_weekly)]
Zone = Annotated[str, AfterValidator(_zone)]
