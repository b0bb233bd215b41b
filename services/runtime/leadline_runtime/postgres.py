"""PostgreSQL behind the loop: one connection per instance, pipelined, binary, in a thread of its own.

The driver's waits are in C there and let the event loop go on; on the event loop each of them cost more than the
statement. A call that is not answered in time gives up thread and connection: that is doubt, and doubt is a claim.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID, uuid4

import psycopg

from leadline_runtime import clock
from leadline_runtime.database import (
    BadData,
    BatchTransaction,
    Conflict,
    Doubt,
    Held,
    Look,
    OutboxRow,
    Pages,
    Suspect,
)
from leadline_runtime.logs import logger
from leadline_runtime.migrations import RUNTIME, Migrations, migrate
from leadline_runtime.postgres_batch import PostgresBatch
from leadline_runtime.postgres_survey import reading
from leadline_runtime.step import BodyCodec

log = logger(__name__)
T = TypeVar("T")
Connection = psycopg.Connection[Any]
ANSWER_S = 16.0  # one second more than the longest transaction the server allows
# A SIGSTOPped owner would hold its lanes' locks for ever: the server ends its transaction after 3 s. Times come in UTC
# whatever the server's own zone is: comparing them with those of events is ten times as dear otherwise.
SESSION = {
    "lock_timeout": "5s",
    "statement_timeout": "10s",
    "idle_in_transaction_session_timeout": "3s",
    "transaction_timeout": "15s",
    "jit": "off",
    "timezone": "UTC",
}


# The smallest time of each lane, from the index: EXISTS over all lanes at once would read the whole table.
LOOK = f"""SELECT n.at, coalesce((SELECT rate FROM clock), 1),
    EXISTS (SELECT FROM unnest(%b::int[]) AS mine (lane)
      WHERE (SELECT min(timer_at) FROM state WHERE lane = mine.lane) <= n.at
      OR (SELECT min(judge_at) FROM state WHERE lane = mine.lane) <= %b::timestamptz),
    EXISTS (SELECT FROM inbox WHERE lane = ANY(%b::int[])) FROM (SELECT {clock.NOW} AS at) n"""  # noqa: S608


OUTBOX = """SELECT lane, seq, positions, frame, rejected_in_a_row FROM outbox WHERE lane = ANY(%b::int[])
    ORDER BY lane, seq"""
REMEMBERED = "SELECT lane, suspect, topics FROM lane WHERE lane = ANY(%b::int[])"
SUSPECT = """UPDATE lane SET suspect = said.mark::jsonb FROM unnest(%b::int[], %b::text[]) AS said (lane, mark)
    WHERE lane.lane = said.lane AND lane.owner = %b"""
SETTLE = """WITH mine AS (SELECT lane FROM lane WHERE lane = ANY(%b::int[]) AND owner = %b ORDER BY lane FOR UPDATE),
    named AS (UPDATE lane SET topics = said.topics::jsonb FROM unnest(%b::int[], %b::text[]) AS said (lane, topics)
      WHERE lane.lane = said.lane AND lane.lane IN (SELECT lane FROM mine))
    UPDATE outbox SET positions = said.positions::jsonb FROM unnest(%b::int[], %b::text[]) AS said (lane, positions)
    WHERE outbox.lane = said.lane AND outbox.lane IN (SELECT lane FROM mine) RETURNING 1"""


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


class Postgres:
    """The database of one service, as the port `Database` asks for."""

    def __init__(self, url: str, schema: str, body: BodyCodec[Any], migrations: Migrations = RUNTIME) -> None:
        self.url, self.schema, self.body, self.migrations = url, schema, body, migrations
        self.token: UUID | None = None
        self._connection: Connection | None = None
        self._thread = _one_thread()

    async def _run(self, work: Callable[..., T], *given: Any) -> T:
        """Run `work` in the driver's thread. Raises Doubt, Conflict, BadData."""
        running = asyncio.get_running_loop().run_in_executor(self._thread, work, *given)
        try:
            return await asyncio.wait_for(asyncio.shield(running), ANSWER_S)
        except TimeoutError:
            self._give_up()
            raise Doubt("PostgreSQL did not answer in time") from None
        except psycopg.Error as error:
            meaning = translate(error)
            if isinstance(meaning, Doubt):
                self._give_up()
            raise meaning from error

    def _give_up(self) -> None:
        """Leave thread and connection to themselves: what they still do is fenced by the next claim."""
        abandoned, self._connection = self._connection, None
        thread, self._thread = self._thread, _one_thread()
        if abandoned is not None:
            thread.submit(_closed, abandoned)
        thread.shutdown(wait=False)

    async def prepare(self) -> None:
        """See Database.prepare."""
        applied = await self._run(migrate, self.url, self.schema, self.migrations)
        if applied:
            log.info("migrated", schema=self.schema, migrations=applied)

    def _live(self) -> Connection:
        """The connection, made again if it broke. In the driver's thread."""
        if self._connection is None or self._connection.broken or self._connection.closed:
            self._connection = _connected(self.url, self.schema)
        return self._connection

    async def close(self) -> None:
        """See Database.close."""
        abandoned, self._connection = self._connection, None
        if abandoned is not None:
            await self._run(_closed, abandoned)

    async def claim(self, lanes: Sequence[int]) -> Held:
        """See Database.claim. Always on a new connection: the old one may hold what is in doubt."""
        await self.close()
        token = uuid4()
        rows, remembered = await self._run(self._claim, sorted(lanes), token)
        self.token = token
        outbox = {
            lane: OutboxRow(seq, positions, bytes(frame), rejected) for lane, seq, positions, frame, rejected in rows
        }
        suspects = {lane: Suspect(**mark) for lane, mark, _ in remembered if mark}
        topics = {lane: {name: UUID(id_) for name, id_ in (ids or {}).items()} for lane, _, ids in remembered}
        return Held(outbox, suspects, topics)

    def _claim(self, lanes: list[int], token: UUID) -> tuple[list[Any], list[Any]]:
        connection = self._live()
        connection.execute("INSERT INTO lane (lane) SELECT unnest(%b::int[]) ON CONFLICT DO NOTHING", (lanes,))
        connection.execute("SELECT 1 FROM lane WHERE lane = ANY(%b::int[]) ORDER BY lane FOR UPDATE", (lanes,))
        connection.execute("UPDATE lane SET owner = %b WHERE lane = ANY(%b::int[])", (token, lanes))
        rows = connection.execute(OUTBOX, (lanes,), binary=True).fetchall()
        remembered = connection.execute(REMEMBERED, (lanes,)).fetchall()
        connection.commit()
        return rows, remembered

    async def settle(self, held: Held) -> None:
        """See Database.settle."""
        lanes, reached = list(held.topics), list(held.outbox)
        topics = [json.dumps({name: str(id_) for name, id_ in ids.items()}) for ids in held.topics.values()]
        positions = [json.dumps(dict(row.positions)) for row in held.outbox.values()]
        await self._run(self._one, SETTLE, (lanes, self.token, lanes, topics, reached, positions))

    @asynccontextmanager
    async def batch(self, lanes: Sequence[int]) -> AsyncIterator[BatchTransaction]:
        """See Database.batch. Leaving without a commit rolls back."""
        assert self.token is not None, "claim before the first batch"
        batch = PostgresBatch(self._live, sorted(lanes), self.token, self.body, self._run)
        try:
            yield batch
        finally:
            begun = batch.connection
            if not batch.committed and begun is not None and self._connection is begun:
                with suppress(Doubt):
                    await self._run(begun.rollback)

    async def look(self, lanes: Sequence[int], horizon: datetime | None) -> Look:
        """See Database.look."""
        mine = list(lanes)
        return Look(*await self._run(self._one, LOOK, (mine, horizon, mine)))

    def _one(self, statement: str, params: Sequence[Any]) -> Any:
        connection = self._live()
        row = connection.execute(statement.encode(), params).fetchone()
        connection.commit()
        return row

    def survey(self) -> AbstractAsyncContextManager[Pages]:
        """See Database.survey."""
        return reading(self.url, self.schema)

    async def suspect(self, suspicions: Mapping[int, Suspect]) -> None:
        """See Database.suspect."""
        marks = [json.dumps({name: getattr(mark, name) for name in Suspect.__slots__}) for mark in suspicions.values()]
        await self._run(self._one, f"{SUSPECT} RETURNING 1", (list(suspicions), marks, self.token))


def _one_thread() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="postgres")


def _connected(url: str, schema: str) -> Connection:
    connection: Connection = psycopg.connect(url, connect_timeout=5)
    try:
        version = connection.info.server_version
        for name, value in SESSION.items():
            if version >= 170000 or name != "transaction_timeout":  # which older servers do not know
                connection.execute("SELECT set_config(%s, %s, false)", (name, value))
        connection.execute("SELECT set_config('search_path', %s, false)", (schema,))
        connection.commit()
    except BaseException:
        connection.close()
        raise
    return connection


def _closed(connection: Connection) -> None:
    with suppress(psycopg.Error):
        connection.close()
