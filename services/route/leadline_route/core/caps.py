"""How much one member takes: open leads, and leads per day, week and month in its own zone (rules B4.2)."""

from collections.abc import Mapping
from dataclasses import field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from leadline_route.core.words import clock
from leadline_runtime.core.segments import to_instant, utc_segments
from leadline_runtime.core.values import dataclass

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Caps:
    """Limits over all pools; None: no limit. `open` counts leads owned in MQL or SAL."""

    open: int | None = None
    day: int | None = None
    week: int | None = None
    month: int | None = None


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


def reached(caps: Caps, open_leads: int, assigned: Mapping[str, int], days: Days, at: datetime) -> Reached | None:
    """The first cap that is reached: open, day, week, month.

    `assigned` counts assignments by local date (ISO), whoever has the lead now: moving it away gives no day back.
    """
    if caps.open is not None and open_leads >= caps.open:
        return Reached(f"open cap {open_leads} of {caps.open}", None)
    today = days.of(at)
    name = days.zone.key
    if caps.day is not None and (n := assigned.get(today.day.isoformat(), 0)) >= caps.day:
        span = f"{clock(today.start, today.start)} to {_end(today)}"
        return Reached(f"day cap {n} of {caps.day} (day {today.day} in {name} = {span})", today.end)
    if caps.week is not None and (n := _since(assigned, today.week)) >= caps.week:
        free = days.midnight(today.week + timedelta(days=7))
        return Reached(f"week cap {n} of {caps.week} (week from {today.week} in {name})", free)
    if caps.month is not None and (n := _since(assigned, today.month)) >= caps.month:
        free = days.midnight((today.month + timedelta(days=31)).replace(day=1))
        return Reached(f"month cap {n} of {caps.month} ({today.month:%Y-%m} in {name})", free)
    return None


def counted(assigned: Mapping[str, int], days: Days, at: datetime) -> dict[str, int]:
    """The counts after one more assignment at `at`; what no week or month of that day can ask is forgotten."""
    today = days.of(at)
    key, first = today.day.isoformat(), min(today.week, today.month).isoformat()
    if key in assigned:
        return {**assigned, key: assigned[key] + 1}
    return {**{day: n for day, n in assigned.items() if day >= first}, key: 1}


def used(assigned: Mapping[str, int], days: Days, at: datetime) -> dict[str, int]:
    """How many assignments count at `at` for the caps of the day, the week and the month."""
    today = days.of(at)
    return {
        "day": assigned.get(today.day.isoformat(), 0),
        "week": _since(assigned, today.week),
        "month": _since(assigned, today.month),
    }


def _since(assigned: Mapping[str, int], first: date) -> int:
    start = first.isoformat()
    return sum(n for day, n in assigned.items() if day >= start)


def _end(today: LocalDay) -> str:
    return today.end.astimezone(UTC).strftime("%H:%MZ")
