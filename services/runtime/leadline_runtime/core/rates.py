"""How often somebody may: the generic cell rate algorithm. One number a bucket, no window that begins anew.

A bucket holds its theoretical arrival time: until when what was taken so far has been paid for at the given rate. All
times are microseconds of one clock.
"""

from math import ceil, floor
from typing import Final

from leadline_runtime.core.values import dataclass

SECOND: Final = 1_000_000
_CLOSE: Final = 0.5  # doubles hold a time of today to a quarter of a microsecond


@dataclass(frozen=True, slots=True)
class Rate:
    """`per_s`: so many a second in the long run. `burst`: so many at once after a rest."""

    per_s: float
    burst: int

    @property
    def interval(self) -> float:
        """Microseconds until one more may be taken."""
        return SECOND / self.per_s


@dataclass(frozen=True, slots=True)
class Taken:
    """Whether it was given, and how the bucket stands.

    remaining: what could be taken at once now. retry: microseconds until as much can be taken (0: it was given).
    reset: microseconds until the whole burst is there again.
    """

    allowed: bool
    remaining: int
    retry: int
    reset: int


def take(arrival: float, now: float, rate: Rate, cost: int = 1) -> tuple[Taken, float]:
    """Take `cost` from a bucket that holds `arrival`, if there is as much; and what the bucket holds then."""
    interval = rate.interval
    start = max(arrival, now)
    after = start + cost * interval
    room = now + rate.burst * interval - after
    if room < -_CLOSE:
        left = max(0, floor((now + rate.burst * interval - start + _CLOSE) / interval))
        return Taken(False, left, ceil(-room), ceil(start - now)), arrival
    return Taken(True, max(0, floor((room + _CLOSE) / interval)), 0, ceil(after - now)), after
