"""What differs between two versions of calendars: zones and usual hours, and single days, each with its reason."""

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from datetime import date, datetime, timedelta

from leadline_console.calendar_days import clock
from leadline_console.calendar_versions import Version
from leadline_runtime.calendar_words import DAYS
from leadline_runtime.core.opening import Calendar
from leadline_runtime.core.values import dataclass


@dataclass(frozen=True, slots=True)
class ChangedDay:
    """A date with other hours than before, beyond the usual ones; `why` of both sides, as far as there is a reason."""

    day: date
    before: Sequence[str]
    after: Sequence[str]
    why: str

    @property
    def words(self) -> str:
        """`2026-04-15 Patriots' Day: closed instead of 09:00-18:00`"""
        named = f"{self.day} {self.why}".rstrip()
        return f"{named}: {hours_in_words(self.after)} instead of {hours_in_words(self.before)}"


@dataclass(frozen=True, slots=True)
class ChangedHours:
    """Weekdays whose usual hours are others."""

    weekday: str
    before: Sequence[str]
    after: Sequence[str]


@dataclass(frozen=True, slots=True)
class CalendarChange:
    """What differs in one calendar. `zone`: before and after, if it is another one."""

    name: str
    zone: tuple[str, str] | None = None
    weekly: Sequence[ChangedHours] = ()
    days: Sequence[ChangedDay] = field(default_factory=tuple)

    def why(self, zone_of: Calendar, first: datetime, last: datetime) -> list[str]:
        """What of it lies between two instants, in words."""
        start, end = (at.astimezone(zone_of.zone).date() for at in (first, last))
        found = [each.words for each in self.days if start <= each.day <= end]
        passed = {DAYS[(start + timedelta(days=n)).weekday()] for n in range(min((end - start).days, 6) + 1)}
        found += [
            f"every {each.weekday}: {hours_in_words(each.after)} instead of {hours_in_words(each.before)}"
            for each in self.weekly
            if each.weekday in passed
        ]
        return [*found, *([f"zone {self.zone[1]} instead of {self.zone[0]}"] if self.zone else [])]


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs between two versions, calendar by calendar; calendars that only one of them has."""

    calendars: Mapping[str, CalendarChange]
    added: Sequence[str]
    removed: Sequence[str]

    def within(self, first: date, last: date) -> "Changes":
        """The same without single days before or after."""
        found = {
            name: replace(each, days=[day for day in each.days if first <= day.day <= last])
            for name, each in self.calendars.items()
        }
        kept = {name: each for name, each in found.items() if each.zone or each.weekly or each.days}
        return replace(self, calendars=kept)


def changes(old: Version, new: Version, first: date, last: date) -> Changes:
    """Everything that differs; single days from `first` to `last`."""
    both = [name for name in old.calendars if name in new.calendars]
    found = {name: _change(name, old, new, first, last) for name in both}
    return Changes(
        {name: each for name, each in found.items() if each.zone or each.weekly or each.days},
        sorted(new.calendars.keys() - old.calendars.keys()),
        sorted(old.calendars.keys() - new.calendars.keys()),
    )


def hours_in_words(hours: Sequence[str]) -> str:
    """`09:00-12:00, 13:00-18:00`, or closed."""
    return ", ".join(hours) or "closed"


def _change(name: str, old: Version, new: Version, first: date, last: date) -> CalendarChange:
    before, after = old.calendars[name], new.calendars[name]
    zones = (before.zone.key, after.zone.key)
    pairs = zip(old.days(name, first, last), new.days(name, first, last), strict=True)
    return CalendarChange(
        name,
        zone=zones if zones[0] != zones[1] else None,
        weekly=_weekly(before, after),
        days=[
            ChangedDay(one.day, one.hours, other.hours, _named(other.why) or _named(one.why))
            for one, other in pairs
            if one.hours != other.hours and (_is_special(before, one.day) or _is_special(after, one.day))
        ],
    )


def _weekly(before: Calendar, after: Calendar) -> list[ChangedHours]:
    return [
        ChangedHours(DAYS[n], _words(before, n), _words(after, n))
        for n in range(7)
        if _words(before, n) != _words(after, n)
    ]


def _words(calendar: Calendar, weekday: int) -> list[str]:
    return [clock(each) for each in calendar.weekly[weekday]]


def _is_special(calendar: Calendar, day: date) -> bool:
    return day in calendar.closed or day in calendar.special


def _named(why: str) -> str:
    """What the hours do not say themselves: the name of a holiday, a change of clocks."""
    parts = (part.removeprefix("special hours, ") for part in why.split("; "))
    return "; ".join(part for part in parts if part not in ("closed", "special hours"))
