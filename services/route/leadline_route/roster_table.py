"""The changes of the roster in PostgreSQL: the newest roster as one row, and the history of all changes."""

import json
from collections.abc import Sequence
from typing import Any, Protocol
from uuid import UUID

from leadline_route.core.overlay import TeamOverlay
from leadline_route.core.rulebook import Rulebook
from leadline_route.roster_entries import Entry
from leadline_route.roster_rules import IN_FORCE, OVERLAID
from leadline_runtime.outcomes import NotNow
from leadline_runtime.transaction import Transaction

MIGRATION = (
    "route-roster-1",
    """
    CREATE TABLE roster (one boolean PRIMARY KEY DEFAULT true CHECK (one), number integer NOT NULL, body text NOT NULL);
    INSERT INTO roster (number, body) VALUES (0, '{}');
    CREATE TABLE roster_change (row bigserial PRIMARY KEY, id uuid UNIQUE, at timestamptz NOT NULL,
        author text NOT NULL, kind text NOT NULL, member text, told text, number integer, version text, digest text,
        reason text, detail text);
    COMMENT ON TABLE roster IS 'what people ordered over team.yaml: rules named ...+roster.N are the files with it';
    COMMENT ON TABLE roster_change IS 'who changed the roster, and what became of it; author file: files read anew';
    """,
)
LOCK = "SELECT FROM roster FOR UPDATE"
READ = "SELECT number, body FROM roster"
KNOWN = "SELECT id FROM roster_change WHERE id = ANY(%b::uuid[])"
WRITE = "UPDATE roster SET number = %b::int, body = %b::text"
ENTER = """INSERT INTO roster_change (id, at, author, kind, member, told, number, reason, detail)
    SELECT * FROM unnest(%b::uuid[], %b::timestamptz[], %b::text[], %b::text[], %b::text[], %b::text[], %b::int[],
      %b::text[], %b::text[])"""
# Once (two instances at the very same moment: once each); again when the file of before is put back.
READ_ANEW = """INSERT INTO roster_change (at, author, kind, version, digest)
    SELECT %s, 'file', 'file.read', %s, %s WHERE %s IS DISTINCT FROM
      (SELECT digest FROM roster_change WHERE kind = 'file.read' ORDER BY row DESC LIMIT 1)"""


class ChangesTable(Protocol):
    """Where the roster lives: PostgreSQL, or memory in tests."""

    async def check(self, tx: Transaction, rules: Rulebook) -> None:
        """Raises NotNow while this process has not put the roster in force: nobody is given a lead without it."""

    async def lock(self, tx: Transaction, changes: Sequence[UUID]) -> tuple[TeamOverlay, set[UUID]]:
        """Lock and then read the roster, and which of these changes were decided before."""

    async def write(self, tx: Transaction, overlay: TeamOverlay, entries: Sequence[Entry]) -> None:
        """Keep both in the same transaction."""


class PostgresChanges:
    """The tables `roster` and `roster_change` of the service's schema."""

    async def check(self, tx: Transaction, rules: Rulebook) -> None:
        """See ChangesTable. Read once; from then on roster_watch follows it."""
        if IN_FORCE.team is None:
            ((number, body),) = await tx.fetch(READ)
            IN_FORCE.team = overlay_of(number, body)
        if IN_FORCE.team.number and OVERLAID not in rules.contents:
            raise NotNow("the rules are being loaded with the roster over them")

    async def lock(self, tx: Transaction, changes: Sequence[UUID]) -> tuple[TeamOverlay, set[UUID]]:
        """See ChangesTable."""
        await tx.execute(LOCK)
        ((number, body),) = await tx.fetch(READ)
        known = await tx.fetch(KNOWN, (list(changes),))
        return overlay_of(number, body), {each for (each,) in known}

    async def write(self, tx: Transaction, overlay: TeamOverlay, entries: Sequence[Entry]) -> None:
        """See ChangesTable."""
        await tx.execute(WRITE, (overlay.number, json.dumps(overlay.members, sort_keys=True)))
        await tx.execute(ENTER, [list(column) for column in zip(*map(_row, entries), strict=True)])


def overlay_of(number: int, body: str) -> TeamOverlay:
    """The roster in a row."""
    return TeamOverlay(number, json.loads(body))


def _row(entry: Entry) -> tuple[Any, ...]:
    change = entry.change
    return (
        change.submission_id, entry.decided_at, change.author, change.kind, change.member, json.dumps(change.told),
        entry.number, entry.reason, entry.detail,
    )  # fmt: skip
