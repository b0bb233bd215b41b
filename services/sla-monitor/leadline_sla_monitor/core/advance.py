"""What becomes of one promise: a step in its life for everything that is known now.

armed → warned* → met | breached → resolved_late or breach_retracted, or cancelled. A breach is a verdict: it is given
once, when everything accepted up to the due time has surely been read, or provisionally after a grace.
"""

from datetime import datetime, timedelta
from uuid import UUID

from leadline_runtime.core.values import dataclass, replace
from leadline_schemas.vocabulary import Escalation, SlaKind
from leadline_sla_monitor.core.promise import DUE, Paused, Promise, Status


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
    """One thing that happened to a promise, to be told: its id, when it happened, and the promise after it.

    `first`: it is the promise's first verdict, whatever becomes of that. `due_before` and `ordered_by`, of one
    that moved: when it was due until then, and by which order. `pause`: the pause behind it. `then`: what is to become
    of the lead.
    """

    kind: SlaKind
    id: UUID
    at: datetime
    promise: Promise
    level: int | None = None
    met: Met | None = None
    supersedes: UUID | None = None
    first: bool = False
    due_before: datetime | None = None
    ordered_by: UUID | None = None
    pause: Paused | None = None
    then: Escalation | None = None


def advance(promise: Promise, met: Met | None, stop: Stop | None, now: Now) -> Change | None:
    """The next change that follows for a promise from the earliest answer and the earliest stop known; None: none.

    To be asked again with the promise after each change. Until its verdict a promise is met, cancelled or open by what
    is known now, whatever was known before.
    """
    late = met is not None and (met.at > promise.due_at or (stop is not None and met.at > stop.at))
    if promise.undecided:
        if met is not None and not late:
            return _met(promise, met)
        return _unanswered(promise, stop, now)
    if met is None or promise.status == "retracted":
        return None
    return _late(promise, met) if late else _retracted(promise, met)


def _met(promise: Promise, met: Met) -> Change | None:
    if promise.status == "met" and met.act == promise.answered:
        return None
    return _changed(promise, "met", met.at, status="met", met=met)


def _unanswered(promise: Promise, stop: Stop | None, now: Now) -> Change | None:
    if stop is not None and stop.at <= promise.due_at:
        if promise.status == "cancelled":
            return None
        return _changed(promise, "cancelled", stop.at, status="cancelled", stopped=stop.reason)
    if now.judges(promise.due_at):
        provisional = not now.read_up_to(promise.due_at)
        after = replace(
            promise, status="breached", answered=None, provisional=provisional, judged=True, broken_at=promise.due_at
        )  # fmt: skip
        kind: SlaKind = "lapsed" if promise.clock == "owner" else "breached"
        first = not promise.judged
        return Change(kind, promise.breach_id, promise.due_at, after, DUE, supersedes=promise.told, first=first)
    if promise.status != "open":  # what answered or ended it turned out to be nothing: the clock runs on
        return _changed(promise, "armed", now.at, status="open")
    return _warning(promise, now)


def _retracted(promise: Promise, met: Met) -> Change:
    after = replace(promise, status="retracted", answered=met.act)
    undone = promise.event_id("breach_retracted", promise.breach_id)
    return Change("breach_retracted", undone, met.at, after, met=met, supersedes=promise.breach_id)


def _late(promise: Promise, met: Met) -> Change | None:
    if promise.clock == "owner" or (promise.status == "late" and met.act == promise.answered):
        return None
    return _changed(promise, "resolved_late", met.at, status="late", met=met)


def _changed(
    promise: Promise, kind: SlaKind, at: datetime, *, status: Status, met: Met | None = None, stopped: str | None = None
) -> Change:
    """A change that a later truth may take back: it names the one before it, and the next will name it."""
    answered = met.act if met else None
    identity = promise.event_id(kind, promise.turn, answered or stopped or "")
    supersedes = promise.told if promise.status != "breached" else None
    after = replace(
        promise, status=status, answered=answered, stopped=stopped, turn=promise.turn + 1,
        told=None if status == "open" else identity, judged=promise.judged or status == "met",
    )  # fmt: skip
    first = status == "met" and not promise.judged
    return Change(kind, identity, at, after, met=met, supersedes=supersedes, first=first)


def _warning(promise: Promise, now: Now) -> Change | None:
    if promise.due_at <= now.at:
        return None  # what is due is judged, not warned of
    passed = [(level, at) for level, at in promise.warnings if at <= now.at and level > promise.warned]
    if not passed:
        return None
    level, at = passed[-1]  # of several at once only the highest
    return Change("warned", promise.event_id("warned", level), at, replace(promise, warned=level), level)
