"""How promises were kept, and how fast leads were answered: sums over a register (rules B5.9, B6.8).

Compliance goes by due time, speed by when the lead asked. Nobody who was not answered is left out of either: a promise
without a verdict is counted apart, and a lead that still waits takes longer than every one that was answered.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil
from typing import Literal

from leadline_sla_monitor.core.register import Newest, Register

By = Literal["policy", "owner", "source"]
KINDS = ("wall", "working", "system", "human", "closed")
PARTS = ("system", "human", "closed")  # of wall: they sum to it exactly
PERCENTILES = (50, 95, 99)
NOBODY, UNKNOWN = "(nobody)", "(unknown)"
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
        system, human, closed, working, apart = map(_micro, seconds)
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


@dataclass
class Report:
    """`kept` by (group, target), `speed` by group; `decisions` and `lapses` are of the other two clocks. `due_later`:
    open promises to customers that are due after the window."""

    kept: dict[tuple[str, str], Kept] = field(default_factory=dict)
    whole: Kept = field(default_factory=Kept)
    speed: dict[str, Speed] = field(default_factory=dict)
    whole_speed: Speed = field(default_factory=Speed)
    hops: dict[str, list[int]] = field(default_factory=dict)
    decisions: Kept = field(default_factory=Kept)
    lapses: Counter[str] = field(default_factory=Counter)
    pauses: dict[str, Stopped] = field(default_factory=dict)
    due_later: int = 0


def report(register: Register, until: datetime, by: By) -> Report:
    """The sums over all that came due, asked, or was paused from the register's `since` until `until`."""
    found, name = Report(), _NAMES[by]
    for told in register.promises.values():
        if told.clock == "customer":
            _kept(found, told, register.since, until, name=name, by=by)
        elif register.since <= told.due_at < until:
            if told.clock == "decision":
                found.decisions.take(told)
            elif told.kind == "lapsed":
                found.lapses[told.owner or NOBODY] += 1
        if told.clock == "decision" and register.since <= told.start < until:
            _hops(found, told)
    for cycle in _cycles(register.customers()):
        if register.since <= min(each.start for each in cycle) < until:
            _speed(found, cycle, register, name, by)
    for pause in register.pauses.values():
        if register.since <= pause.began < until:
            stopped = found.pauses.setdefault(pause.owner or NOBODY, Stopped())
            stopped.orders += 1
            stopped.seconds += pause.seconds or 0.0
            stopped.reasons[pause.reason or UNKNOWN] += 1
    return found


def _kept(
    found: Report, told: Newest, since: datetime, until: datetime, *, name: Callable[[Newest], str], by: By
) -> None:  # fmt: skip
    if told.due_at >= until:
        found.due_later += told.standing == "open"
    elif told.due_at >= since and told.standing != "cancelled":
        target = told.target if by == "policy" else ""
        for kept in (found.kept.setdefault((name(told), target), Kept()), found.whole):
            kept.take(told)


def _cycles(promises: Iterable[Newest]) -> Iterable[Sequence[Newest]]:
    cycles: dict[object, list[Newest]] = {}
    for each in promises:
        cycles.setdefault(each.cycle, []).append(each)
    return [sorted(cycle, key=lambda each: (each.due_at, each.target)) for cycle in cycles.values()]


def _speed(
    found: Report, cycle: Sequence[Newest], register: Register, name: Callable[[Newest], str], by: By
) -> None:  # fmt: skip
    """The first human answer of a cycle, whoever gave it, or that it waits for one. One that ended is neither."""
    answers = [(each.answered_at, each.order, each) for each in cycle if each.seconds and each.answered_at]
    if answers:
        first = min(answers, key=lambda each: each[:2])[2]
        group = (first.answered_by if by == "owner" else None) or name(cycle[0])
        for speed in (found.speed.setdefault(group, Speed()), found.whole_speed):
            speed.take(first.seconds or ())
        _hops(found, first)
        return
    unanswered = [each for each in cycle if each.standing in {"open", "breached"} and each.answered_at is None]
    ended = any(each.standing == "cancelled" for each in cycle)
    if unanswered and not ended and any(register.asks_a_person(each) for each in unanswered):
        for speed in (found.speed.setdefault(name(unanswered[0]), Speed()), found.whole_speed):
            speed.waiting += 1


def _hops(found: Report, told: Newest) -> None:
    for hop, seconds in told.hops:
        found.hops.setdefault(hop, []).append(_micro(seconds))


def mean_parts(speed: Speed) -> Mapping[str, float] | None:
    """Seconds of each of PARTS on average, which sum to the mean of wall; None: nobody was answered."""
    means = {kind: speed.mean(kind) for kind in PARTS}
    return {kind: mean for kind, mean in means.items() if mean is not None} or None


def _micro(seconds: float | None) -> int:
    return round((seconds or 0.0) * MICRO)


_NAMES: Mapping[By, Callable[[Newest], str]] = {
    "policy": lambda told: told.policy or UNKNOWN,
    "owner": lambda told: told.owner or NOBODY,
    "source": lambda told: told.source or UNKNOWN,
}
