"""What the loop decides on: a record from Kafka, a due timer of a lead, a message from another lane."""

from dataclasses import field
from datetime import datetime
from typing import Any, Generic, Literal, TypeVar
from uuid import UUID

from leadline_runtime.core.values import dataclass
from leadline_schemas.event import Model, Position, trusted
from leadline_schemas.ids import derived_id
from leadline_schemas.topics import Topic

_position_of = trusted(Position)
T_co = TypeVar("T_co", bound=Model, covariant=True)


@dataclass(frozen=True, slots=True)
class Passage:
    """How something came from one lead to another (loop, section 7).

    `named`: from this revision of lead.captured on the addressee lists where it comes from, so that only a snapshot at
    or above it may send it back. `left`: the lead that it left, and that one's revision then, if it was sent back.
    """

    named: int = 0
    left: tuple[UUID, int] | None = None


@dataclass(frozen=True, slots=True)
class Record(Generic[T_co]):
    """A decoded record. `raw` are its original value bytes, for splicing; `event_id` is the id of its event.

    `forwarded_to` is the lead it now belongs to, if the one it names became part of that or was taken out of it;
    `passage` how it came there.
    """

    topic: Topic[Any]
    partition: int
    offset: int
    key: bytes
    raw: bytes
    value: T_co
    event_id: UUID
    headers: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)
    forwarded_to: UUID | None = None
    passage: Passage | None = None

    @property
    def lead_id(self) -> UUID | None:
        """The lead it is about; None for a submission, which is yet to be resolved."""
        if self.topic.kind == "submission":  # asking a model for what it has not raises inside, which is slow
            return self.forwarded_to
        found: UUID | None = self.forwarded_to or getattr(self.value, "lead_id", None)
        return found

    @property
    def cause(self) -> UUID:
        """What the events decided on this item are derived from."""
        return self.event_id

    @property
    def position(self) -> Position:
        """Where it stands in Kafka."""
        return _position_of(topic=self.topic.name, partition=self.partition, offset=self.offset)


@dataclass(frozen=True, slots=True)
class Timer:
    """A lead's own alarm. `timer` is due by decided_at, `judgement` by the horizon (loop, section 5)."""

    lead_id: UUID
    kind: Literal["timer", "judgement"]
    due: datetime
    revision: int

    @property
    def cause(self) -> UUID:
        """A function of the lead, the alarm and the state it was set in: the same alarm has the same cause."""
        return derived_id(self.kind, self.lead_id, self.due.isoformat(), self.revision)


@dataclass(frozen=True, slots=True)
class Message:
    """Sent by another lane's transaction to this lead; `body` is the service's own encoding."""

    id: UUID
    lead_id: UUID
    body: bytes
    passage: Passage = Passage()

    @property
    def cause(self) -> UUID:
        """The message's own id."""
        return self.id


Item = Record[Any] | Timer | Message
