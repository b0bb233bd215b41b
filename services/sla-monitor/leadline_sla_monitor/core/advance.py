"""What becomes of one promise: a step in its life for everything that is known now.

armed → warned* → met | breached → resolved_late or breach_retracted, or cancelled. A breach is a verdict: it is given
once, when everything accepted up to the due time has surely been read, or provisionally after a grace.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from leadline_schemas.vocabulary import SlaKind
from leadline_sla_monitor.core.promise import DUE, Promise


@dataclass(frozen=True, slots=True)
class Met:
    """What answers the promise: `act` is None where the outcome of routing does."""

    at: datetime
    act: UUID | None = None
    by: str | None = None
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Stop:
    """From when on the promise is no longer asked for, and why."""

    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Now:
    """The instant of the decision, the horizon (None: unknown), and how long a verdict waits for the horizon."""

    at: datetime
    horizon: datetime | None
    grace: timedelta

    def judges(self, due: datetime) -> bool:
        """May a verdict on `due` be given? Never early, by the one clock."""
        return due <= self.at and (self.read_up_to(due) or due + self.grace <= self.at)

    def read_up_to(self, due: datetime) -> bool:
        """Has everything accepted up to `due` been read?"""
        return self.horizon is not None and due <= self.horizon


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that happened to a promise, to be told: its id, when it happened, and the promise after it."""

    kind: SlaKind
    id: UUID
    at: datetime
    promise: Promise
    level: int | None = None
    met: Met | None = None
    supersedes: UUID | None = None


def advance(promise: Promise, met: Met | None, stop: Stop | None, now: Now) -> Change | None:
    """The next change that follows for a promise from the earliest answer and the earliest stop known; None: none.

    To be asked again with the promise after each change.
    """
    if met is not None and (met.at > promise.due_at or (stop is not None and met.at > stop.at)):
        late: Met | None = met
        in_time = None
    else:
        late, in_time = None, met
    if promise.status in {"open", "met", "cancelled"} and in_time is not None:
        return _met(promise, in_time)
    if promise.status in {"open", "met"}:
        return _undecided(promise, stop, now)
    if promise.status in {"breached", "late"} and in_time is not None:
        after = replace(promise, status="retracted", answered=in_time.act)
        undone = promise.event_id("breach_retracted", promise.breach_id)
        return Change("breach_retracted", undone, in_time.at, after, met=in_time, supersedes=promise.breach_id)
    if promise.status in {"breached", "late"} and late is not None and promise.clock != "owner":
        return _late(promise, late)
    return None


def _met(promise: Promise, met: Met) -> Change | None:
    if promise.status == "met" and met.act == promise.answered:
        return None
    after = replace(promise, status="met", answered=met.act, stopped=None)
    return Change("met", promise.event_id("met", met.act), met.at, after, met=met, supersedes=promise.told_last)


def _undecided(promise: Promise, stop: Stop | None, now: Now) -> Change | None:
    before = promise.told_last
    if stop is not None and stop.at <= promise.due_at:
        after = replace(promise, status="cancelled", answered=None, stopped=stop.reason)
        return Change("cancelled", after.event_id("cancelled", stop.reason), stop.at, after, supersedes=before)
    if now.judges(promise.due_at):
        after = replace(promise, status="breached", answered=None, provisional=not now.read_up_to(promise.due_at))
        kind: SlaKind = "lapsed" if promise.clock == "owner" else "breached"
        return Change(kind, promise.breach_id, promise.due_at, after, DUE, supersedes=before)
    if promise.status == "met":  # its answer turned out to be none (it bounced): the clock runs on
        again = promise.event_id("armed", promise.answered)
        return Change("armed", again, now.at, replace(promise, status="open", answered=None), supersedes=before)
    return _warning(promise, now)


def _late(promise: Promise, met: Met) -> Change | None:
    if promise.status == "late" and met.act == promise.answered:
        return None
    before = promise.event_id("resolved_late", promise.answered) if promise.status == "late" else None
    after = replace(promise, status="late", answered=met.act)
    return Change(
        "resolved_late", promise.event_id("resolved_late", met.act), met.at, after, met=met, supersedes=before
    )


def _warning(promise: Promise, now: Now) -> Change | None:
    if promise.due_at <= now.at:
        return None  # what is due is judged, not warned of
    passed = [(level, at) for level, at in promise.warnings if at <= now.at and level > promise.warned]
    if not passed:
        return None
    level, at = passed[-1]  # of several at once only the highest
    return Change("warned", promise.event_id("warned", level), at, replace(promise, warned=level), level)
