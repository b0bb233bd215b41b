"""`lead.captured`: the whole lead at a revision, cumulative. A snapshot: an older revision may be ignored."""

from typing import Literal
from uuid import UUID

from pydantic import Field

from leadline_schemas.activity import Activity
from leadline_schemas.commands import Ordered
from leadline_schemas.event import Event, Instant
from leadline_schemas.lead import (
    Alternate,
    Attribution,
    Lead,
    MergedInto,
    PossibleDuplicate,
    Quarantine,
    Request,
)
from leadline_schemas.vocabulary import Source


class LeadCaptured(Event):
    """What capture knows of one lead. What changed is in `outcome` and `fields_changed`: information only."""

    outcome: Literal["created", "merged_into", "updated", "quarantined", "released", "tombstone"]
    submission_id: UUID | None = None
    received_at: Instant
    match: str | None = None  # kind of key that matched: email, phone, external_id, anonymous_id; never its value
    fields_changed: tuple[str, ...] = ()
    incomplete: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    stitched: int = 0
    aliases: tuple[UUID, ...] = ()
    merged_into: MergedInto | None = None
    parted_at: Instant | None = Field(
        default=None, description="when it was last taken out of another lead, or another out of it (rules B5.8)"
    )
    passed_on: tuple[Request, ...] | None = Field(
        default=None, description="requests that this lead was to begin and that left it with their origin (loop, 7)"
    )
    ordered: Ordered | None = Field(default=None, description="the command behind this revision, if one is")
    quarantine: Quarantine | None = None
    canary: bool | None = Field(
        default=None,
        description="nobody's: it shows that leads get through; no step keeps, counts, gives or tells anybody of it",
    )
    possible_duplicates: tuple[PossibleDuplicate, ...] = ()
    attribution: Attribution | None = None
    alternates: tuple[Alternate, ...] = ()
    sources: dict[str, Source] = Field(
        default_factory=dict, description="who said the value that stands, per field, where it is not lead.source"
    )
    requests: tuple[Request, ...] = ()
    acts: tuple[Activity, ...] = ()
    acted_after_withdrawal: tuple[UUID, ...] = Field(
        default=(), description="marketing acts between a withdrawal of consent and the moment it was read"
    )
    lead: Lead
