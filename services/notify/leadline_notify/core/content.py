"""What a notice tells: of which lead, what happened, to whom it matters. No personal data of the lead is in it."""

from datetime import datetime
from typing import Literal, get_args
from uuid import UUID

from leadline_runtime.core.values import dataclass

# retracted: a breach that was told turned out to be none. lapsed: an owner's clock ran out; `moved` tells what follows.
# stale: nothing has happened to a lead for long.
Kind = Literal["assigned", "moved", "warned", "breached", "lapsed", "retracted", "stale"]
Channel = Literal["mail", "chat", "webhook"]
# Whom a rule may name: by what they are to the lead. told: whom the event itself names.
Role = Literal["owner", "manager", "previous", "told"]

KINDS: tuple[Kind, ...] = get_args(Kind)
CHANNELS: tuple[Channel, ...] = get_args(Channel)


@dataclass(frozen=True, slots=True)
class Content:
    """What happened, and when. `due_at`: of the promise; `cause`: of a move or breach, or what follows.

    `previous`: who had the lead.
    """

    kind: Kind
    lead_id: UUID
    at: datetime
    owner: str | None = None
    manager: str | None = None
    previous: str | None = None
    assignment: int | None = None
    request: str | None = None
    source: str | None = None
    grade: str | None = None
    temperature: str | None = None
    territory: str | None = None
    cause: str | None = None
    policy: str | None = None
    target: str | None = None
    level: int | None = None
    due_at: datetime | None = None
    provisional: bool = False
