"""The bodies of answers, as models: what senders may rely on."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from leadline_schemas.event import Model


class FaultTold(Model):
    """One thing that is wrong with a body."""

    path: str = Field(description="where, as consent[0].purpose")
    problem: str = Field(description="what is wrong there; never a value")


class ProblemTold(Model):
    """RFC 9457: why a request was refused, every fault at once. Never a value of the request."""

    type: str = Field(description="urn:leadline:problem:<code>")
    title: str
    status: int
    detail: str = Field(description="what happened and what to do")
    code: str = Field(description="stable, one of a closed list: docs/services/capture-edge.md")
    errors: tuple[FaultTold, ...] = ()


class NotAppliedTold(ProblemTold):
    """A command that the rules refuse: nothing changed. `owner`: who has the lead."""

    id: UUID = Field(description="of the command")
    reason: str = Field(description="one of a closed list: docs/assignments.md")
    lead_id: UUID | None = None
    owner: str | None = None
    assignment: int | None = None
    outcome: str | None = None
    decided_at: datetime | None = None


class Accepted(Model):
    """The submission is durable. `Location` says where to ask what became of it."""

    submission_id: UUID
    status: Literal["accepted"]


class SourceAccepted(Accepted):
    """All that the body held is durable."""

    submissions: tuple[UUID, ...] = Field(default=(), description="of a body with several leads or acts, in order")


class ConsentAccepted(Accepted):
    """The statement is durable. The links are there if LEADLINE_CONSENT_LINK_SECRETS is set."""

    unsubscribe_url: str | None = Field(default=None, description="withdraws; for the headers and foot of your mails")
    confirm_url: str | None = Field(default=None, description="of a pending one: a page whose button grants")
    confirm_until: datetime | None = None


class ItemAnswer(Model):
    """What became of one item of a batch."""

    index: int
    status: Literal["accepted", "refused", "unavailable"]
    submission_id: UUID | None = None
    code: str | None = None
    detail: str | None = None
    errors: tuple[FaultTold, ...] = ()
    unsubscribe_url: str | None = None
    confirm_url: str | None = None
    confirm_until: datetime | None = None


class BatchAnswer(Model):
    """One answer per item, in their order."""

    accepted: int
    refused: int
    results: tuple[ItemAnswer, ...]


class LinkAnswer(Model):
    """A link by which the person withdraws consent."""

    unsubscribe_url: str


class LinkItem(Model):
    """The link of one of several."""

    index: int
    status: Literal["made", "refused"]
    unsubscribe_url: str | None = None
    code: str | None = None
    errors: tuple[FaultTold, ...] = ()


class LinksAnswer(Model):
    """One answer per item, in their order."""

    results: tuple[LinkItem, ...]


class TrackingAnswer(Model):
    """All messages are durable."""

    success: Literal[True]
