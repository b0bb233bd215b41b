"""The leads that wait although a promise to them was broken, as rows: a person sees them at once among millions.

Written in the transaction of the decision that made or ended it, and only then: most batches write none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from leadline_runtime.decision import LeadState
from leadline_runtime.items import Item
from leadline_runtime.transaction import Transaction
from leadline_sla_monitor.core.known import Known
from leadline_sla_monitor.overdue_number import NUMBER

MIGRATIONS = (
    (
        "sla-monitor-1",
        """
        CREATE TABLE overdue (lead_id uuid PRIMARY KEY, since timestamptz NOT NULL, owner text);
        CREATE INDEX overdue_since ON overdue (since, lead_id);
        COMMENT ON TABLE overdue IS 'leads that wait after a broken promise; follows the states, in their transactions';
        """,
    ),
    ("sla-monitor-2", NUMBER),
)
KEEP = """INSERT INTO overdue (lead_id, since, owner)
    SELECT * FROM unnest(%b::uuid[], %b::timestamptz[], %b::text[])
    ON CONFLICT (lead_id) DO UPDATE SET since = excluded.since, owner = excluded.owner"""
DROP = "DELETE FROM overdue WHERE lead_id = ANY(%b::uuid[])"
Row = tuple[datetime, str | None]  # since when, who has it
Moved = Mapping[UUID, Row | None]


def row_of(known: Known) -> Row | None:
    """Since when the first broken promise is overdue to a lead that still waits, and who has it; None: it is not."""
    if known.overdue_since is None:
        return None
    newest = known.routings[-1] if known.routings else None
    return known.overdue_since, newest.owner if newest is not None and newest.outcome == "person" else None


def moved(lead: UUID, before: Known, after: Known) -> Moved | None:
    """What a decision changes of the rows; None: nothing, as nearly always."""
    if before.overdue_since is None and after.overdue_since is None:
        return None
    row = row_of(after)
    return {lead: row} if row != row_of(before) else None


class OverdueTable(Protocol):
    """Where the rows live: PostgreSQL, or memory in tests."""

    async def write(self, tx: Transaction, rows: Moved) -> None:
        """These leads are overdue so from now on; None: no more."""


class PostgresOverdue:
    """The table `overdue` of the service's schema. No two batches write one lead: its lane is one instance's."""

    async def write(self, tx: Transaction, rows: Moved) -> None:
        """See OverdueTable."""
        kept = sorted((lead, *row) for lead, row in rows.items() if row is not None)
        gone = sorted(lead for lead, row in rows.items() if row is None)
        if kept:
            leads, since, owners = (list(column) for column in zip(*kept, strict=True))
            await tx.execute(KEEP, (leads, since, owners))
        if gone:
            await tx.execute(DROP, (gone,))


@dataclass
class OverdueView:
    """What the decisions of one batch change. See leadline_runtime.step.View."""

    rows: dict[UUID, Row | None] = field(default_factory=dict)

    def apply(self, delta: Any) -> None:
        """See View.apply."""
        self.rows.update(delta)


class OverdueStore:
    """See leadline_runtime.step.Store. Nothing is read: a row follows from its lead alone."""

    def __init__(self, table: OverdueTable) -> None:
        self._table = table

    async def read(
        self, tx: Transaction, items: Sequence[Item], leads: dict[UUID, LeadState[Any]], grounds: Any
    ) -> OverdueView:
        """See Store.read."""
        return OverdueView()

    async def write(self, tx: Transaction, view: OverdueView) -> None:
        """See Store.write."""
        if view.rows:
            await self._table.write(tx, view.rows)
