"""`lead.activity`: one thing the lead or a person did, resolved to a lead. A fact: never superseded, united by id."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from leadline_schemas.event import Event, Instant, Model, Pii
from leadline_schemas.vocabulary import (
    ActivityKind,
    Confirmed,
    ConsentChannel,
    ConsentPurpose,
    LeadType,
    OverrideTarget,
)


class Actor(Model):
    """Who did it: the lead, a person of ours (id = member id) or an automation."""

    kind: Literal["lead", "person", "automation"]
    id: str | None = None


class ScoreOverride(Model):
    """What a person sets in place of what is computed, until it expires (rules B3.11).

    A later one of the same target replaces it; one without a value clears it.
    """

    target: OverrideTarget
    veto: str | None = Field(default=None, description="target veto: its id in the scoring rules, as competitor")
    value: bool | int | None = Field(
        default=None, description="fit, intent: points; mql: yes or no; veto: on or off; null: cleared"
    )
    author: str = Field(description="a member id")
    reason: Annotated[str, Pii]
    expires_at: Instant | None = Field(default=None, description="null of one that clears")


class CalendarsApplied(Model):
    """Open deadlines are to be counted by these calendars, once they are in force where promises are kept."""

    version: str
    digest: str = Field(description="of what the calendars say: `leadline calendar diff` shows it")
    author: str = Field(description="a member id")
    reason: Annotated[str, Pii]


class Activity(Model):
    """One act. `id` is its domain id: the same act read twice has the same id and counts once."""

    id: UUID
    origin: UUID = Field(description="the lead it was first resolved to")
    kind: ActivityKind
    occurred_at: Instant = Field(description="effective time (rules B1.3)")
    received_at: Instant
    direction: Literal["in", "out", "none"] = "none"
    actor: Actor
    to: Literal["lead", "referrer"] = "lead"
    automated: bool = False
    tag: str | None = Field(default=None, description="what the mapping says it was, e.g. pricing, security, careers")
    name: str | None = Field(default=None, description="title of the page, form, content or event")
    request_type: LeadType | None = Field(default=None, description="the lead type, if the act is a request")
    message_id: Annotated[str, Pii] | None = Field(default=None, description="the sender's own id of the act")
    source: str = "other"
    reason: str | None = Field(default=None, description="of a decline, a disqualification, a stage change")
    stage: str | None = Field(default=None, description="stage.changed: the stage wanted")
    confirmed: tuple[Confirmed, ...] | None = Field(
        default=None, description="stage.changed: what a person recorded of BANT"
    )
    note: Annotated[str, Pii] | None = Field(default=None, description="stage.changed: why, in the person's own words")
    amount: str | None = Field(default=None, description="deal.*: what it is worth, a decimal number")
    currency: str | None = Field(default=None, description="of the amount, ISO 4217")
    purpose: ConsentPurpose | None = None
    channel: ConsentChannel | None = None
    assignment: int | None = Field(default=None, description="commands: the assignment number they speak of")
    member: str | None = Field(default=None, description="commands: the member they name")
    historical: bool = False
    until: Instant | None = Field(default=None, description="sla.paused: until when the clocks are to stand still")
    explanation: Annotated[str, Pii] | None = Field(
        default=None, description="commands about clocks: why, in the words of who ordered it"
    )
    override: ScoreOverride | None = Field(default=None, description="score.overridden: what is set")
    calendars: CalendarsApplied | None = Field(
        default=None, description="calendar.applied: by which the lead's open deadlines are counted from then on"
    )


class LeadActivity(Event):
    """An act with the lead it belongs to."""

    activity: Activity
    snapshot: int | None = Field(
        default=None,
        description="the lead's revision on lead.captured when this was told, of an act with another origin: a snapshot"
        " at or above it that does not list the origin says that the origin has left (loop, 7)",
    )
