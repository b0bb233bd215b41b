"""Cycles: which requests open a promise, repeat one or replace a weaker one (rules B5.5).

A function of the set of requests, answers and routings, in the order in which things happened: the order in which they
were read does not matter.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from leadline_runtime.core.values import dataclass, replace
from leadline_schemas.ids import derived_id
from leadline_sla_monitor.core.acts import BOOKED, REOPENING, Act
from leadline_sla_monitor.core.asked import Asked
from leadline_sla_monitor.core.routing import NO_CONTACT_WANTED, Routing

WEAKEST = (True, 99)


@dataclass(frozen=True, slots=True)
class Cycle:
    """A promise to one request: from its opening until it is answered, cancelled or replaced by a stronger one."""

    id: UUID
    asked: Asked
    start: datetime
    repeats: int = 0
    superseded_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class History:
    """All that cycles are a function of. `answers` are acts that answer something, in order of time."""

    asked: tuple[Asked, ...]
    answers: tuple[Act, ...]
    others: tuple[Act, ...]
    routings: tuple[Routing, ...]
    reopen_after: timedelta
    pre_contacted: timedelta


def cycles(history: History) -> tuple[Cycle, ...]:
    """The cycles, oldest first."""
    found: list[Cycle] = []
    for at, cause in _happened(history):
        last = found[-1] if found else None
        if isinstance(cause, Act):
            if last is not None and _was_the_answer(last, cause, history):
                found.append(Cycle(derived_id("request", cause.id), last.asked, at))
            continue
        opens = cause.policy is not None and not _pre_contacted(cause, history)
        if last is None:
            if opens:
                found.append(Cycle(cause.id, cause, at))
        elif opens and cause.strength < last.asked.strength:
            found[-1] = replace(last, superseded_at=at)
            found.append(Cycle(cause.id, cause, at))
        elif _open(last, at, history):
            found[-1] = replace(last, repeats=last.repeats + 1)
        elif opens and _rested(last, at, history):
            found.append(Cycle(cause.id, cause, at))
    return tuple(found)


def answers_cycle(act: Act, asked: Asked) -> bool:
    """Does this act answer the request as a whole: a person did, or where only a cadence was promised, it began?"""
    return "touch" in act.answers or (asked.nurture and "enrolled" in act.answers)


def _happened(history: History) -> Iterator[tuple[datetime, Asked | Act]]:
    # Of requests at one instant the strongest comes first: the others repeat it.
    happened: list[tuple[datetime, tuple[bool, int], UUID, Asked | Act]] = [
        (a.clock_start, a.strength, a.id, a) for a in history.asked if a.routed_at is not None
    ]
    happened += [(a.at, WEAKEST, a.id, a) for a in history.others if a.kind in REOPENING]
    for at, _, _, cause in sorted(happened, key=lambda each: each[:3]):
        yield at, cause


def _first_answer(cycle: Cycle, history: History) -> Act | None:
    return next((a for a in history.answers if a.at >= cycle.start and answers_cycle(a, cycle.asked)), None)


def _open(cycle: Cycle, at: datetime, history: History) -> bool:
    """Was the cycle still open at `at`? It closes by its answer, or when contact is no longer wanted."""
    answer = _first_answer(cycle, history)
    if answer is not None and answer.at <= at:
        return False
    if any(a.stops and not a.channel and cycle.start <= a.at <= at for a in history.others):
        return False
    return not any(r.outcome in NO_CONTACT_WANTED and cycle.start <= r.at <= at for r in history.routings)


def _rested(cycle: Cycle, at: datetime, history: History) -> bool:
    """Is the last response long enough ago?"""
    responses = [a.at for a in history.answers if a.at <= at and answers_cycle(a, cycle.asked)]
    return not responses or at - responses[-1] >= history.reopen_after


def _was_the_answer(cycle: Cycle, undone: Act, history: History) -> bool:
    """Was an appointment all that answered the cycle, until it was cancelled or nobody came?"""
    given = [a for a in history.answers if cycle.start <= a.at <= undone.at and answers_cycle(a, cycle.asked)]
    return bool(given) and all(a.kind == BOOKED for a in given)


def _pre_contacted(asked: Asked, history: History) -> bool:
    """A lead added by hand after it had been spoken to needs no first answer."""
    earliest = asked.start - history.pre_contacted
    return asked.manual and any("touch" in a.answers and earliest <= a.at < asked.start for a in history.answers)
