"""The leads as score has recorded them in PostgreSQL: read, never changed, page by page."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from struct import error as StructError
from typing import TypeVar
from uuid import UUID

from leadline_runtime.bodies import restored
from leadline_runtime.command_database import with_schema
from leadline_runtime.command_errors import NOT_FOUND, CommandError
from leadline_runtime.core.values import dataclass
from leadline_runtime.sql import Sql
from leadline_schemas.codec import Undecodable
from leadline_schemas.enriched import LeadEnriched
from leadline_score.core.exact import microseconds
from leadline_score.core.scorecard import Evidence
from leadline_score.evidence import evidence_of
from leadline_score.state import Body, BodyCodec, Memory, enriched_in

T = TypeVar("T")
SCHEMA = "score"
PAGE = 500
ANSWER_S = 30.0
_ONE = "SELECT merged_into, body FROM state WHERE lead_id = %b::uuid"
_PAGE = """SELECT lead_id, merged_into IS NOT NULL, body FROM state
    WHERE lead_id > %b::uuid ORDER BY lead_id LIMIT %b::int"""
_FIRST = UUID(int=0)
_CODEC = BodyCodec()
Row = tuple[UUID, bool, bytes]  # lead, is it part of another, body as it is stored


@dataclass(frozen=True, slots=True)
class Judged:
    """A lead with the evidence of its last judgement, and as of when that was (microseconds)."""

    lead_id: UUID
    evidence: Evidence
    as_of: int
    memory: Memory
    enriched: LeadEnriched


def with_recorded(work: Callable[[Sql], Awaitable[T]]) -> T:
    """Do some work on score's schema. Raises CommandError."""

    async def done(sql: Sql) -> T:
        if (await sql.fetch("SELECT to_regclass('state')::text"))[0][0] is None:
            raise CommandError("This database holds nothing of score yet: the service has never run on it.", NOT_FOUND)
        return await work(sql)

    return with_schema(SCHEMA, done, timeout_s=ANSWER_S)


async def recorded_lead(sql: Sql, lead_id: UUID) -> Judged:
    """One lead. Raises CommandError saying why there is no judgement of it."""
    rows = await sql.fetch(_ONE, (lead_id,))
    if not rows:
        raise CommandError(f"Score has never heard of lead {lead_id}.", NOT_FOUND)
    merged_into, body = rows[0]
    if merged_into is not None:
        raise CommandError(f"Lead {lead_id} is part of {merged_into}; ask for that one.", NOT_FOUND)
    found = judged_in((lead_id, False, bytes(body)))
    if isinstance(found, str):
        raise CommandError(f"Lead {lead_id} is {found}: there is no score of it.", NOT_FOUND)
    return found


async def recorded_pages(sql: Sql) -> AsyncIterator[Sequence[Row]]:
    """All leads by id, as each page finds them."""
    last = _FIRST
    while rows := await sql.fetch(_PAGE, (last, PAGE)):
        last = rows[-1][0]
        yield [(lead_id, part, bytes(body)) for lead_id, part, body in rows]


def judged_in(row: Row) -> Judged | str:
    """What a row holds, or in words why it cannot be judged: one lead that is broken does not hide the others."""
    lead_id, part, stored = row
    if part:
        return "part of another lead"
    try:
        body: Body = _CODEC.decode(restored(stored))
        enriched = enriched_in(body.snapshot) if body.snapshot else None
    except (Undecodable, StructError):
        return "not readable"
    if enriched is None:
        return "not captured yet, or erased"
    if enriched.captured.quarantine is not None:
        return "kept apart"
    if body.memory.as_of is None:
        return "not judged yet"
    evidence = evidence_of(enriched, body.memory)
    return Judged(lead_id, evidence, microseconds(body.memory.as_of), body.memory, enriched)
