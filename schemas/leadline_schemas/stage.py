"""`lead.stage`: what became of a transition, and where the lead stands. A fact, united by `stage_id`."""

from uuid import UUID

from pydantic import Field

from leadline_schemas.event import Event, Instant
from leadline_schemas.vocabulary import Confirmed, LeadStatus, Stage, StageKind, StageWay, WhyNotApplied


class LeadStage(Event):
    """One transition applied, not applied or taken back by a later truth; or a word about a lead's silence.

    `stage`, `since` and `status` are where the lead stands by all that is known now, which is not `to` if something
    later is known already.
    """

    stage_id: UUID = Field(description="domain id: uuid5 of the transition, the kind and which time it is told")
    kind: StageKind = Field(
        description="stale: a notice before silence does something, or what it did to a stage that stays;"
        " reactivation: it stands on the list of this quarter; delisted: on none any more, `reason`: merged or erased"
    )
    stage: Stage
    since: Instant
    status: LeadStatus = Field(description="rules B6.2")
    stage_way: StageWay | None = Field(default=None, description="how it came to `stage`; none if it began there")
    stage_reason: str | None = Field(default=None, description="why it is there")
    before: Stage | None = Field(default=None, description="the stage that this transition led from")
    to: Stage | None = Field(default=None, description="the stage that was wanted")
    way: StageWay | None = None
    occurred_at: Instant = Field(description="when it happened, was ordered, or became due")
    detected_at: Instant
    activity: UUID | None = Field(default=None, description="the act or command behind it")
    author: str | None = Field(default=None, description="who ordered it, or whose touch it was: a member id")
    reason: str | None = None
    why: WhyNotApplied | None = Field(default=None, description="not_applied, reverted: why")
    confirmed: tuple[Confirmed, ...] = Field(default=(), description="recorded by people so far: rules B6.4")
    historical: bool = False
    owner: str | None = None
    manager: str | None = None
    told: tuple[str, ...] = Field(default=(), description="who is to hear of it")
    action: str | None = Field(default=None, description="stale: notice, manager or flag")
    quiet_since: Instant | None = Field(default=None, description="stale: the last act that counts")
    quarter: str | None = Field(default=None, description="reactivation: as 2026-Q3")
    grade: str | None = Field(default=None, description="reactivation: when it was last routed")
    supersedes: UUID | None = Field(default=None, description="reverted: what told that it was applied")
