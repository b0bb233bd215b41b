"""The port to the database as the loop sees it: claims, one transaction a batch, and the ways it can fail."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from leadline_runtime.core.values import dataclass
from leadline_runtime.decision import LeadState
from leadline_runtime.items import Message, Timer
from leadline_runtime.transaction import Transaction


class Fenced(Exception):
    """Another instance owns one of the lanes now: nothing was written."""


class Doubt(Exception):
    """It is not known whether the database did what it was asked, or it cannot be reached: claim again."""


class Conflict(Exception):
    """Nothing was written, the same transaction may be tried again (serialisation, deadlock, lock timeout)."""


class BadData(Exception):
    """The database refuses a value of this batch: find the item by bisection."""


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A lane's newest batch: `positions` reached per input topic (next offset to read), and its encoded events."""

    seq: int
    positions: Mapping[str, int]
    frame: bytes
    rejected_in_a_row: int = 0


@dataclass(frozen=True, slots=True)
class StateRow:
    """One lead's state ready to be written."""

    lead_id: UUID
    lane: int
    state: LeadState[Any]
    body: bytes


@dataclass(frozen=True, slots=True)
class InboxRow:
    """A message on its way to another lane."""

    lane: int
    id: UUID
    lead_id: UUID
    body: bytes


@dataclass(frozen=True, slots=True)
class Write:
    """All that one batch writes, besides the service's own tables."""

    states: Sequence[StateRow] = ()
    sent: Sequence[InboxRow] = ()
    taken: Sequence[tuple[int, UUID]] = ()
    outbox: Mapping[int, OutboxRow] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Opened:
    """What a batch's first statements read, under the lock of its lanes."""

    now: datetime
    states: dict[UUID, LeadState[Any]]
    timers: Sequence[Timer] = ()
    messages: Sequence[tuple[int, Message]] = ()


@dataclass(frozen=True, slots=True)
class Look:
    """A glance without locks: the pipeline's time and rate, and if anything waits for a batch."""

    now: datetime
    rate: float
    timers_due: bool
    messages: bool


class BatchTransaction(Transaction, Protocol):
    """The one transaction of a batch. Leaving its context without `commit` rolls back."""

    async def open(self, lead_ids: Sequence[UUID], horizon: datetime | None, limit: int) -> Opened:
        """Lock the lanes, then read states, due timers and messages. Raises Fenced."""

    async def write(self, write: Write) -> None:
        """Write states, messages and outbox rows."""

    async def commit(self) -> None:
        """Make it durable. Raises Doubt if the answer was lost."""


@dataclass(frozen=True, slots=True)
class Suspect:
    """What a lane remembers of claims without progress, so that a record that kills the process is found."""

    seq: int = -1
    claims: int = 0
    topic: str = ""
    offset: int = -1
    deaths: int = 0


@dataclass(frozen=True, slots=True)
class Held:
    """What lanes hold between batches. `topics`: per lane the ids of the input topics that its positions belong to."""

    outbox: Mapping[int, OutboxRow]
    suspects: Mapping[int, Suspect]
    topics: Mapping[int, Mapping[str, UUID]]


@dataclass(frozen=True, slots=True)
class Alarmed:
    """A lead that has an alarm, as it was committed when a survey read it."""

    lead_id: UUID
    timer_at: datetime
    body: bytes


class Pages(Protocol):
    """A reader beside the batches: it locks nothing and keeps no transaction open between two pages."""

    async def page(self, lane: int, after: Alarmed | None, limit: int) -> Sequence[Alarmed]:
        """At most `limit` leads of a lane that have an alarm, the soonest first, after this one. Raises Doubt."""


class Database(Protocol):
    """The store of one service: PostgreSQL, or memory in tests. Both pass one law-suite.

    `token`: of the newest claim, by which the lanes claimed then are owned; None before the first.
    """

    token: UUID | None

    async def prepare(self) -> None:
        """Make and change the tables as needed. Raises Doubt."""

    async def close(self) -> None:
        """Let go of the connection."""

    async def claim(self, lanes: Sequence[int]) -> Held:
        """Become the owner of these lanes with a fresh token, and give what they hold. Raises Doubt."""

    async def settle(self, held: Held) -> None:
        """Remember the lanes' positions and the topics they belong to, as one and only as their owner. Raises Doubt."""

    def batch(self, lanes: Sequence[int]) -> AbstractAsyncContextManager[BatchTransaction]:
        """One transaction over these lanes under the token of the newest claim."""

    async def look(self, lanes: Sequence[int], horizon: datetime | None) -> Look:
        """A glance without locks. Raises Doubt."""

    def survey(self) -> AbstractAsyncContextManager[Pages]:
        """A reader with a connection of its own, for as long as it is entered."""

    async def suspect(self, suspicions: Mapping[int, Suspect]) -> None:
        """Remember suspicions of lanes, durably and only as their owner. Raises Doubt."""
