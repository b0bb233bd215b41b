"""Business calendars from YAML: `rules/calendars.yaml` for promises, members' hours by the same words (route)."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import field
from datetime import date
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import model_validator

from leadline_runtime.calendar_words import DAYS, Hours, MonthDay, Weekly, Zone, dates_of, days_in, within
from leadline_runtime.core.calendar import Calendar, due, open_fraction
from leadline_runtime.core.open_years import never_due
from leadline_runtime.core.segments import LocalSegment
from leadline_runtime.core.values import dataclass
from leadline_runtime.durations import ExampleInstant, Wait
from leadline_runtime.holiday_lists import named_holidays, source
from leadline_runtime.rules import RulesError, RulesModel, parse
from leadline_schemas.vocabulary import ClockMode


class HolidayList(RulesModel):
    """The public holidays on which a calendar is closed, or open for `hours` only: of a country, all or those named."""

    country: str
    subdivision: str | None = None
    names: tuple[str, ...] | None = None
    hours: Hours = ()

    def by_date(self) -> Mapping[date, str]:
        """Their dates, and what each is called. Raises ValueError for holidays that do not exist."""
        return named_holidays(self.country, self.subdivision, self.names)


class CalendarRules(RulesModel):
    """One calendar as its author writes it."""

    zone: Zone
    weekly: Weekly
    holidays: tuple[HolidayList, ...] = ()
    closed: tuple[date, ...] = ()
    special: dict[date, Hours] = {}
    yearly: dict[MonthDay, Hours] = {}

    @model_validator(mode="after")
    def _opens(self) -> "CalendarRules":
        if not any(self.week()):
            raise ValueError("never opens; give at least one weekday its hours, e.g. mon-fri: [09:00-17:00]")
        return self

    def holidays_by_date(self) -> Mapping[date, str]:
        """The dates of its holidays with their names. Raises ValueError for holidays that do not exist."""
        found: dict[date, str] = {}
        for each in self.holidays:
            found |= each.by_date()
        return found

    def shortened(self) -> Mapping[date, tuple[LocalSegment, ...]]:
        """The hours that are left on the dates of holidays and on those of every year: none, or half a day's.

        They only take time away: of the usual hours what lies within them. Of two on one date the shorter day counts.
        Raises ValueError for holidays that do not exist.
        """
        week = self.week()
        days = [(day, each.hours) for each in self.holidays for day in each.by_date()]
        days += [(day, hours) for text, hours in self.yearly.items() for day in dates_of(text)]
        found: dict[date, tuple[LocalSegment, ...]] = {}
        for day, hours in days:
            found[day] = within(found.get(day, week[day.weekday()]), hours)
        return {day: hours for day, hours in found.items() if week[day.weekday()]}

    def week(self) -> list[tuple[LocalSegment, ...]]:
        """The hours of each weekday from Monday on."""
        week: dict[int, tuple[LocalSegment, ...]] = {}
        for text, hours in self.weekly.items():
            for day in days_in(text):
                if day in week:
                    raise ValueError(f"gives {DAYS[day]} twice")
                week[day] = hours
        return [week.get(day, ()) for day in range(7)]


class CalendarExample(RulesModel):
    """A promise whose due time and warnings the author knows."""

    name: str
    calendar: str
    start: ExampleInstant
    duration: Wait
    mode: ClockMode = "working"
    due: ExampleInstant
    warnings: dict[int, ExampleInstant] = {}  # percent of the open time → instant


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
    week, shortened = rules.week(), rules.shortened()
    closed = {*rules.closed, *(day for day, hours in shortened.items() if not hours)}
    return Calendar(
        name=name,
        zone=ZoneInfo(rules.zone),
        weekly=week,
        closed=frozenset(day for day in closed if week[day.weekday()]),  # the days that take open time away
        special={**{day: hours for day, hours in shortened.items() if hours and day not in closed}, **rules.special},
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
    if (problem := never_due(calendar, example.duration, example.mode)) is not None:
        raise RulesError(file, f"{path}.duration", problem)
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
