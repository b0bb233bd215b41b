"""What `lead.sla` says of each promise in the end: a fold over its events, in any order, with any repeats.

Of each promise the newest event counts, by when it was decided and by the lead's revision: an event carries all that is
true of its promise; but whose a breach was, why and how sure only the breach says, and of those the newest counts too.
So the register is a set of maxima, and neither order nor number of the events changes it.
"""

from collections.abc import Iterator
from dataclasses import field
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from leadline_runtime.core.values import dataclass, replace
from leadline_sla_monitor.core.told_of import Key, Order, Standing, ToldOf

Name = TypeVar("Name", str, str | None, UUID)
CLOCKS = frozenset({"decision", "customer", "owner"})
# Their owner is who had the lead when they happened; of others who has it as they are told (but an owner's clock stays
# whose it is: that is who has the lead only as it begins).
OF_THEN = frozenset({"breached", "lapsed", "paused", "resumed", "pause_refused"})
SAYS_NOTHING = frozenset({"pause_refused", "escalated"})  # of how the promise stands
AFTER_BREACH = frozenset({"resolved_late", "breach_retracted"})
NO_PERSON = frozenset({"ack", "enrolled", "referrer"})


@dataclass(frozen=True, slots=True)
class Newest:
    """What the newest event says of a promise, in a third of the memory that the event takes.

    `lead`: which it was by then. `answered_at`: when a person or machine answered; `hops`: of the way to its outcome.
    `first`: the first answer by a person, where it is this promise that tells of it.
    """

    order: Order
    lead: UUID
    clock: str
    kind: str
    standing: Standing
    policy: str | None
    target: str
    cycle: UUID
    owner: str | None
    source: str | None
    start: datetime
    due_at: datetime
    provisional: bool
    cause: str | None
    reason: str | None
    answered_at: datetime | None
    hops: tuple[tuple[str, float], ...]
    first: "First | None" = None


@dataclass(frozen=True, slots=True)
class First:
    """The first answer by a person: when, by whom, the hops on the way; `seconds`: system, human, closed, working, in
    quarantine. By the newest event that tells it, or takes it back (`at` None)."""

    order: Order
    at: datetime | None
    by: str | None
    seconds: tuple[float | None, ...]
    hops: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Breach:
    """What the newest breach of a promise says: who had the lead at the due time, why it was broken, how sure it is."""

    order: Order
    owner: str | None
    cause: str | None
    provisional: bool


@dataclass(frozen=True, slots=True)
class Paused:
    """One order to pause, of whatever promises of a lead: when it began, how long it lasted (the longest that any
    promise says; None: it is not over). By the newest event that told of it: who had the lead, and why."""

    order: Order
    owner: str | None
    reason: str | None
    began: datetime
    seconds: float | None = None


@dataclass
class Register:
    """The newest event of each promise that touches the window from `since` on, by due time or by start.

    Of others only the order is kept, lest an older event of theirs be taken for the newest.
    """

    since: datetime
    promises: dict[Key, Newest] = field(default_factory=dict)
    pauses: dict[tuple[UUID, UUID], Paused] = field(default_factory=dict)
    events: int = 0
    _outside: dict[Key, Order] = field(default_factory=dict)
    _breaches: dict[Key, Breach] = field(default_factory=dict)
    _first: dict[Key, First] = field(default_factory=dict)
    _for_a_person: dict[Key, bool] = field(default_factory=dict)
    _owners: dict[UUID, tuple[Order, str | None]] = field(default_factory=dict)
    _names: dict[Any, Any] = field(default_factory=dict)

    def take(self, told: ToldOf) -> None:
        """One more event, or one that was taken before."""
        if told.canary:
            return
        of_now = told.kind == "armed" if told.clock == "owner" else told.kind not in OF_THEN
        if of_now and self._owners.get(told.lead_id, (told.order,))[0] <= told.order:
            self._owners[told.lead_id] = (told.order, self._one(told.owner))
        if told.clock not in CLOCKS:
            return
        self.events += 1
        key = told.key
        if told.kind == "armed" and told.clock == "customer" and told.answered_by is not None:
            self._for_a_person[key] = not set(told.answered_by) & NO_PERSON
        if told.ordered_by is not None and told.kind in {"paused", "resumed"}:
            self._pause(told.ordered_by, told)
        if told.kind in SAYS_NOTHING:
            return
        if told.kind == "breached":
            self._breach(key, told)
        if told.clock == "customer" and (told.system_s is not None or told.supersedes is not None):
            self._answered(key, told)
        kept = self.promises.get(key)
        newest = kept.order if kept is not None else self._outside.get(key)
        if newest is not None and told.order <= newest:
            return
        if told.due_at >= self.since or told.start >= self.since:
            self.promises[key] = self._with_breach(key, self._newest(key, told))
            self._outside.pop(key, None)
        else:
            self._outside[key] = told.order
            self.promises.pop(key, None)

    def asks_a_person(self, promise: Newest) -> bool:
        """Is it a person who is to answer the customer? Assumed where its arming was not read."""
        return self._for_a_person.get((promise.cycle, promise.target), True)

    def owner_now(self, promise: Newest) -> str | None:
        """Who has the lead by the newest event about it, whichever of its promises that tells of."""
        return self._owners.get(promise.lead, (promise.order, promise.owner))[1]

    def customers(self) -> Iterator[Newest]:
        """The promises to customers, as they stand."""
        return (each for each in self.promises.values() if each.clock == "customer")

    def _newest(self, key: Key, told: ToldOf) -> Newest:
        one = self._one
        return Newest(
            told.order, one(told.lead_id), one(told.clock), one(told.kind), told.standing, one(told.policy),
            one(told.target), told.cycle, one(told.owner), one(told.source), told.start, told.due_at, told.provisional,
            one(told.cause), one(told.reason),
            told.response.occurred_at if told.response else None, tuple((told.hops or {}).items()),
            self._first.get(key),
        )  # fmt: skip

    def _answered(self, key: Key, told: ToldOf) -> None:
        answer = told.response or told.first_response
        seconds = (told.system_s, told.human_s, told.closed_s, told.working_s, told.quarantine_s)
        at = answer.occurred_at if answer is not None and told.system_s is not None else None
        by = self._one(answer.by) if answer is not None else None
        new = First(told.order, at, by, seconds, tuple((told.hops or {}).items()))
        first = self._first[key] = max(self._first.get(key, new), new, key=lambda each: each.order)
        if (kept := self.promises.get(key)) is not None:
            self.promises[key] = replace(kept, first=first)

    def _breach(self, key: Key, told: ToldOf) -> None:
        new = Breach(told.order, self._one(told.owner), self._one(told.cause), told.provisional)
        self._breaches[key] = max(self._breaches.get(key, new), new, key=lambda each: each.order)
        if (kept := self.promises.get(key)) is not None:
            self.promises[key] = self._with_breach(key, kept)

    def _with_breach(self, key: Key, newest: Newest) -> Newest:
        """What followed a breach is not another's because the lead is another's by then."""
        breach = self._breaches.get(key)
        if breach is None or newest.kind not in AFTER_BREACH or newest.standing == "open":
            return newest
        return replace(newest, owner=breach.owner, cause=breach.cause, provisional=breach.provisional)

    def _one(self, name: Name) -> Name:
        """The same text once in memory, however many promises name it."""
        found: Name = self._names.setdefault(name, name)
        return found

    def _pause(self, ordered: UUID, told: ToldOf) -> None:
        stood = told.paused_s
        began = told.occurred_at if stood is None else told.occurred_at - timedelta(seconds=stood)
        new = Paused(told.order, told.owner, told.reason, began, stood)
        old = self.pauses.setdefault((told.lead_id, ordered), new)
        seconds = [each for each in (stood, old.seconds) if each is not None]
        newest = max(old, new, key=lambda each: each.order)
        self.pauses[told.lead_id, ordered] = Paused(
            newest.order, newest.owner, newest.reason, min(old.began, began), max(seconds, default=None)
        )


def look_back(longest: timedelta) -> timedelta:
    """So long before a window the events begin that tell of it, where the rules promise nothing longer than `longest`.

    A day of open time takes up to five with its nights and weekend; holidays and pauses take less than two weeks.
    """
    return 5 * longest + timedelta(days=14)
