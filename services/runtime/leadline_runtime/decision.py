"""What a step's pure `decide` gives back: events, new states, messages, a change of its own tables, an outcome."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from leadline_runtime.core.values import dataclass
from leadline_runtime.items import Item, Passage, Record, Timer
from leadline_runtime.outcomes import DUPLICATE, EMITTED, DropReason, Outcome, dropped
from leadline_schemas.event import Basis, Model, RulesRef, trusted
from leadline_schemas.lead import MergedInto
from leadline_schemas.topics import Topic

S = TypeVar("S")
_basis_of = trusted(Basis)


@dataclass(frozen=True, slots=True)
class LeadState(Generic[S]):
    """One lead in one service: what the runtime keeps beside the service's own `body`.

    `revision` counts the events this service wrote about the lead; `seen` holds the newest revision read per snapshot
    topic; `timer_at` is due by decided_at, `judge_at` by the horizon.
    """

    body: S
    revision: int = 0
    seen: Mapping[str, int] = field(default_factory=dict)
    merged_into: MergedInto | None = None
    timer_at: datetime | None = None
    judge_at: datetime | None = None

    def having(self, **changes: Any) -> "LeadState[S]":
        """A copy with some parts changed."""
        parts: dict[str, Any] = {  # dataclasses.replace takes four times as long
            "body": self.body, "revision": self.revision, "seen": self.seen,
            "merged_into": self.merged_into, "timer_at": self.timer_at, "judge_at": self.judge_at,
        }  # fmt: skip
        return LeadState(**{**parts, **changes})


def with_seen(state: LeadState[S], seen: Mapping[str, int]) -> LeadState[S]:
    """The state with other `seen`: what the loop does to every state, so without dataclasses.replace."""
    return LeadState(state.body, state.revision, seen, state.merged_into, state.timer_at, state.judge_at)


@dataclass(frozen=True, slots=True)
class Emit(Generic[S]):
    """An event to publish under the key of its lead. `carried`: the original bytes of the event it carries; `told`:
    fields of it that were encoded already, by name.

    `id` overrides the derived event id where the domain has its own (a breach: uuid5 of cycle, target and level).
    `suffix` is added to the CloudEvents type, so that a reader may pass over the event undecoded. What is not `counted`
    is in no metric of a service.
    """

    topic: Topic[Any]
    event: Model
    key: UUID
    carried: bytes | None = None
    id: UUID | None = None
    suffix: str = ""
    told: Mapping[str, bytes] | None = None
    counted: bool = True


@dataclass(frozen=True, slots=True)
class Send:
    """A message to a lead that may live in another lane, delivered by that lane's owner exactly once.

    If the addressee became part of another lead, it is forwarded to that one.
    """

    id: UUID
    lead_id: UUID
    body: bytes
    passage: Passage = Passage()
    record: Record[Any] | None = None  # instead of a body: the record itself goes there, to be decided as such


@dataclass(frozen=True, slots=True)
class Decision(Generic[S]):
    """The result for one item. `states` holds every lead it changed; `delta` is what the service's own view applies."""

    outcome: Outcome
    events: tuple[Emit[Any], ...] = ()
    states: Mapping[UUID, LeadState[S]] = field(default_factory=dict)
    messages: tuple[Send, ...] = ()
    delta: Any = None


def emitted(
    *events: Emit[Any], states: Mapping[UUID, LeadState[S]], messages: tuple[Send, ...] = (), delta: Any = None
) -> Decision[S]:
    """Something is published."""
    return Decision(EMITTED, events, states, messages, delta)


def drop(reason: DropReason, states: Mapping[UUID, LeadState[S]] | None = None, delta: Any = None) -> Decision[S]:
    """Nothing is published, for a reason of the closed list; the state may change all the same."""
    return Decision(dropped(reason), (), states or {}, (), delta)


def duplicate() -> Decision[Any]:
    """The same thing was decided before."""
    return Decision(DUPLICATE)


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a decision is taken on besides item and state: the one clock, the rules, what was asked outside.

    `decided_at` is the transaction's time by the database's clock; `horizon` the instant up to which everything
    accepted has surely been read (None: unknown); `rules` the service's compiled rules; `facts` what `facts.py` found.
    """

    decided_at: datetime
    horizon: datetime | None
    rules: Any
    rules_ref: RulesRef
    code: str
    item: Item
    facts: Any = None

    def basis(
        self, *, revision_before: int, as_of: datetime | None = None, facts: dict[str, Any] | None = None
    ) -> Basis:
        """The recorded basis of an event (loop, section 9)."""
        item = self.item
        kind = "record" if isinstance(item, Record) else item.kind if isinstance(item, Timer) else "message"
        return _basis_of(
            decided_at=self.decided_at,
            as_of=as_of,
            horizon=self.horizon,
            rules=self.rules_ref,
            code=self.code,
            cause=item.cause,
            cause_kind=kind,
            position=item.position if isinstance(item, Record) else None,
            revision_before=revision_before,
            facts=facts,
        )
