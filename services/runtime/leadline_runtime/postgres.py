"""PostgreSQL behind the loop: one connection per instance, pipelined, binary. The only file that opens connections."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg

from leadline_runtime import clock
from leadline_runtime.database import (
    BadData,
    BatchTransaction,
    Conflict,
    Doubt,
    Look,
    OutboxRow,
    Suspect,
)
from leadline_runtime.logs import logger
from leadline_runtime.migrations import RUNTIME, Migrations, migrate
from leadline_runtime.postgres_batch import PostgresBatch
from leadline_runtime.step import BodyCodec

log = logger(__name__)
# A SIGSTOPped owner would hold its lanes' locks for ever: the server ends its transaction after 3 s.
SESSION = {
    "lock_timeout": "5s",
    "statement_timeout": "10s",
    "idle_in_transaction_session_timeout": "3s",
    "transaction_timeout": "15s",
    "jit": "off",
}


LOOK = f"""SELECT n.at, coalesce((SELECT rate FROM clock), 1),
    EXISTS (SELECT FROM state WHERE lane = ANY(%b::int[]) AND timer_at <= n.at)
    OR EXISTS (SELECT FROM state WHERE lane = ANY(%b::int[]) AND judge_at <= %b::timestamptz),
    EXISTS (SELECT FROM inbox WHERE lane = ANY(%b::int[])) FROM (SELECT {clock.NOW} AS at) n"""  # noqa: S608


SUSPECT = """UPDATE lane SET suspect = said.mark::jsonb FROM unnest(%b::int[], %b::text[]) AS said (lane, mark)
    WHERE lane.lane = said.lane AND lane.owner = %b"""


def translate(error: psycopg.Error) -> Exception:
    """What an error of the driver means for the loop (loop, section 4: PostgreSQL errors)."""
    state = error.sqlstate
    if state is None or state[:2] in {"08", "53", "57", "25"}:
        return Doubt(f"PostgreSQL: {type(error).__name__}")
    if state in {"40001", "40P01", "55P03"}:
        return Conflict(f"PostgreSQL {state}")
    if state[:2] in {"22", "23"}:
        return BadData(f"PostgreSQL {state}")
    return error


@asynccontextmanager
async def translated() -> AsyncIterator[None]:
    """Turn the driver's errors into the loop's."""
    try:
        yield
    except psycopg.Error as error:
        raise translate(error) from error


class Postgres:
    """The database of one service, as the port `Database` asks for."""

    def __init__(self, url: str, schema: str, body: BodyCodec[Any], migrations: Migrations = RUNTIME) -> None:
        self.url, self.schema, self.body, self.migrations = url, schema, body, migrations
        self.token: UUID | None = None
        self._connection: psycopg.AsyncConnection[Any] | None = None

    async def prepare(self) -> None:
        """See Database.prepare."""
        async with translated():
            applied = await asyncio.to_thread(migrate, self.url, self.schema, self.migrations)
        if applied:
            log.info("migrated", schema=self.schema, migrations=applied)

    async def connection(self) -> psycopg.AsyncConnection[Any]:
        """The live connection, made again if it broke. Raises Doubt."""
        if self._connection is not None and not self._connection.broken and not self._connection.closed:
            return self._connection
        async with translated():
            made = await asyncio.wait_for(psycopg.AsyncConnection.connect(self.url, connect_timeout=5), 6)
            try:
                version = made.info.server_version
                pairs = SESSION if version >= 170000 else {k: v for k, v in SESSION.items() if k[:11] != "transaction"}
                for name, value in pairs.items():
                    await made.execute("SELECT set_config(%s, %s, false)", (name, value))
                await made.execute("SELECT set_config('search_path', %s, false)", (self.schema,))
                await made.commit()
            except BaseException:
                await made.close()
                raise
        self._connection = made
        return made

    async def close(self) -> None:
        """Close the connection; the next use opens a new one."""
        if self._connection is not None:
            await self._connection.close()
            self._connection = None

    async def claim(self, lanes: Sequence[int]) -> tuple[Mapping[int, OutboxRow], Mapping[int, Suspect]]:
        """See Database.claim. Always on a new connection: the old one may hold what is in doubt."""
        await self.close()
        connection = await self.connection()
        wanted, token = sorted(lanes), uuid4()
        async with translated():
            await connection.execute(
                "INSERT INTO lane (lane) SELECT unnest(%b::int[]) ON CONFLICT DO NOTHING", (wanted,)
            )
            await connection.execute(
                "SELECT 1 FROM lane WHERE lane = ANY(%b::int[]) ORDER BY lane FOR UPDATE", (wanted,)
            )
            await connection.execute("UPDATE lane SET owner = %b WHERE lane = ANY(%b::int[])", (token, wanted))
            rows = await (
                await connection.execute(
                    "SELECT lane, seq, positions, frame, rejected_in_a_row FROM outbox WHERE lane = ANY(%b::int[])"
                    " ORDER BY lane, seq",
                    (wanted,),
                    binary=True,
                )
            ).fetchall()
            marks = await (
                await connection.execute(
                    "SELECT lane, suspect FROM lane WHERE lane = ANY(%b::int[]) AND suspect IS NOT NULL", (wanted,)
                )
            ).fetchall()
            await connection.commit()
        self.token = token
        outbox = {
            lane: OutboxRow(seq, positions, bytes(frame), rejected) for lane, seq, positions, frame, rejected in rows
        }
        return outbox, {lane: Suspect(**mark) for lane, mark in marks}

    @asynccontextmanager
    async def batch(self, lanes: Sequence[int]) -> AsyncIterator[BatchTransaction]:
        """See Database.batch. Any doubt closes the connection."""
        connection = await self.connection()
        assert self.token is not None, "claim before the first batch"
        try:
            async with translated():
                yield PostgresBatch(connection, sorted(lanes), self.token, self.body)
        except Doubt:
            await self.close()
            raise
        except BaseException:
            await self._rollback(connection)
            raise
        else:
            await self._rollback(connection)  # nothing is open after a commit

    async def _rollback(self, connection: psycopg.AsyncConnection[Any]) -> None:
        try:
            await asyncio.wait_for(connection.rollback(), 5)
        except (psycopg.Error, TimeoutError):
            await self.close()

    async def look(self, lanes: Sequence[int], horizon: datetime | None) -> Look:
        """See Database.look."""
        connection = await self.connection()
        mine = list(lanes)
        async with translated():
            row = await (await connection.execute(LOOK, (mine, mine, horizon, mine))).fetchone()
            await connection.commit()
        assert row is not None
        return Look(*row)

    async def suspect(self, suspicions: Mapping[int, Suspect]) -> None:
        """See Database.suspect."""
        connection = await self.connection()
        marks = [json.dumps({name: getattr(mark, name) for name in Suspect.__slots__}) for mark in suspicions.values()]
        async with translated():
            await connection.execute(SUSPECT, (list(suspicions), marks, self.token))
            await connection.commit()
