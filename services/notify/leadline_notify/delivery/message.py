"""A notice on its way: what a courier is given."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from leadline_notify.core.book import NotifyRules
from leadline_notify.core.content import Channel, Content
from leadline_notify.core.wording import Worded
from leadline_notify.delivery.result import Result
from leadline_runtime.core.values import dataclass


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row that this instance sends. Of a digest `parts` are what it lists, in the order in which they were due, and
    `number` how many it tells. `line`: within it what is told to a recipient keeps its order.
    """

    id: UUID
    kind: str
    recipient: str
    channel: Channel
    endpoint: str
    line: str
    any_time: bool
    parts: tuple[tuple[UUID, Content], ...]
    number: int
    due_at: datetime
    attempts: int
    give_up_at: datetime


@dataclass(frozen=True, slots=True)
class Message:
    """What is to be sent. `id`: the same for every try. `words`: for people; None where there are none any more."""

    claimed: Claimed
    words: Worded | None
    link: str | None
    at: datetime

    @property
    def id(self) -> UUID:
        """The notice's own."""
        return self.claimed.id


class Courier(Protocol):
    """Brings notices of one channel, one try at a time. Never raises for what the other side does."""

    async def bring(self, message: Message, rules: NotifyRules) -> Result: ...
    async def close(self) -> None: ...
