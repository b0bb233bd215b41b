"""How many acts of a rule count: the most recent n of a calendar window, or one every so long (rules B3.4)."""

import re
from bisect import bisect_right
from datetime import date
from typing import Literal

from leadline_runtime.core.values import dataclass
from leadline_score.core.exact import DAY

Window = Literal["day", "week", "month", "ever"]
_FORM = re.compile(r"(\d{1,3}) (?:per (day|week|month)|ever|every (\d{1,4}) ?d)")
_WINDOWS: dict[str, Window] = {"day": "day", "week": "week", "month": "month", "ever": "ever"}


@dataclass(frozen=True, slots=True)
class CountCap:
    """At most `n` per `window`, or one per `every` (microseconds), walked back from the newest."""

    n: int
    window: Window = "ever"
    every: int | None = None

    @property
    def words(self) -> str:
        """Why an act over the cap does not count."""
        if self.every is not None:
            return f"over 1 every {self.every // DAY} days"
        return f"over {self.n} ever" if self.window == "ever" else f"over {self.n} per {self.window}"


def parse_count(written: str) -> CountCap:
    """`1 per day`, `2 per week`, `1 ever`, `1 every 30d`. Raises ValueError saying what would be right."""
    found = _FORM.fullmatch(written)
    if found is None:
        raise ValueError("is no count; write 1 per day, 2 per week, 1 per month, 1 ever or 1 every 30d")
    number, window, days = int(found[1]), found[2], found[3]
    if number < 1 or (days and (number != 1 or int(days) < 1)):
        raise ValueError("counts at least 1, and exactly 1 with every, e.g. 1 every 30d")
    return CountCap(1, every=int(days) * DAY) if days else CountCap(number, _WINDOWS[window or "ever"])


def window_of(cap: CountCap, day: int) -> int:
    """The number of the calendar window that a local day (its ordinal; day 1 was a Monday) falls in."""
    if cap.window == "day":
        return day
    if cap.window == "week":
        return (day - 1) // 7
    if cap.window == "month":
        found = date.fromordinal(day)
        return found.year * 12 + found.month
    return 0


def spaced(times: list[int], every: int) -> list[int]:
    """Positions of the ascending `times` that count: the newest, then each that lies at least `every` further back."""
    counted: list[int] = []
    position = len(times) - 1
    while position >= 0:
        counted.append(position)
        # Of acts at one instant the first stands furthest right: the smallest id counts.
        position = bisect_right(times, times[position] - every, 0, position) - 1
    counted.reverse()
    return counted
