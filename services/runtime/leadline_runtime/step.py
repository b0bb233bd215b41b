"""A step, declared: what it reads, how it decides, which rules and tables of its own it has. The loop runs it."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import field
from functools import cached_property
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

from leadline_runtime.clock import PipelineClock
from leadline_runtime.core.values import dataclass
from leadline_runtime.decision import Decision, Emit, Grounds, LeadState
from leadline_runtime.items import Item, Record, Timer
from leadline_runtime.rules import RulesSpec
from leadline_runtime.transaction import Transaction
from leadline_schemas.topics import Topic

S = TypeVar("S")
V = TypeVar("V")
MOST_TYPES = 1000


class BodyCodec(Protocol[S]):
    """A service's own state of one lead as bytes and back."""

    def encode(self, body: S) -> bytes: ...
    def decode(self, data: bytes) -> S: ...


class View(Protocol):
    """A service's own rows as read in this transaction; decisions see it, the loop applies their deltas to it."""

    def apply(self, delta: Any) -> None:
        """Take over the change that one decided item made; called only if its item succeeded."""


class Store(Protocol[V]):
    """A service's own tables (capture, route). Both methods run inside the batch's one transaction."""

    async def read(
        self, tx: Transaction, items: Sequence[Item], leads: dict[UUID, LeadState[Any]], grounds: Grounds
    ) -> V:
        """Lock in rank order in one statement, read in the next; may add leads' states through `tx.states`."""

    async def write(self, tx: Transaction, view: V) -> None:
        """Write what the batch's deltas changed."""


class Facts(Protocol):
    """What is asked outside of any transaction, a whole batch at a time (enrich).

    `clock`: the loop gives its own, by which answers are dated that bear no date.
    """

    clock: PipelineClock

    async def gather(self, records: Sequence[Record[Any]], rules: Any) -> Sequence[Any]:
        """One result per record, in order, within the budget; what is late or failed is told as absent."""

    async def gather_due(
        self, timers: Sequence[Timer], states: Mapping[UUID, LeadState[Any]], rules: Any
    ) -> Sequence[Any]:
        """The same for due timers, from their leads' states, also outside of any transaction.

        A timer that is found due without facts (`grounds.facts` is None) waits for the next batch.
        """

    async def close(self) -> None:
        """Let go of connections; called once, when the service stops."""


class Picture(Protocol):
    """What the gauges of a step tell of the leads of one lane, as they stand now."""

    def put(self, lead_id: UUID, body: Any) -> None:
        """The lead stands so now; how it stood before no longer counts."""

    def drop(self, lead_id: UUID) -> None:
        """There is nothing to tell of the lead (any more)."""


class Gauges(Protocol):
    """Gauges over leads, right after any claim because they are a function of the states (survey.py).

    Only leads with an alarm (`timer_at`) are told of: a claim finds them by it, without a look at all the others. So a
    step sets an alarm wherever a lead is to be told of.
    """

    def picture(self) -> Picture:
        """The picture of a lane of which nothing is known yet."""

    def watch(self, pictures: Collection[Any]) -> None:
        """Tell from now on, whenever asked, what these say together: the pictures of all own lanes.

        They change, and others take their place in the collection, without another call.
        """


class NoView:
    """The view of a step without tables of its own."""

    def apply(self, delta: Any) -> None:
        """Nothing to take over."""


class NoStore:
    """The store of a step without tables of its own."""

    async def read(
        self, tx: Transaction, items: Sequence[Item], leads: dict[UUID, LeadState[Any]], grounds: Grounds
    ) -> NoView:
        """Nothing to read."""
        return NoView()

    async def write(self, tx: Transaction, view: NoView) -> None:
        """Nothing to write."""


Decide = Callable[[Item, LeadState[Any] | None, Any, Grounds], Decision[Any]]


@dataclass(frozen=True)
class Step(Generic[S]):
    """The declaration of a step.

    `wants` decides by a record's CloudEvents type, before it is decoded, if the step cares for it (else it is
    dropped as not_addressed). `adapt` turns a record that is no event of ours into one (capture: outside producers).
    `judges`: its states have judgements, which wait for the horizon (sla-monitor).
    `measure` counts the service's own metrics from events whose batch is committed and published; `gauges` tell how
    its leads stand now; `rules_in_force` is told the rules at the start and whenever others come into force, in any
    thread: what they name counts from 0.
    `rejected` gives the delta that remembers an item which became a dead letter, and of which failure class.
    `beside`: works of its own beside the loop, which each is given: begun with it, cancelled at its end, waited for
    then for a few seconds, and none ended by another's fault; what it does to leads it asks the loop for, by messages.
    `migrations` are (name, SQL) pairs of the service's own tables, run after the runtime's, in the service's schema.
    """

    name: str
    reads: tuple[Topic[Any], ...]
    writes: tuple[Topic[Any], ...]
    decide: Decide
    body: BodyCodec[S]
    rules: RulesSpec[Any]
    store: Store[Any] = field(default_factory=NoStore)
    facts: Facts | None = None
    wants: Callable[[str], bool] = lambda event_type: True
    adapt: Callable[[Topic[Any], bytes | None, bytes, Mapping[str, bytes], int, int], Record[Any]] | None = None
    migrations: tuple[tuple[str, str], ...] = ()
    rejected: Callable[[Item, str], Any] | None = None
    judges: bool = False
    measure: Callable[[Sequence[Emit[Any]]], None] = lambda events: None
    gauges: Gauges | None = None
    rules_in_force: Callable[[Any], None] = lambda rules: None
    beside: tuple[Callable[[Any], Awaitable[None]], ...] = ()

    @cached_property
    def _wanted(self) -> dict[bytes, bool]:
        return {}

    def wants_type(self, event_type: bytes) -> bool:
        """Does the step care for records of this type? `wants`, asked once for each."""
        wanted = self._wanted.get(event_type)
        if wanted is None:
            if len(self._wanted) >= MOST_TYPES:  # outside producers may write what they like
                self._wanted.clear()
            wanted = self._wanted[event_type] = self.wants(event_type.decode("ascii", "replace"))
        return wanted

    @property
    def schema(self) -> str:
        """The PostgreSQL schema of this service; no other service reads it."""
        return self.name.replace("-", "_")
