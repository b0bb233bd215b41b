"""Puts leads that had their owners before the table `owned` was there into it: once, beside the loop, page by page.

The surveys of the gauges cannot do it: they read leads that have an alarm, and most that somebody owns have none. Where
it stands is in the table `owned_filling`, so that what was done before a crash is not done again; several instances may
do it at once, each page twice at worst. A lead that a batch is deciding meanwhile is waited for, and looked at again.
"""

import asyncio
from collections.abc import Mapping, Sequence
from time import monotonic
from typing import TYPE_CHECKING, Final
from uuid import UUID

from leadline_route.owned import owner_of
from leadline_route.state import BodyCodec
from leadline_runtime.bodies import restored
from leadline_runtime.core.values import dataclass
from leadline_runtime.logs import logger
from leadline_runtime.sql import DatabaseTrouble, Sql
from leadline_schemas.codec import Undecodable

if TYPE_CHECKING:
    from leadline_runtime.loop import Loop

log = logger(__name__)
MIGRATION: Final = (
    "route-owned-2",
    """
    CREATE TABLE owned_filling (one boolean PRIMARY KEY DEFAULT true CHECK (one), after uuid NOT NULL,
        done boolean NOT NULL DEFAULT false);
    INSERT INTO owned_filling (after) VALUES ('00000000-0000-0000-0000-000000000000');
    COMMENT ON TABLE owned_filling IS 'how far the table owned was filled with leads that were older than it';
    """,
)
PAGE: Final = 200
SLICE: Final = 25  # leads looked at without a rest: 1 or 2 ms
REST: Final = 2  # the rest after it in relation to the work, as in leadline_runtime.survey
RETRY_S: Final = 2.0
STANDS: Final = "SELECT after, done FROM owned_filling"
# A row's xmin is another one after each change of the row.
READ: Final = """SELECT lead_id, xmin::text, body FROM state
    WHERE lead_id > %b::uuid AND NOT EXISTS (SELECT FROM owned WHERE owned.lead_id = state.lead_id)
    ORDER BY lead_id LIMIT %b::int"""
READ_AGAIN: Final = "SELECT lead_id, xmin::text, body FROM state WHERE lead_id = ANY(%b::uuid[]) ORDER BY lead_id"
# Whoever changes a lead has its row locked until its owner is written too: either this waits for him and then finds
# another xmin, or he waits for this and then finds what was put here.
PUT: Final = """WITH same AS (
      SELECT lead_id, found.owner FROM unnest(%b::uuid[], %b::text[], %b::text[]) AS found (lead_id, owner, version)
        JOIN state USING (lead_id) WHERE state.xmin::text = found.version ORDER BY lead_id FOR SHARE OF state),
    put AS (INSERT INTO owned (lead_id, owner) SELECT lead_id, owner FROM same ON CONFLICT DO NOTHING)
    SELECT lead_id FROM same"""
REACHED: Final = "UPDATE owned_filling SET after = greatest(after, %b::uuid), done = done OR %b::boolean"


@dataclass(frozen=True, slots=True)
class Row:
    """A lead as it is stored; `version` is another one after each change."""

    lead: UUID
    version: str
    body: bytes


class OwnedFilling:
    """Fills the table for as long as it is awaited; `page`: leads read at once."""

    def __init__(self, sql: Sql, page: int = PAGE) -> None:
        self._sql, self._page, self._codec = sql, page, BodyCodec()

    async def run(self) -> None:
        """Until it is done. Without PostgreSQL it waits."""
        while True:
            try:
                while not await self.turn():
                    pass
            except DatabaseTrouble as error:
                log.warning("finding whose older leads are whose waits for the database", fault=str(error))
                await asyncio.sleep(RETRY_S)
            else:
                return

    async def turn(self) -> bool:
        """One page; True when there is nothing left to do. Raises DatabaseTrouble."""
        ((after, done),) = await self._sql.fetch(STANDS)
        if done:
            return True
        rows = await self._read(READ, after, self._page)
        left: Sequence[Row] = rows
        while left:
            left = await self._put(left)
        done = len(rows) < self._page
        await self._sql.fetch(REACHED, (rows[-1].lead if rows else after, done))
        if done:
            log.info("whose older leads are whose is known")
        return done

    async def _put(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Write whose they are; those that were changed meanwhile, as they are now."""
        owners = await self._owners(rows)
        found = [(each.lead, owners[each.lead], each.version) for each in rows if each.lead in owners]
        if not found:
            return ()
        same = {lead for (lead,) in await self._sql.fetch(PUT, [list(column) for column in zip(*found, strict=True)])}
        other = [lead for lead, _, _ in found if lead not in same]
        return await self._read(READ_AGAIN, other) if other else ()

    async def _owners(self, rows: Sequence[Row]) -> Mapping[UUID, str]:
        owners: dict[UUID, str] = {}
        for start in range(0, len(rows), SLICE):
            began = monotonic()
            for row in rows[start : start + SLICE]:
                owner = self._owner(row)
                if owner is not None:
                    owners[row.lead] = owner
            await asyncio.sleep((monotonic() - began) * REST)
        return owners

    def _owner(self, row: Row) -> str | None:
        try:
            return owner_of(self._codec.decode(restored(row.body)))
        except Undecodable:
            return None  # the loop tells of it when something comes for this lead

    async def _read(self, statement: str, *given: object) -> list[Row]:
        return [Row(lead, version, bytes(body)) for lead, version, body in await self._sql.fetch(statement, given)]


async def filling(loop: "Loop") -> None:
    """The work as the step's beside its loop."""
    sql = Sql(loop.parts.settings.database_url.get_secret_value(), loop.step.schema)
    try:
        await OwnedFilling(sql).run()
    finally:
        await sql.close()
