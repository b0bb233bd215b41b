"""GET /v1/submissions/{id}: what became of a submission, for the system that sent it. Nothing of the person is told."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from aiohttp import web
from pydantic import Field

from leadline_capture.edge.auth import authorized
from leadline_capture.edge.bodies import SUBMISSIONS
from leadline_capture.edge.door import Call
from leadline_capture.edge.problem import Problem, unavailable
from leadline_runtime.sql import DatabaseTrouble, Sql
from leadline_schemas.event import Model

# A retried dead letter stands in both tables: that it was decided counts.
FIND: Final = """SELECT source, outcome, lead_id, reason, decided_at FROM submission WHERE submission_id = %s
    UNION ALL SELECT source, 'dead_letter', NULL, failure_class, decided_at FROM buried WHERE submission_id = %s"""
Outcome = Literal[
    "captured",
    "merged",
    "quarantined",
    "attached",
    "waiting",
    "dropped",
    "duplicate",
    "dead_letter",
    "applied",
    "not_applied",
    "other",
]
# By what the step stores. Both kinds of `dropped` say why in `reason`.
NAMES: Final[Mapping[str, Outcome]] = {
    "created": "captured",
    "merged_into": "merged",
    "quarantined": "quarantined",
    "attached": "attached",
    "duplicate": "duplicate",
    "held": "waiting",
    "pointer": "waiting",
    "unknown_lead": "dropped",
    "nothing_said": "dropped",
    "leads_merged": "applied",
    "leads_parted": "applied",
    "released": "applied",
    "score_overridden": "applied",
    "calendars_applied": "applied",
    "clocks_paused": "applied",
    "clocks_resumed": "applied",
    "stage_ordered": "applied",
    "not_applied": "not_applied",
    "dead_letter": "dead_letter",
}
_REASONS: Final = frozenset({"pointer", "unknown_lead", "nothing_said"})  # told by these words


class SubmissionStatus(Model):
    """What became of a submission."""

    submission_id: UUID
    outcome: Outcome = Field(
        description="captured: a new lead; merged: part of a lead that was known; quarantined: kept apart, see reason;"
        " attached: an act of a known lead; waiting: an act of nobody known yet, kept for 90"
        " days, or a pointer whose object is being fetched; dropped: see reason;"
        " duplicate: an act that had come before; dead_letter: could not be read, kept for a retry; applied: a command"
        " that was carried out; not_applied: a command that could not be, see reason; other: decided"
        " in a way that this door is too old to name"
    )
    lead_id: UUID | None = Field(default=None, description="the lead it became or became part of")
    reason: str | None = Field(default=None, description="of quarantine, dropping, or a dead letter: its class")
    decided_at: datetime


class Submissions:
    """What the step wrote of each submission, in the schema that it and the door share."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    async def find(self, submission_id: UUID) -> tuple[str | None, SubmissionStatus] | None:
        """Whose it is and what became of it; None while nothing is decided. Raises DatabaseTrouble."""
        rows = await self._sql.fetch(FIND, (submission_id, submission_id))
        if not rows:
            return None
        source, outcome, lead_id, reason, decided_at = rows[0]
        return source, SubmissionStatus(
            submission_id=submission_id,
            outcome=NAMES.get(outcome, "other"),  # by a step that is newer than this door
            lead_id=lead_id,
            reason=outcome if outcome in _REASONS else reason,
            decided_at=decided_at,
        )


async def get_submission(call: Call) -> web.Response:
    """200 with what became of it. Raises Problem: 404 while it is not decided, or if it is not the key's own."""
    key = authorized(call, "leads:write", "leads:read", "consents:write", "leads:command")
    submission_id = _id(call.request.path.removeprefix(SUBMISSIONS))
    try:
        found = await call.door.submissions.find(submission_id)
    except DatabaseTrouble:
        raise unavailable("database_away", "what became of it is not known now; ask again") from None
    if found is None or not (found[0] == key.source or key.may("admin")):
        # One answer for both: who asks for ids of others learns nothing.
        raise Problem(
            404,
            "not_known_yet",
            "nothing is known of this submission of yours: if it was accepted a moment ago, ask again in a few seconds",
            headers={"Retry-After": "2"},
        )
    return web.Response(text=found[1].model_dump_json(exclude_none=True), content_type="application/json")


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Problem(404, "not_found", "this is no id of a submission: they are UUIDs") from None
