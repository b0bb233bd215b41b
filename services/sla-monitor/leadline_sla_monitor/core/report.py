"""How promises were kept, and how fast leads were answered: sums over a register (rules B5.9, B6.8).

Compliance goes by due time, speed by when the lead asked. Nobody who was not answered is left out of either: a promise
without a verdict is counted apart, and a lead that still waits takes longer than every one that was answered.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from leadline_sla_monitor.core.register import Newest, Register
from leadline_sla_monitor.core.tallies import UNKNOWN, Kept, Speed, Stopped, in_micro

By = Literal["policy", "owner", "source"]
WITHDRAWN = "consent_withdrawn"
NOBODY, NOT_ROUTED = "(nobody)", "(not routed)"


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
    unrouted, waiting = set[UUID](), set[UUID]()
    for told in register.promises.values():
        if told.clock == "customer":
            _kept(found, told, register.since, until, name=name, by=by)
        elif register.since <= told.due_at < until:
            if told.clock == "decision":
                found.decisions.take(told)
            elif told.kind == "lapsed":
                found.lapses[told.owner or NOBODY] += 1
        if told.clock == "decision" and register.since <= told.start < until:
            _hops(found, told.hops)
            if told.standing == "open" or told.kind == "breached":  # promised nothing yet, it waits all the same
                unrouted.add(told.lead)
    for cycle in _cycles(register.customers()):
        if register.since <= min(each.start for each in cycle) < until:
            _speed(found, cycle, register, name, by, waiting=waiting)
    for _ in unrouted - waiting:  # a lead that waits is one, however often it asks
        for speed in (found.speed.setdefault(NOT_ROUTED, Speed()), found.whole_speed):
            speed.waiting += 1
    _paused(found, register, until)
    return found


def _paused(found: Report, register: Register, until: datetime) -> None:
    for pause in register.pauses.values():
        if register.since <= pause.began < until:
            stopped = found.pauses.setdefault(pause.owner or NOBODY, Stopped())
            stopped.orders += 1
            stopped.seconds += pause.seconds or 0.0
            stopped.reasons[pause.reason or UNKNOWN] += 1


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
    found: Report, cycle: Sequence[Newest], register: Register, name: Callable[[Newest], str], by: By,
    *, waiting: set[UUID],
) -> None:  # fmt: skip
    """The first human answer of a cycle, whoever gave it, or that it waits for one. One that ended is neither."""
    answers = [(each.first.at, each.first.order, each.first) for each in cycle if each.first and each.first.at]
    if answers:
        first = min(answers, key=lambda each: each[:2])[2]
        group = (first.by if by == "owner" else None) or name(cycle[0])
        for speed in (found.speed.setdefault(group, Speed()), found.whole_speed):
            speed.take(first.seconds)
        _hops(found, first.hops)
        return
    unanswered = [each for each in cycle if each.standing in {"open", "breached"} and each.answered_at is None]
    # A withdrawal may be of one channel: what is promised by another is asked for still, or was broken before it.
    ended = any(each.standing == "cancelled" and each.reason != WITHDRAWN for each in cycle)
    if unanswered and not ended and any(register.asks_a_person(each) for each in unanswered):
        waiting.add(unanswered[0].lead)
        group = (register.owner_now(unanswered[0]) or NOBODY) if by == "owner" else name(unanswered[0])
        for speed in (found.speed.setdefault(group, Speed()), found.whole_speed):
            speed.waiting += 1


def _hops(found: Report, hops: Iterable[tuple[str, float]]) -> None:
    for hop, seconds in hops:
        found.hops.setdefault(hop, []).append(in_micro(seconds))


_NAMES: Mapping[By, Callable[[Newest], str]] = {
    "policy": lambda told: told.policy or UNKNOWN,
    "owner": lambda told: told.owner or NOBODY,
    "source": lambda told: told.source or UNKNOWN,
}
