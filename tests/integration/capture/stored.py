"""Capture on a real PostgreSQL: the same story, with `CaptureStore` and the runtime's own transaction."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import psycopg

from leadline_capture.app import STEP
from leadline_capture.store import CaptureStore
from leadline_capture.tables import MIGRATIONS
from leadline_runtime.consumed import Consumed
from leadline_runtime.database import Doubt, OutboxRow
from leadline_runtime.migrations import RUNTIME
from leadline_runtime.postgres import Postgres
from tests.unit.capture.story import Capture, Deciding, Told


class StoredCapture(Capture):
    """One instance of capture that owns one lane. Instances of one schema share its tables."""

    def __init__(self, url: str, schema: str, lane: int = 0) -> None:
        super().__init__()
        self.url, self.schema, self.lane = url, schema, lane
        self.tables = CaptureStore()
        self.database = Postgres(url, schema, STEP.body, RUNTIME + MIGRATIONS)
        self.rows: dict[int, OutboxRow] = {}

    async def open(self) -> "StoredCapture":
        """Make the tables and claim the lane."""
        await self.database.prepare()
        await self.claim()
        return self

    async def claim(self) -> None:
        """Claim the lane, as after any doubt."""
        self.rows = dict((await self.database.claim([self.lane])).outbox)

    async def close(self) -> None:
        """Let the connection go."""
        await self.database.close()

    async def freeze(self, now: datetime) -> None:
        """Stop the pipeline's clock at `now`."""
        self.now = now
        async with await psycopg.AsyncConnection.connect(self.url) as connection:
            await connection.execute(f"SET search_path TO {self.schema}".encode())
            await connection.execute("DELETE FROM clock")
            await connection.execute("INSERT INTO clock (at, set_at, rate) VALUES (%s, now(), 0)", (now,))

    async def between(self) -> None:
        """Between reading and writing another instance may come."""
        await asyncio.sleep(0)

    async def transact(self, records: Sequence[Consumed]) -> list[Told]:
        """Read, decide and write in one transaction of PostgreSQL; once more if it doubts, as the loop does.

        On a full machine the first decision, which loads much, can take longer than a transaction may be idle.
        """
        try:
            return await self._transact(records)
        except Doubt:
            await self.claim()
            return await self._transact(records)

    async def _transact(self, records: Sequence[Consumed]) -> list[Told]:
        async with self.database.batch([self.lane]) as tx:
            opened = await tx.open([], None, 500)
            deciding = Deciding(records, opened.now)
            view = await self.tables.read(tx, deciding.items, opened.states, deciding.grounds)
            await self.between()
            told = deciding.decided(opened.states, view, self.order)
            written = deciding.written(self.rows)
            await tx.write(written)
            await self.tables.write(tx, view)
            await tx.commit()
        self.rows.update(written.outbox)
        return told

    async def rows_of(self, sql: str) -> list[tuple[Any, ...]]:
        """What stands in the tables."""
        async with await psycopg.AsyncConnection.connect(self.url) as connection:
            await connection.execute(f"SET search_path TO {self.schema}".encode())
            return await (await connection.execute(sql.encode())).fetchall()
