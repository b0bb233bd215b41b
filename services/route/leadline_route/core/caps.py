"""How much one member takes: open leads, and leads per day, week and month in its own zone (rules B4.2)."""

from collections.abc import Iterable, Mapping
from dataclasses import field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from leadline_route.core.words import clock
from leadline_runtime.core.segments import to_instant, utc_segments
from leadline_runtime.core.values import dataclass

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Caps:
    """Limits over all pools; None: no limit. `open` counts leads owned in MQL or SAL.

    `segments`: limits of a day, week or month for the leads of one segment, by its name.
    """

    open: int | None = None
    day: int | None = None
    week: int | None = None
    month: int | None = None
    segments: Mapping[str, "Caps"] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reached:
    """A cap that is reached, in words; `free_at` is when it opens again by itself (None: not by time)."""

    why: str
    free_at: datetime | None


@dataclass(frozen=True, slots=True)
class LocalDay:
    """One day of a zone, as UTC instants [start, end)."""

    day: date
    start: datetime
    end: datetime

    @property
    def week(self) -> date:
        """The Monday it belongs to."""
        return self.day - timedelta(days=self.day.weekday())

    @property
    def month(self) -> date:
        """The first of its month."""
        return self.day.replace(day=1)


@dataclass(frozen=True, eq=False)
class Days:
    """The days of one zone; remembers the newest, because nearly all questions are about today."""

    zone: ZoneInfo
    _newest: list[LocalDay] = field(default_factory=list, init=False, repr=False)

    def of(self, at: datetime) -> LocalDay:
        """The day [00:00, next 00:00) that holds `at`."""
        newest = self._newest
        if newest and newest[0].start <= at < newest[0].end:
            return newest[0]
        day = at.astimezone(self.zone).date()
        if at >= self.midnight(day + ONE_DAY):  # clocks put back at midnight: yesterday's last hour comes twice
            day += ONE_DAY
        newest[:] = [LocalDay(day, self.midnight(day), self.midnight(day + ONE_DAY))]
        return newest[0]

    def midnight(self, day: date) -> datetime:
        """The first 00:00 of a local date in UTC; where there is none, the first instant after the gap."""
        return to_instant(utc_segments(self.zone, day, ((0, 1440),))[0][0])


def reached(
    caps: Caps, open_leads: int, assigned: Mapping[str, int], days: Days, at: datetime, segments: Iterable[str] = ()
) -> Reached | None:
    """The first cap that is reached: open, day, week, month; then those of the lead's segments.

    `assigned` counts assignments by local date (ISO), and by `date/segment`, whoever has the lead now: moving it away
    gives no day back.
    """
    if caps.open is not None and open_leads >= caps.open:
        return Reached(f"open cap {open_leads} of {caps.open}", None)
    today = days.of(at)
    found = _dated(caps, assigned, days, today)
    if found is None and caps.segments:
        for name in segments:
            limit = caps.segments.get(name)
            if limit is not None and (found := _dated(limit, assigned, days, today, name)) is not None:
                break
    return found


def _dated(
    caps: Caps, assigned: Mapping[str, int], days: Days, today: LocalDay, segment: str | None = None
) -> Reached | None:
    name, of = days.zone.key, f" of segment {segment}" if segment else ""
    if caps.day is not None and (n := assigned.get(_key(today.day, segment), 0)) >= caps.day:
        span = f"{clock(today.start, today.start)} to {_end(today)}"
        return Reached(f"day cap{of} {n} of {caps.day} (day {today.day} in {name} = {span})", today.end)
    if caps.week is not None and (n := _since(assigned, today.week, segment)) >= caps.week:
        free = days.midnight(today.week + timedelta(days=7))
        return Reached(f"week cap{of} {n} of {caps.week} (week from {today.week} in {name})", free)
    if caps.month is not None and (n := _since(assigned, today.month, segment)) >= caps.month:
        free = days.midnight((today.month + timedelta(days=31)).replace(day=1))
        return Reached(f"month cap{of} {n} of {caps.month} ({today.month:%Y-%m} in {name})", free)
    return None


def counted(assigned: Mapping[str, int], days: Days, at: datetime, segments: Iterable[str] = ()) -> dict[str, int]:
    """The counts after one more assignment at `at`; what no week or month of that day can ask is forgotten."""
    today = days.of(at)
    day, first = today.day.isoformat(), min(today.week, today.month).isoformat()
    kept = dict(assigned) if day in assigned else {key: n for key, n in assigned.items() if key >= first}
    for key in (day, *(_key(today.day, name) for name in segments)):
        kept[key] = kept.get(key, 0) + 1
    return kept


def used(assigned: Mapping[str, int], days: Days, at: datetime) -> dict[str, int]:
    """How many assignments count at `at` for the caps of the day, the week and the month."""
    today = days.of(at)
    return {
        "day": assigned.get(today.day.isoformat(), 0),
        "week": _since(assigned, today.week),
        "month": _since(assigned, today.month),
    }


def _since(assigned: Mapping[str, int], first: date, segment: str | None = None) -> int:
    start = first.isoformat()
    return sum(n for key, n in assigned.items() if key >= start and _segment(key) == segment)


def _key(day: date, segment: str | None) -> str:
    return f"{day.isoformat()}/{segment}" if segment else day.isoformat()


def _segment(key: str) -> str | None:
    return key.partition("/")[2] or None


def _end(today: LocalDay) -> str:
    return today.end.astimezone(UTC).strftime("%H:%MZ")
