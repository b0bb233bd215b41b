"""Route's own tables: one row per member (balances, loads), one per pool (held leads), locked in the order of the ids.

Members, not pools, hold the balances and the counts, because the caps of somebody in two pools count for both.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any, Protocol
from uuid import UUID

from leadline_route.core.roster import Counts, Load
from leadline_route.locks import wanted
from leadline_route.outcomes import MIGRATION as COMMANDS
from leadline_route.outcomes import ROSTER as ROSTER_COMMANDS
from leadline_route.outcomes import OutcomeTable, PostgresOutcomes
from leadline_route.owned import MIGRATION as OWNED
from leadline_route.owned import OwnedTable, PostgresOwned, owner_of
from leadline_route.owned_filling import MIGRATION as FILLING
from leadline_route.roster_table import MIGRATION as CHANGES
from leadline_route.roster_table import ChangesTable, PostgresChanges
from leadline_route.view import RouteView
from leadline_runtime.decision import Grounds, LeadState
from leadline_runtime.items import Item, Record
from leadline_runtime.outcomes import NotNow
from leadline_runtime.transaction import Transaction
from leadline_schemas.roster import RosterChange

MIGRATIONS: tuple[tuple[str, str], ...] = (
    (
        "route-1",
        """
        CREATE TABLE member (id text PRIMARY KEY, open integer NOT NULL DEFAULT 0, owed jsonb NOT NULL DEFAULT '{}',
            assigned jsonb NOT NULL DEFAULT '{}', repaying text[] NOT NULL DEFAULT '{}') WITH (fillfactor = 50);
        COMMENT ON COLUMN member.owed IS 'pool: leads owed, an exact fraction';
        COMMENT ON COLUMN member.assigned IS 'local date: leads received; of the current week and month';
        CREATE TABLE pool (id text PRIMARY KEY, held integer NOT NULL DEFAULT 0, early_until timestamptz,
            early jsonb NOT NULL DEFAULT '{}', last text, run integer NOT NULL DEFAULT 0) WITH (fillfactor = 50);
        """,
    ),
    COMMANDS,
    OWNED,
    ROSTER_COMMANDS,
    CHANGES,
    FILLING,
)
# Rows are made before any lock is taken, smallest id first, so that two batches cannot wait for each other.
MAKE_MEMBERS = "INSERT INTO member (id) SELECT unnest(%b::text[]) ORDER BY 1 ON CONFLICT DO NOTHING RETURNING id"
MAKE_POOLS = "INSERT INTO pool (id) SELECT unnest(%b::text[]) ORDER BY 1 ON CONFLICT DO NOTHING RETURNING id"
LOCK_MEMBERS = "SELECT FROM member WHERE id = ANY(%b::text[]) ORDER BY id FOR UPDATE"
LOCK_POOLS = "SELECT FROM pool WHERE id = ANY(%b::text[]) ORDER BY id FOR UPDATE"
READ_MEMBERS = "SELECT id, open, owed::text, assigned::text, repaying FROM member WHERE id = ANY(%b::text[])"
READ_POOLS = "SELECT id, held, early_until, early::text, last, run FROM pool WHERE id = ANY(%b::text[])"
WRITE_MEMBERS = """
    UPDATE member SET open = new.open, owed = new.owed::jsonb, assigned = new.assigned::jsonb,
      repaying = string_to_array(new.repaying, ',')
    FROM unnest(%b::text[], %b::int[], %b::text[], %b::text[], %b::text[])
      AS new (id, open, owed, assigned, repaying)
    WHERE member.id = new.id"""
WRITE_POOLS = """
    UPDATE pool SET held = new.held, early_until = new.early_until, early = new.early::jsonb, last = new.last,
      run = new.run
    FROM unnest(%b::text[], %b::int[], %b::timestamptz[], %b::text[], %b::text[], %b::int[])
      AS new (id, held, early_until, early, last, run)
    WHERE pool.id = new.id"""


class RosterTable(Protocol):
    """Where the rows live: PostgreSQL, or memory in tests."""

    async def lock(
        self, tx: Transaction, members: Sequence[str], pools: Sequence[str]
    ) -> tuple[dict[str, Load], dict[str, Counts]]:
        """Lock and then read these rows; rows that do not exist yet begin at nothing owed, nothing open."""

    async def save(self, tx: Transaction, members: Mapping[str, Load], pools: Mapping[str, Counts]) -> None:
        """Write these rows in the same transaction."""


class PostgresRoster:
    """The tables `member` and `pool` of the service's schema."""

    def __init__(self) -> None:
        self._known: set[tuple[str, str]] = set()  # rows seen committed: they need not be made again

    async def lock(
        self, tx: Transaction, members: Sequence[str], pools: Sequence[str]
    ) -> tuple[dict[str, Load], dict[str, Counts]]:
        """See RosterTable. Locked in one statement, read in the next: one that waited still sees the old row."""
        await self._make(tx, "member", MAKE_MEMBERS, members)
        await self._make(tx, "pool", MAKE_POOLS, pools)
        if members:
            await tx.execute(LOCK_MEMBERS, (list(members),))
        if pools:
            await tx.execute(LOCK_POOLS, (list(pools),))
        loads = [load_of(row) for row in await tx.fetch(READ_MEMBERS, (list(members),))] if members else []
        counts = [counts_of(row) for row in await tx.fetch(READ_POOLS, (list(pools),))] if pools else []
        if len(loads) < len(members) or len(counts) < len(pools):
            self._known.clear()
            raise NotNow("rows of members or pools were deleted: they are made again")
        return dict(loads), dict(counts)

    async def _make(self, tx: Transaction, table: str, statement: str, ids: Sequence[str]) -> None:
        new = [each for each in ids if (table, each) not in self._known]
        if new:
            made = {row[0] for row in await tx.fetch(statement, (new,))}
            # What this transaction made is not known yet: it may still be rolled back.
            self._known.update((table, each) for each in new if each not in made)

    async def save(self, tx: Transaction, members: Mapping[str, Load], pools: Mapping[str, Counts]) -> None:
        """See RosterTable."""
        if members:
            await tx.execute(WRITE_MEMBERS, _columns(_member_row(each, members[each]) for each in sorted(members)))
        if pools:
            await tx.execute(WRITE_POOLS, _columns(_pool_row(each, pools[each]) for each in sorted(pools)))


class RouteStore:
    """Reads the rows that a batch may touch, and writes those that its decisions changed."""

    def __init__(
        self,
        roster: RosterTable | None = None,
        outcomes: OutcomeTable | None = None,
        owned: OwnedTable | None = None,
        changes: ChangesTable | None = None,
    ) -> None:
        self.roster: RosterTable = roster or PostgresRoster()
        self.outcomes: OutcomeTable = outcomes or PostgresOutcomes()
        self.owned: OwnedTable = owned or PostgresOwned()
        self.changes: ChangesTable = changes or PostgresChanges()
        self._all_next = False

    async def read(
        self, tx: Transaction, items: Sequence[Item], leads: dict[UUID, LeadState[Any]], grounds: Grounds
    ) -> RouteView:
        """Match the items against the rules, lock whom they may concern, read."""
        await self.changes.check(tx, grounds.rules)
        had = {lead: owner_of(state.body) for lead, state in leads.items()}
        view = RouteView(self._missing, leads=leads, had=had)
        members, pools = wanted(items, leads, grounds.rules, view)
        if self._all_next:
            team = grounds.rules.team
            members, pools = sorted({*members, *team.members}), sorted({*pools, *team.pools})
            self._all_next = False
        if changes := [
            each.value.submission_id
            for each in items
            if isinstance(each, Record) and isinstance(each.value, RosterChange)
        ]:
            view.overlay, view.known_changes = await self.changes.lock(tx, changes)
        view.members, view.pools = await self.roster.lock(tx, members, pools)
        return view

    async def write(self, tx: Transaction, view: RouteView) -> None:
        """Write what the decisions changed."""
        await self.roster.save(tx, *view.changed_rows())
        if moved := view.moved():
            await self.owned.write(tx, moved)
        if view.entries:
            await self.changes.write(tx, view.overlay, view.entries)
        if view.outcomes:
            await self.outcomes.write(tx, view.outcomes)

    def _missing(self, what: str) -> Exception:
        """A decision needs a row that was not foreseen: the same batch again, with everybody locked."""
        self._all_next = True
        return NotNow(f"the row of {what} was not locked: all rows are locked next time")


def load_of(row: tuple[Any, ...]) -> tuple[str, Load]:
    id_, open_, owed, assigned, repaying = row
    balances = {pool: Fraction(text) for pool, text in json.loads(owed).items()}
    return id_, Load(balances, open_, json.loads(assigned), frozenset(repaying))


def counts_of(row: tuple[Any, ...]) -> tuple[str, Counts]:
    id_, held, early_until, early, last, run = row
    return id_, Counts(held, early_until, json.loads(early), last, run)


def _member_row(id_: str, load: Load) -> tuple[str, int, str, str, str]:
    owed = {pool: str(balance) for pool, balance in load.owed.items()}
    return id_, load.open, json.dumps(owed), json.dumps(dict(load.assigned)), ",".join(sorted(load.repaying))


def _pool_row(id_: str, counts: Counts) -> tuple[str, int, datetime | None, str, str | None, int]:
    return id_, counts.held, counts.early_until, json.dumps(dict(counts.early)), counts.last, counts.run


def _columns(rows: Iterable[tuple[Any, ...]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]
