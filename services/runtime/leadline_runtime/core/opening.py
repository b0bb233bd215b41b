"""A business calendar: a zone, weekly hours, dated exceptions; and its opening times as one searchable table."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import MAXYEAR, MINYEAR, date, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

from leadline_runtime.core.segments import EPOCH, LocalSegment, UtcSegment, to_instant, united, utc_segments
from leadline_runtime.core.values import dataclass

ONE_DAY = timedelta(days=1)
MOST_YEARS = 120
DAY = 86_400 * 1_000_000
# No zone is more than a day from UTC: within the years but for SPARE, their local days are all that matters.
SPARE, MARGIN = 2 * DAY, 32 * DAY


@dataclass(eq=False)
class Table:
    """The united UTC segments of whole local years, with the open time up to the end of each (microseconds).

    Questions about instants from `first` to `last` are answered by it.
    """

    years: tuple[int, int]
    first: int
    last: int
    starts: list[int]
    ends: list[int]
    sums: list[int]

    def open_until(self, at: int) -> int:
        """Open time between the table's beginning and `at`."""
        index = bisect_right(self.starts, at) - 1
        if index < 0:
            return 0
        rest = self.ends[index] - at
        return self.sums[index] - rest if rest > 0 else self.sums[index]

    def reached(self, total: int) -> int | None:
        """The earliest instant at which `total` open time has passed; None: not within these years."""
        index = bisect_left(self.sums, total)
        if index == len(self.sums):
            return None
        return self.ends[index] - (self.sums[index] - total)

    def segment_after(self, at: int) -> UtcSegment | None:
        """The segment that holds `at`, else the next one; None: not within these years."""
        index = bisect_right(self.ends, at)  # [start, end): at its end a segment is over
        return None if index == len(self.ends) else (self.starts[index], self.ends[index])


@dataclass(frozen=True, eq=False)
class Calendar:
    """When people (or machines) are there.

    `weekly` has seven entries from Monday on, each the day's segments in minutes of local time. On a `closed` date
    there are none; `special` replaces the week's hours on its dates (and wins over `closed`). Raises ValueError if it
    never opens or a segment is not within 00:00-24:00. Compared by identity; `version` names what it was made of.
    """

    name: str
    zone: ZoneInfo
    weekly: Sequence[Sequence[LocalSegment]]
    closed: frozenset[date] = frozenset()
    special: Mapping[date, Sequence[LocalSegment]] = field(default_factory=dict)
    version: str = ""
    _cached: list[Table] = field(default_factory=list, init=False, repr=False)

    def __post_init__(self) -> None:
        if len(self.weekly) != 7:
            raise ValueError(f"calendar {self.name}: a week has 7 days from Monday on, got {len(self.weekly)}")
        if not any(self.weekly):
            raise ValueError(f"calendar {self.name} never opens: give at least one weekday its hours")
        for start, end in [s for day in (*self.weekly, *self.special.values()) for s in day]:
            if not 0 <= start < end <= 1440:
                raise ValueError(f"calendar {self.name}: a segment lies within 00:00-24:00 and ends after it starts")

    def hours(self, day: date) -> Sequence[LocalSegment]:
        """The local opening hours of one date."""
        if day in self.special:
            return self.special[day]
        return () if day in self.closed else self.weekly[day.weekday()]

    @property
    def meaning(self) -> str:
        """All that it says of hours, as text: two calendars of one meaning are open at the same instants."""
        closed = ",".join(map(str, sorted(self.closed)))
        special = ";".join(f"{day}={_words(hours)}" for day, hours in sorted(self.special.items()))
        return "|".join((self.name, self.zone.key, "/".join(map(_words, self.weekly)), closed, special))

    def table(self, first: int, last: int) -> Table:
        """The table that covers at least the instants `first` to `last`, with some days to spare on both sides.

        Kept and widened as needed. Raises ValueError for more than 120 years: such a promise is a mistake.
        """
        known = self._cached[0] if self._cached else None
        if known is not None and known.first <= first and last <= known.last:
            return known
        try:
            low, high = to_instant(first - MARGIN).year, to_instant(last + MARGIN).year
        except OverflowError:
            low, high = MINYEAR, MAXYEAR
        if known is not None:
            wider = min(low, known.years[0]), max(high, known.years[1])
            low, high = wider if wider[1] - wider[0] <= MOST_YEARS else (low, high)
        if high - low > MOST_YEARS or low <= MINYEAR or high >= MAXYEAR:
            raise ValueError(f"calendar {self.name}: more than {MOST_YEARS} years from {low} to {high}")
        self._cached[:] = [self._build(low, high)]
        return self._cached[0]

    def _build(self, first_year: int, last_year: int) -> Table:
        day, end = date(first_year, 1, 1), date(last_year, 12, 31)
        raw: list[UtcSegment] = []
        while day <= end:
            hours = self.hours(day)
            if hours:
                raw += utc_segments(self.zone, day, hours)
            day += ONE_DAY
        whole = united(raw)
        starts, ends = [s for s, _ in whole], [e for _, e in whole]
        sums = list(accumulate(e - s for s, e in whole))
        years = first_year, last_year
        return Table(years, _new_year(first_year) + SPARE, _new_year(last_year + 1) - SPARE, starts, ends, sums)


def _words(hours: Sequence[LocalSegment]) -> str:
    return ",".join(f"{start}-{end}" for start, end in sorted(hours))


def _new_year(year: int) -> int:
    return (date(year, 1, 1) - EPOCH.date()).days * DAY
