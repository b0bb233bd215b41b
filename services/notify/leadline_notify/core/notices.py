"""A notice: one happening told to one recipient over one channel. Its id follows from these three, so that whatever is
decided again, and whatever is sent again, has the same one."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from leadline_notify.core.content import Channel, Content, Kind
from leadline_runtime.core.values import dataclass
from leadline_schemas.ids import derived_id

# What a needless notice speaks of: its lead, its subject where that is a promise, its breach.
About = Literal["lead", "promise", "breach"]


@dataclass(frozen=True, slots=True)
class Notice:
    """`subject`: the promise it speaks of, or that of an assignment; by it later events make it needless.

    `endpoint`: what is called (of mail: always the one server). `due_at`: not before then, for quiet hours' sake.
    `breach`: the one that is told (also by a step after it), or taken back.
    """

    id: UUID
    event_id: UUID
    recipient: str
    channel: Channel
    endpoint: str
    subject: str
    due_at: datetime
    any_time: bool
    content: Content
    breach: UUID | None = None


@dataclass(frozen=True, slots=True)
class Needless:
    """What need not be told any more, if it has not been yet: notices of these kinds about a lead, a promise or a
    breach. A promise, and its breach, may have become another lead's since. `recipient` None: anybody's.
    """

    about: About
    which: UUID | str
    kinds: tuple[Kind, ...]
    reason: str
    recipient: str | None = None

    def covers(self, notice: Notice) -> bool:
        """Whether it speaks of this notice."""
        found = {"lead": notice.content.lead_id, "promise": notice.subject, "breach": notice.breach}
        return (
            found[self.about] == self.which
            and notice.content.kind in self.kinds
            and self.recipient in (None, notice.recipient)
        )


@dataclass(frozen=True, slots=True)
class Told:
    """What one decision changes: notices made, notices needless now; who was to be told and cannot be."""

    notices: tuple[Notice, ...]
    needless: tuple[Needless, ...] = ()
    unknown: tuple[str, ...] = ()


def notice_id(event_id: UUID, recipient: str, channel: Channel) -> UUID:
    """The id of what an event tells one recipient over one channel."""
    return derived_id("notice", event_id, recipient, channel)
