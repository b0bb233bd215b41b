"""Business calendars from YAML: `rules/calendars.yaml` for promises, members' hours by the same words (route)."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, model_validator

from leadline_runtime.core.calendar import Calendar, due, open_fraction
from leadline_runtime.core.segments import LocalSegment
from leadline_runtime.core.values import dataclass
from leadline_runtime.durations import Duration
from leadline_runtime.holiday_lists import named_holidays, source
from leadline_runtime.rules import RulesError, RulesModel, parse
from leadline_schemas.vocabulary import ClockMode

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ROUND_THE_CLOCK = {"mon-sun": ["00:00-24:00"]}
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


def _days(text: str) -> range:
    first, _, last = text.partition("-")
    if first not in DAYS or (last or first) not in DAYS or DAYS.index(first) > DAYS.index(last or first):
        raise ValueError(f"{text!r} is no weekday or range of weekdays; write e.g. mon-fri or sat")
    return range(DAYS.index(first), DAYS.index(last or first) + 1)


Hours = Annotated[tuple[LocalSegment, ...], BeforeValidator(_segments)]
Weekly = Annotated[dict[str, Hours], BeforeValidator(_weekly)]
Zone = Annotated[str, AfterValidator(_zone)]


class HolidayList(RulesModel):
    """The public holidays on which a calendar is closed: of a country, all or those named."""

    country: str
    subdivision: str | None = None
    names: tuple[str, ...] | None = None


class CalendarRules(RulesModel):
    """One calendar as its author writes it."""

    zone: Zone
    weekly: Weekly
    holidays: tuple[HolidayList, ...] = ()
    closed: tuple[date, ...] = ()
    special: dict[date, Hours] = {}

    @model_validator(mode="after")
    def _opens(self) -> "CalendarRules":
        if not any(self.week()):
            raise ValueError("never opens; give at least one weekday its hours, e.g. mon-fri: [09:00-17:00]")
        return self

    def holidays_by_date(self) -> Mapping[date, str]:
        """The dates of its holidays with their names. Raises ValueError for holidays that do not exist."""
        found: dict[date, str] = {}
        for each in self.holidays:
            found |= named_holidays(each.country, each.subdivision, each.names)
        return found

    def week(self) -> list[tuple[LocalSegment, ...]]:
        """The hours of each weekday from Monday on."""
        week: dict[int, tuple[LocalSegment, ...]] = {}
        for text, hours in self.weekly.items():
            for day in _days(text):
                if day in week:
                    raise ValueError(f"gives {DAYS[day]} twice")
                week[day] = hours
        return [week.get(day, ()) for day in range(7)]


class CalendarExample(RulesModel):
    """A promise whose due time and warnings the author knows."""

    name: str
    calendar: str
    start: AwareDatetime
    duration: Duration
    mode: ClockMode = "working"
    due: AwareDatetime
    warnings: dict[int, AwareDatetime] = {}  # percent of the open time → instant


class CalendarFile(RulesModel):
    """`calendars.yaml`."""

    version: str | int | float | date
    default: str
    calendars: dict[str, CalendarRules]
    examples: tuple[CalendarExample, ...]


@dataclass(frozen=True)
class Calendars(Mapping[str, Calendar]):
    """The calendars by name, and the company's default for where nothing more precise is known.

    `digest`: of what they say, each holiday by its date, so that it tells whether anything is open at other times: two
    files that differ in words alone have one, and one file with two versions of the holidays library may have two.
    """

    by_name: Mapping[str, Calendar]
    default: Calendar
    version: str = ""
    digest: str = field(init=False)

    def __post_init__(self) -> None:
        meaning = "\n".join([self.default.name, *(self.by_name[name].meaning for name in sorted(self.by_name))])
        object.__setattr__(self, "digest", hashlib.sha256(meaning.encode()).hexdigest()[:16])

    def __getitem__(self, name: str) -> Calendar:
        return self.by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.by_name)

    def __len__(self) -> int:
        return len(self.by_name)

    def named(self, name: str | None) -> Calendar:
        """The calendar of this name (a territory's), else the default."""
        return self.by_name.get(name or "", self.default)


def build_calendar(name: str, rules: CalendarRules, version: str) -> Calendar:
    """One calendar with its holidays as dates. Raises ValueError for holidays that do not exist."""
    week = rules.week()
    closed = {*rules.closed, *rules.holidays_by_date()}
    return Calendar(
        name=name,
        zone=ZoneInfo(rules.zone),
        weekly=week,
        closed=frozenset(day for day in closed if week[day.weekday()]),  # the days that take open time away
        special=dict(rules.special),
        version=f"{version} ({source()})" if rules.holidays else version,
    )


def build_calendars(content: Any, file: str) -> Calendars:
    """The content of calendars.yaml, compiled and checked by its examples. Raises RulesError."""
    rules = parse(CalendarFile, content, file)
    built: dict[str, Calendar] = {}
    for name, each in rules.calendars.items():
        try:
            built[name] = build_calendar(name, each, str(rules.version))
        except ValueError as error:
            raise RulesError(file, f"calendars.{name}.holidays", str(error)) from None
    if rules.default not in built:
        raise RulesError(file, "default", f"names no calendar of this file; known: {', '.join(sorted(built))}")
    calendars = Calendars(built, built[rules.default], str(rules.version))
    for index, example in enumerate(rules.examples):
        _check(calendars, example, file, f"examples.{index} ({example.name})")
    return calendars


def _check(calendars: Calendars, example: CalendarExample, file: str, path: str) -> None:
    if example.calendar not in calendars:
        raise RulesError(file, f"{path}.calendar", f"names no calendar; known: {', '.join(sorted(calendars))}")
    calendar = calendars[example.calendar]
    found = {"due": due(calendar, example.start, example.duration, example.mode)}
    wanted = {"due": example.due}
    for percent, at in example.warnings.items():
        wanted[f"warnings.{percent}"] = at
        found[f"warnings.{percent}"] = open_fraction(calendar, example.start, found["due"], Fraction(percent, 100))
    for part, at in wanted.items():
        if found[part] != at:
            raise RulesError(
                file, f"{path}.{part}", f"says {at.isoformat()}, the calendar gives {found[part].isoformat()}"
            )
