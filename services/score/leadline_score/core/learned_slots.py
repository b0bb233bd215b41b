"""Into which slot of a feature a value falls: one level, one range of numbers, "another value" or "unknown".

A feature's slots are numbered: its levels or ranges, then (of levels) one for every other value, last that for unknown.
"""

from bisect import bisect_left
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from leadline_runtime.core.values import dataclass
from leadline_score.core.cells import instant_of, normal, number, truth

Kind = Literal["category", "yes_no", "number", "weekday", "hour", "days_before"]
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
OTHER, UNKNOWN = "another value", "unknown"
_DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Slots:
    """How a value of one column becomes a slot. `edges` are the upper ends of ranges, each belonging to its range; the
    last range is open. `levels` are words as `normal` makes them. `day_first` reads dates as day, month, year.
    """

    kind: Kind
    levels: Mapping[str, int]
    edges: tuple[float, ...] = ()
    day_first: bool = False

    @property
    def count(self) -> int:
        """How many slots there are."""
        if self.kind in ("number", "hour", "days_before"):
            return len(self.edges) + 2
        return len(self.levels) + 1 + (self.kind == "category")

    @property
    def unknown(self) -> int:
        """The slot of what is not known."""
        return self.count - 1

    def of(self, value: Any, captured_at: datetime | None = None) -> int:
        """The slot of a value; `captured_at` is the instant that dates are told relative to."""
        if value is None:
            return self.unknown
        if self.kind == "category":
            return self._level(value)
        if self.kind == "yes_no":
            said = truth(value)
            return self.unknown if said is None else self.levels["yes" if said else "no"]
        if self.kind == "number":
            found = number(value)
            return self.unknown if found is None else bisect_left(self.edges, found)
        return self._time(value, captured_at)

    def _level(self, value: Any) -> int:
        word = normal(value)
        if word is None:
            return self.unknown
        found = self.levels.get(word)
        if found is None and word.endswith(".0"):  # a whole number that passed through a column of floats
            found = self.levels.get(word[:-2])
        return len(self.levels) if found is None else found

    def _time(self, value: Any, captured_at: datetime | None) -> int:
        at = instant_of(value, self.day_first)
        if at is None:
            return self.unknown
        if self.kind == "weekday":
            return at.weekday()
        if self.kind == "hour":
            return bisect_left(self.edges, at.hour)
        if captured_at is None:
            return self.unknown
        return bisect_left(self.edges, (captured_at - at).total_seconds() / _DAY_S)

    def words(self) -> tuple[str, ...]:
        """What each slot is called: a level, a band such as `3 to 5`, `another value`, `unknown`."""
        if self.kind == "category":
            return (*self.levels, OTHER, UNKNOWN)
        if self.kind in ("yes_no", "weekday"):
            return (*self.levels, UNKNOWN)
        unit = {"hour": " h", "days_before": " days"}.get(self.kind, "")
        if not self.edges:
            return ("any", UNKNOWN)
        lows = [f"{_short(low)} to {_short(high)}{unit}" for low, high in zip(self.edges, self.edges[1:], strict=False)]
        return (f"up to {_short(self.edges[0])}{unit}", *lows, f"over {_short(self.edges[-1])}{unit}", UNKNOWN)


def _short(edge: float) -> str:
    return f"{edge:.4g}" if abs(edge) < 10_000 else f"{edge:,.0f}"
