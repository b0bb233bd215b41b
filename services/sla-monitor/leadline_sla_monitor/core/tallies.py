"""What a report sums up: promises kept and broken, times to the first answer, pauses."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import ceil

from leadline_sla_monitor.core.register import Newest

KINDS = ("wall", "working", "system", "human", "closed")
PARTS = ("system", "human", "closed")  # of wall: they sum to it exactly
PERCENTILES = (50, 95, 99)
UNKNOWN = "(unknown)"
MICRO = 1_000_000


@dataclass
class Kept:
    """Promises that came due in the window.

    `late`: broken ones that were answered later; `retracted`: kept ones that had been told broken until the truth was
    read; `provisional`: broken ones whose verdict did not wait for the horizon; `open`: due, without a verdict yet.
    """

    met: int = 0
    breached: int = 0
    late: int = 0
    retracted: int = 0
    provisional: int = 0
    open: int = 0
    causes: Counter[str] = field(default_factory=Counter)

    @property
    def compliance(self) -> float | None:
        """Kept ones of those with a verdict; None: there is none."""
        whole = self.met + self.breached
        return self.met / whole if whole else None

    def take(self, told: Newest) -> None:
        """One more promise."""
        standing = told.standing
        self.met += standing == "met"
        self.retracted += told.kind == "breach_retracted" and standing == "met"
        self.open += standing == "open"
        if standing == "breached":
            self.breached += 1
            self.late += told.kind == "resolved_late"
            self.provisional += told.provisional
            self.causes[told.cause or UNKNOWN] += 1


@dataclass
class Speed:
    """Leads that asked in the window and were owed a person's answer. Times are whole microseconds, by KINDS."""

    times: dict[str, list[int]] = field(default_factory=lambda: {kind: [] for kind in KINDS})
    waiting: int = 0

    @property
    def answered(self) -> int:
        """How many were answered by a person."""
        return len(self.times["wall"])

    def take(self, seconds: tuple[float | None, ...]) -> None:
        """One more that was answered: the seconds that a promise tells. Time in quarantine is the system's."""
        system, human, closed, working, apart = map(in_micro, seconds)
        system += apart
        open_time = system + human if seconds[3] is None else working
        for kind, time in zip(KINDS, (system + human + closed, open_time, system, human, closed), strict=True):
            self.times[kind].append(time)

    def percentile(self, kind: str, percent: int) -> float | None:
        """Seconds within which so many of a hundred were answered (nearest rank); None: so many are not yet.

        Of a part of the time those that wait are not known, and so left out.
        """
        times = sorted(self.times[kind])
        waiting = self.waiting if kind in {"wall", "working"} else 0
        rank = ceil((len(times) + waiting) * percent / 100)
        return times[rank - 1] / MICRO if 0 < rank <= len(times) else None

    def mean(self, kind: str) -> float | None:
        """Seconds on average, of those that were answered; None: nobody was."""
        times = self.times[kind]
        return sum(times) / len(times) / MICRO if times else None


@dataclass
class Stopped:
    """Pauses that began in the window, of one owner: how many orders, how long those lasted that are over."""

    orders: int = 0
    seconds: float = 0.0
    reasons: Counter[str] = field(default_factory=Counter)


def mean_parts(speed: Speed) -> Mapping[str, float] | None:
    """Seconds of each of PARTS on average, which sum to the mean of wall; None: nobody was answered."""
    means = {kind: speed.mean(kind) for kind in PARTS}
    return {kind: mean for kind, mean in means.items() if mean is not None} or None


def in_micro(seconds: float | None) -> int:
    """Whole microseconds, so that parts sum to their whole exactly."""
    return round((seconds or 0.0) * MICRO)
