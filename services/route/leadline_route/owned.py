"""Whose leads are whose, as a table: by it those of one who left or is away are found without a look at the rest."""

from collections.abc import Mapping
from typing import Protocol
from uuid import UUID

from leadline_route.state import Body
from leadline_runtime.transaction import Transaction

MIGRATION = (
    "route-owned-1",
    """
    CREATE TABLE owned (lead_id uuid PRIMARY KEY, owner text NOT NULL);
    CREATE INDEX owned_owner ON owned (owner, lead_id);
    COMMENT ON TABLE owned IS 'leads with an owner that are not over; follows the states, in their transactions';
    """,
)
OVER = frozenset({"disqualified", "archived"})
KEEP = """INSERT INTO owned (lead_id, owner) SELECT * FROM unnest(%b::uuid[], %b::text[])
    ON CONFLICT (lead_id) DO UPDATE SET owner = excluded.owner"""
DROP = "DELETE FROM owned WHERE lead_id = ANY(%b::uuid[])"


def owner_of(body: Body) -> str | None:
    """Who has the lead, if anything can still come of it."""
    standing = body.standing
    return standing.owner if standing.outcome == "person" and standing.stage not in OVER else None


class OwnedTable(Protocol):
    """Where the rows live: PostgreSQL, or memory in tests."""

    async def write(self, tx: Transaction, moved: Mapping[UUID, str | None]) -> None:
        """Who has these leads from now on; None: nobody."""


class PostgresOwned:
    """The table `owned` of the service's schema. No two batches write one lead: its lane is one instance's."""

    async def write(self, tx: Transaction, moved: Mapping[UUID, str | None]) -> None:
        """See OwnedTable."""
        kept = sorted((lead, owner) for lead, owner in moved.items() if owner is not None)
        gone = sorted(lead for lead, owner in moved.items() if owner is None)
        if kept:
            await tx.execute(KEEP, ([lead for lead, _ in kept], [owner for _, owner in kept]))
        if gone:
            await tx.execute(DROP, (gone,))
