"""What a person orders about leads, by `POST /v1/commands`: merge, unmerge, release of what was kept apart."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field, StringConstraints

from leadline_schemas.event import Instant, Model, Pii
from leadline_schemas.payloads import SAFE, Identifier

CommandKind = Literal["lead.merge", "lead.unmerge", "lead.release"]
Author = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=SAFE)]
Reason = Annotated[str, Pii, StringConstraints(min_length=1, max_length=1000, pattern=SAFE)]


class CommandPayload(Model):
    """One command. A reason is required: it stands in the event, for whoever asks later why."""

    id: Identifier | None = Field(default=None, description="the sender's own id of the command: repeats count once")
    kind: CommandKind
    lead_id: UUID = Field(description="of a merge the lead that stays, else the lead the command is about")
    duplicate_id: UUID | None = Field(default=None, description="lead.merge: the lead that becomes part of the other")
    author: Author = Field(description="who orders it: a member id")
    reason: Reason
    occurred_at: AwareDatetime | None = None


class Ordered(Model):
    """The command behind a revision of a lead."""

    id: UUID
    kind: CommandKind
    author: str
    reason: Annotated[str, Pii]
    occurred_at: Instant
