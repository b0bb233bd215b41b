"""What every event is made of: the base model, the recorded basis, marks for personal data."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema


class Pii:
    """Mark of personal data: `Annotated[str, Pii]`. Such a value is in no key, header, metric, log or URL.

    Validation does not see it; a JSON Schema shows it as `x-pii`.
    """

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {**handler(core), "x-pii": True}


# An instant in UTC, with microseconds where there are any. Writers give aware UTC datetimes.
Instant = Annotated[AwareDatetime, Field(description="An instant in UTC, RFC 3339")]
# Points, scores and balances as exact decimals in a string ("21.333", "-1/2" for balances).
Exact = Annotated[str, Field(description="An exact number as text: a decimal or a fraction")]
# Durations are whole microseconds at most: seconds as a number.
Seconds = Annotated[float, Field(description="A duration in seconds")]


class Model(BaseModel):
    """Base of all parts of events: immutable, tolerant of fields a newer writer added."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class RulesRef(Model):
    """Which rules decided: the version their author gave and the digest of what was really loaded."""

    version: str
    digest: str


class Position(Model):
    """Where in Kafka the record stood that this event was decided on; absent for timers and messages."""

    topic: str
    partition: int
    offset: int


class Basis(Model):
    """What a decision was taken on, recorded so that it can be taken again with the same bytes (loop, section 9)."""

    decided_at: Instant
    as_of: Instant | None = None
    horizon: Instant | None = None
    rules: RulesRef
    code: str
    cause: UUID
    cause_kind: str = Field(description="record, timer, judgement or message")
    position: Position | None = None
    revision_before: int = 0
    facts: dict[str, Any] | None = Field(default=None, description="Outside facts used, with their ages")


class Event(Model):
    """An event about one lead. Its own id, type and time travel in the CloudEvents headers, not in the value."""

    lead_id: UUID
    revision: int = Field(
        ge=1, description="Counts this writer's events about this lead; a snapshot at a lower one is stale"
    )
    basis: Basis
