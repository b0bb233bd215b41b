"""`roster.received`: a change of the roster that a person ordered: an absence, or what stands of a member in team.yaml.

Under one key, so that changes are decided in the order in which they came. Route decides, and keeps what applied.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import AwareDatetime, BeforeValidator, ConfigDict, Field, StrictBool, StrictInt, StringConstraints

from leadline_schemas.commands import Author, ReasonWord
from leadline_schemas.event import Instant, Model
from leadline_schemas.payloads import SAFE, Identifier

ROSTER_KEY = b"roster"
Name = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9_.@-]+$")]
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def _a_day(value: object) -> object:
    """A date or its text alone: pydantic takes midnights and numbers for days too."""
    if type(value) is date or (isinstance(value, str) and _DAY.fullmatch(value)):
        return value
    raise ValueError("no day")


def _an_instant(value: object) -> object:
    """A time or its text alone: pydantic takes numbers for seconds too."""
    if isinstance(value, datetime) or (isinstance(value, str) and "T" in value.upper()):
        return value
    raise ValueError("no instant")


Day = Annotated[date, BeforeValidator(_a_day)] | Annotated[AwareDatetime, BeforeValidator(_an_instant)]
Part = Literal["active", "hours", "caps", "weights"]
Span = Annotated[str, StringConstraints(max_length=50, pattern=SAFE)]
Hours = Annotated[dict[Span, tuple[Span, ...]], Field(max_length=7)]
Cap = Annotated[StrictInt, Field(ge=1, le=100_000)]


class CapsPayload(Model):
    """Limits over all pools; what is not given stays as it is."""

    open: Cap | None = None
    day: Cap | None = None
    week: Cap | None = None
    month: Cap | None = None


class AbsencePayload(Model):
    """A declared absence: away from `from`, there again at `back`; dates are whole days in the member's own zone."""

    model_config = ConfigDict(populate_by_name=True)

    id: Identifier | None = Field(default=None, description="the sender's own id of the change: repeats count once")
    author: Author = Field(description="who orders it")
    away: Day = Field(alias="from", description="the first day, or the instant from which on")
    back: Day = Field(description="the day or instant at which the member is there again")
    reason: ReasonWord = Field(description="why, in a word: leave, training")


class Absence(Model):
    """The same as it stands in the log."""

    away: Day
    back: Day
    reason: ReasonWord


class MemberSettings(Model):
    """What is to stand of a member in place of team.yaml; what is not given stays as it is."""

    active: StrictBool | None = Field(default=None, description="false: his leads go to others")
    hours: Hours | None = Field(default=None, description='as in team.yaml: {"mon-fri": ["09:00-18:00"]}')
    caps: CapsPayload | None = None
    weights: Annotated[dict[Name, Annotated[StrictInt, Field(ge=0, le=10)]], Field(max_length=500)] | None = Field(
        default=None, description="by pool: 1 to 10; 0 takes the member out of the pool"
    )
    clear: tuple[Part, ...] = Field(default=(), description="of these team.yaml counts again")


class MemberPayload(MemberSettings):
    """The same with who orders it."""

    id: Identifier | None = Field(default=None, description="the sender's own id of the change: repeats count once")
    author: Author = Field(description="who orders it")


class RosterChange(Model):
    """One change as it stands in the log. `kind` says which of the last three it holds."""

    submission_id: UUID
    received_at: Instant
    source: str = Field(description="the API key's source")
    key_id: str
    kind: Literal["absence.declared", "absence.ended", "member.set"]
    author: str
    member: Name
    absence: Absence | None = None
    absence_id: UUID | None = Field(default=None, description="absence.ended: the change that declared it")
    settings: MemberSettings | None = None

    @property
    def told(self) -> Mapping[str, object]:
        """The change itself as JSON values."""
        value: dict[str, object] = self.model_dump(
            mode="json", exclude_none=True, exclude={"submission_id", "received_at", "source", "key_id"}
        )
        return value
