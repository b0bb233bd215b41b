"""What `lead.sla` says of each promise in the end: a fold over its events, in any order, with any repeats.

Of each promise the newest event counts, by when it was decided and by the lead's revision: an event carries all that is
true of its promise. So the register is a set of maxima, and neither order nor number of the events changes it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import field
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from leadline_runtime.core.values import dataclass
from leadline_schemas.event import Instant, Model, Seconds
from leadline_schemas.sla import Response

Key = tuple[object, ...]
Order = tuple[datetime, int]
Standing = Literal["open", "met", "breached", "cancelled"]
CLOCKS = frozenset({"decision", "customer", "owner"})
SAYS_NOTHING = frozenset({"pause_refused", "escalated"})  # of how the promise stands
NO_PERSON = frozenset({"ack", "enrolled", "referrer"})
# So long before the window a promise may have been made that is told of in full; longer ones by what is read of them.
LOOK_BACK = timedelta(days=45)
_STANDING: Mapping[str, Standing] = {
    "met": "met",
    "breached": "breached",
    "lapsed": "breached",
    "resolved_late": "breached",
    "cancelled": "cancelled",
}


class ToldOf(Model):
    """The part of `lead.sla` that the register looks at. See LeadSla."""

    lead_id: UUID
    revision: int
    kind: str
    clock: str
    policy: str | None = None
    target: str
    cycle: UUID
    assignment: int | None = None
    owner: str | None = None
    source: str | None = None
    answered_by: tuple[str, ...] | None = None
    start: Instant
    due_at: Instant
    occurred_at: Instant
    detected_at: Instant
    provisional: bool = False
    cause: str | None = None
    reason: str | None = None
    response: Response | None = None
    system_s: Seconds | None = None
    human_s: Seconds | None = None
    closed_s: Seconds | None = None
    working_s: Seconds | None = None
    quarantine_s: Seconds | None = None
    hops: dict[str, Seconds] | None = None
    ordered_by: UUID | None = None
    by: str | None = None
    paused_s: Seconds | None = None
    canary: bool | None = None

    @property
    def key(self) -> Key:
        """Which promise it is about. One to a customer keeps its key when its lead becomes part of another."""
        if self.clock == "customer":
            return self.cycle, self.target
        if self.clock == "owner":
            return self.lead_id, self.assignment, self.target
        return self.lead_id, self.cycle, self.target

    @property
    def order(self) -> Order:
        """What came later is greater."""
        return self.detected_at, self.revision

    @property
    def standing(self) -> Standing:
        """How the promise stands after the event."""
        if self.kind == "breach_retracted":  # by an answer in time; else a pause moved the due time, and it runs on
            return "met" if self.response is not None else "open"
        return _STANDING.get(self.kind, "open")


@dataclass(frozen=True, slots=True)
class Paused:
    """One order to pause, of whatever promises of a lead: who had the lead, when it began, how long it lasted (the
    longest that any promise says; None: it is not over). `newest`: the newest event that told of it."""

    newest: ToldOf
    began: datetime
    seconds: float | None = None


@dataclass
class Register:
    """The newest event of each promise that touches the window from `since` on, by due time or by start.

    Of others only the order is kept, lest an older event of theirs be taken for the newest.
    """

    since: datetime
    promises: dict[Key, ToldOf] = field(default_factory=dict)
    pauses: dict[tuple[UUID, UUID], Paused] = field(default_factory=dict)
    events: int = 0
    _outside: dict[Key, Order] = field(default_factory=dict)
    _for_a_person: dict[Key, bool] = field(default_factory=dict)

    def take(self, told: ToldOf) -> None:
        """One more event, or one that was taken before."""
        if told.clock not in CLOCKS or told.canary:
            return
        self.events += 1
        key = told.key
        if told.kind == "armed" and told.clock == "customer" and told.answered_by is not None:
            self._for_a_person[key] = not set(told.answered_by) & NO_PERSON
        if told.ordered_by is not None and told.kind in {"paused", "resumed"}:
            self._pause(told.ordered_by, told)
        if told.kind in SAYS_NOTHING:
            return
        kept = self.promises.get(key)
        newest = kept.order if kept is not None else self._outside.get(key)
        if newest is not None and told.order <= newest:
            return
        if told.due_at >= self.since or told.start >= self.since:
            self.promises[key] = told
            self._outside.pop(key, None)
        else:
            self._outside[key] = told.order
            self.promises.pop(key, None)

    def asks_a_person(self, told: ToldOf) -> bool:
        """Is it a person who is to answer? Assumed where its arming was not read."""
        return self._for_a_person.get(told.key, True)

    def customers(self) -> Iterator[ToldOf]:
        """The promises to customers, as they stand."""
        return (each for each in self.promises.values() if each.clock == "customer")

    def _pause(self, order: UUID, told: ToldOf) -> None:
        stood = told.paused_s
        began = told.occurred_at if stood is None else told.occurred_at - timedelta(seconds=stood)
        old = self.pauses.setdefault((told.lead_id, order), Paused(told, began, stood))
        seconds = [each for each in (stood, old.seconds) if each is not None]
        self.pauses[told.lead_id, order] = Paused(
            max(old.newest, told, key=lambda each: each.order), min(old.began, began), max(seconds, default=None)
        )
