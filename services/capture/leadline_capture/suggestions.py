"""Leads that may be one person, as capture has noted them for a person to decide."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from leadline_runtime.core.values import dataclass
from leadline_runtime.sql import Sql

# The end of the chain of merges that a lead is in; NULL if it is part of none.
_ROOT = """(WITH RECURSIVE up AS (SELECT merged_into AS lead_id, 1 AS steps FROM state WHERE lead_id = {lead}
            UNION ALL SELECT state.merged_into, steps + 1 FROM up JOIN state USING (lead_id))
        SELECT lead_id FROM up WHERE lead_id IS NOT NULL ORDER BY steps DESC LIMIT 1)"""
# Both as they are now: what became part of another is shown as that, and a pair that became one is decided.
_ROOTS = f"""SELECT lead_id, other, coalesce({_ROOT.format(lead="s.lead_id")}, lead_id) AS root,
        coalesce({_ROOT.format(lead="s.other")}, other) AS other_root, reason, score, words, found_at
    FROM suggestion s WHERE dismissed_at IS NULL"""  # noqa: S608
# Parts of one lead that look like the same other are one pair: its strongest reason (of a key, else the likeliest).
_PAIRS = f"""SELECT DISTINCT ON (least(root, other_root), greatest(root, other_root)) *
    FROM ({_ROOTS}) AS told
    WHERE root <> other_root AND (%s::uuid IS NULL OR %s::uuid IN (lead_id, other, root, other_root))
    ORDER BY least(root, other_root), greatest(root, other_root), score DESC, found_at DESC, lead_id, other"""  # noqa: S608
OPEN = f"""SELECT root, other_root, reason, score, words, found_at FROM ({_PAIRS}) AS pairs
    ORDER BY found_at DESC, lead_id, other LIMIT %s"""  # noqa: S608
DISMISS = f"""UPDATE suggestion SET dismissed_at = %s FROM ({_ROOTS}) AS told
    WHERE suggestion.lead_id = told.lead_id AND suggestion.other = told.other
    AND ((told.root = %s AND told.other_root = %s) OR (told.root = %s AND told.other_root = %s))
    RETURNING told.root"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Two leads that may be one person. `reason`: the kind of key that both have, or likeness; then `score` is the
    probability, and `words` tells what is alike and what differs."""

    lead_id: UUID
    other: UUID
    reason: str
    score: float | None
    words: str | None
    found_at: datetime


async def open_suggestions(sql: Sql, lead_id: UUID | None, most: int) -> Sequence[Suggestion]:
    """Those that nobody has decided, the newest first; of one lead, if asked. Raises DatabaseTrouble."""
    rows = await sql.fetch(OPEN, (lead_id, lead_id, most))
    return [Suggestion(*row) for row in rows]


async def dismiss(sql: Sql, one: UUID, other: UUID, at: datetime) -> bool:
    """They are two persons: not shown any more. False if no such pair is open. Raises DatabaseTrouble."""
    return bool(await sql.fetch(DISMISS, (at, one, other, other, one)))
