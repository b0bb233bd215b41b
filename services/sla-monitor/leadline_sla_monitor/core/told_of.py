"""The part of `lead.sla` by which promises are reported."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal
from uuid import UUID

from leadline_schemas.event import Instant, Model, Seconds
from leadline_schemas.sla import Response

Key = tuple[object, ...]
Order = tuple[datetime, int]
Standing = Literal["open", "met", "breached", "cancelled"]
PAUSED = "paused"
_STANDING: Mapping[str, Standing] = {
    "met": "met",
    "breached": "breached",
    "lapsed": "breached",
    "resolved_late": "breached",
    "cancelled": "cancelled",
}


class ToldOf(Model):
    """The part of `lead.sla` that the register looks at. See LeadSla."""

    lead_id: UUID
    revision: int
    kind: str
    clock: str
    policy: str | None = None
    target: str
    cycle: UUID
    assignment: int | None = None
    owner: str | None = None
    source: str | None = None
    answered_by: tuple[str, ...] | None = None
    start: Instant
    due_at: Instant
    occurred_at: Instant
    detected_at: Instant
    provisional: bool = False
    cause: str | None = None
    reason: str | None = None
    response: Response | None = None
    first_response: Response | None = None
    supersedes: UUID | None = None
    system_s: Seconds | None = None
    human_s: Seconds | None = None
    closed_s: Seconds | None = None
    working_s: Seconds | None = None
    quarantine_s: Seconds | None = None
    hops: dict[str, Seconds] | None = None
    ordered_by: UUID | None = None
    by: str | None = None
    paused_s: Seconds | None = None
    canary: bool | None = None

    @property
    def key(self) -> Key:
        """Which promise it is about. One to a customer keeps its key when its lead becomes part of another; so does the
        decision on a request, which may have begun under a lead that it is no part of any more."""
        if self.clock == "owner":
            return self.lead_id, self.assignment, self.target
        return (self.cycle, self.target) if self.clock == "customer" else (self.clock, self.cycle)

    @property
    def order(self) -> Order:
        """What came later is greater."""
        return self.detected_at, self.revision

    @property
    def standing(self) -> Standing:
        """How the promise stands after the event."""
        if self.kind == "breach_retracted":  # by an answer in time; or a pause moved the due time, and it runs on
            return "open" if self.reason == PAUSED else "met"
        return _STANDING.get(self.kind, "open")
