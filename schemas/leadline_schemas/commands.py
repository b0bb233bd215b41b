"""What a person orders about leads, by `POST /v1/commands`: merge, unmerge, release of what was kept apart, and what
is to stand in place of a computed score, and that open deadlines are to be counted by calendars that were published;
and about who has a lead, by `POST /v1/assignments/...`.
"""

from collections.abc import Mapping
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field, StrictBool, StrictInt, StringConstraints

from leadline_schemas.event import Instant, Model, Pii
from leadline_schemas.payloads import SAFE, Identifier, Short
from leadline_schemas.vocabulary import ActivityKind, Confirmed, OverrideTarget, Stage

OrderedKind = Literal["lead.merge", "lead.unmerge", "lead.release"]  # what makes a revision of the lead itself
CommandKind = Literal[
    "lead.merge", "lead.unmerge", "lead.release", "score.override", "calendar.apply", "sla.pause", "sla.resume",
    "stage.change",
]  # fmt: skip
Author = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=SAFE)]
Reason = Annotated[str, Pii, StringConstraints(min_length=1, max_length=1000, pattern=SAFE)]
# A word of a list, as wrong_territory: it stands in events and answers, so it has no room for what a person writes.
REASON_WORD = r"^[a-z][a-z0-9_]{0,49}$"
ReasonWord = Annotated[str, StringConstraints(max_length=50), Field(json_schema_extra={"pattern": REASON_WORD})]
DIGEST = r"^[0-9a-f]{16}$"
AssignmentVerb = Literal["claim", "accept", "decline", "reassign", "release"]
ASSIGNMENT_KINDS: Mapping[AssignmentVerb, ActivityKind] = {
    "claim": "assignment.claimed",
    "accept": "assignment.accepted",
    "decline": "assignment.declined",
    "reassign": "assignment.reassigned",
    "release": "assignment.released",
}


class OverridePayload(Model):
    """What is to stand in place of what is computed, and until when; or `clear`: the computed value counts again."""

    target: OverrideTarget
    veto: Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9_.-]+$")] | None = Field(
        default=None, description="target veto: its id in the scoring rules, as competitor"
    )
    value: StrictBool | StrictInt | None = Field(
        default=None, description="fit, intent: points, 0 to 100; mql: yes or no; veto: on or off"
    )
    expires_at: AwareDatetime | None = Field(default=None, description="at most 90 days ahead")
    clear: bool = Field(default=False, description="ends what was set of this target")


class CalendarsPayload(Model):
    """Which calendars.yaml: what it says, by its version and by the digest of all its hours and closed days."""

    version: Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=SAFE)]
    digest: Annotated[str, StringConstraints(max_length=100), Field(json_schema_extra={"pattern": DIGEST})]


class PausePayload(Model):
    """Why and until when a lead's promises are to stand still."""

    reason: ReasonWord = Field(
        description="a word of sla.yaml, as call_me_after (the lead's own wish), pending_opt_in, manager"
    )
    until: AwareDatetime = Field(description="at most three working days ahead, unless sla.yaml says otherwise")
    automated: bool = Field(default=False, description="a machine orders it, not a person")


class StagePayload(Model):
    """The stage that a lead is to be in, why, and what a person found out about it."""

    to: Stage
    reason: ReasonWord | None = Field(
        default=None, description="a word of lifecycle.yaml, as not_ready: required to reject, disqualify or put aside"
    )
    confirmed: tuple[Confirmed, ...] = Field(
        default=(), description="recorded by a person: of the four three are needed for SQL, in one command or several"
    )


class CommandPayload(Model):
    """One command. A reason is required: it stands in the event, for whoever asks later why."""

    id: Identifier | None = Field(default=None, description="the sender's own id of the command: repeats count once")
    kind: CommandKind
    lead_id: UUID = Field(description="of a merge the lead that stays, else the lead the command is about")
    duplicate_id: UUID | None = Field(default=None, description="lead.merge: the lead that becomes part of the other")
    author: Author = Field(description="who orders it: a member id")
    reason: Reason
    occurred_at: AwareDatetime | None = None
    override: OverridePayload | None = Field(default=None, description="score.override: what is set")
    pause: PausePayload | None = Field(default=None, description="sla.pause: why, until when")
    calendars: CalendarsPayload | None = Field(
        default=None, description="calendar.apply: the calendars by which the lead's open deadlines are to be counted"
    )
    stage: StagePayload | None = Field(default=None, description="stage.change: the stage wanted")


class Ordered(Model):
    """The command behind a revision of a lead."""

    id: UUID
    kind: OrderedKind
    author: str
    reason: Annotated[str, Pii]
    occurred_at: Instant


class AssignmentPayload(Model):
    """One command about who has a lead. The lead and what is ordered stand in the address."""

    id: Identifier | None = Field(default=None, description="the sender's own id of the command: repeats count once")
    author: Author = Field(description="who orders it: a member id; of claim, accept and decline the member it is for")
    to: Short | None = Field(default=None, description="reassign: the member or manager who is to have the lead")
    reason: ReasonWord | None = Field(
        default=None, description="why, in a word: required of decline (one of the rules' list), reassign and release"
    )
    assignment: Annotated[int, Field(ge=0)] | None = Field(
        default=None,
        description="the number of the assignment that is meant, as lead.routed tells it; another by now: refused",
    )
    occurred_at: AwareDatetime | None = Field(default=None, description="when it was ordered; absent: now")


class AssignmentOrder(AssignmentPayload):
    """The same with the lead and what is ordered: how it stands in the log."""

    lead_id: UUID
    verb: AssignmentVerb
