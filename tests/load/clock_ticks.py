"""What a look at the timers costs, by how many there are: the loop's own statements on the monitor's own table.

The rows have no body: a look reads the indexes by lane and time, and of the table only what is due.
"""

from datetime import UTC, datetime, timedelta
from time import perf_counter
from uuid import uuid4

import psycopg

from leadline_local.endpoints import Endpoints
from leadline_runtime.migrations import RUNTIME, migrate
from leadline_runtime.postgres import Postgres
from leadline_sla_monitor.app import STEP

LANES = list(range(8))
TIMES, DUE = 300, 200  # looks of which the cheapest tenth counts; timers that are due at each take
# Ids as leads have them: the time first. Alarms are spread over 30 days, the last of them long before the first is due.
GROW = """INSERT INTO state (lead_id, lane, revision, seen, timer_at, judge_at, body)
    SELECT (lpad(to_hex(n), 12, '0') || substr(md5(n::text), 1, 20))::uuid, n %% 8, 1, '{}',
        %s::timestamptz + n %% 2592000 * interval '1 second', %s::timestamptz + n %% 2592000 * interval '1 second',
        %s FROM generate_series(%s::bigint, %s::bigint) n"""


class Timers:
    """The monitor's table with so many timers, of which none is due."""

    def __init__(self, stack: Endpoints) -> None:
        migrate(stack.database_url, STEP.schema, RUNTIME + STEP.migrations)
        self.connection = psycopg.connect(stack.database_url, autocommit=True)
        self.connection.execute(f"SET search_path TO {STEP.schema}".encode())
        self.database = Postgres(stack.database_url, STEP.schema, STEP.body, RUNTIME + STEP.migrations)
        self.rows = 0

    def grow(self, rows: int) -> None:
        """Until there are so many, settled as they would be in time."""
        later, body = datetime.now(UTC) + timedelta(days=1), STEP.body.encode(STEP.body.decode(b"{}"))
        self.connection.execute(GROW, (later, later, body, self.rows + 1, rows))
        self.rows = rows
        self.connection.execute("VACUUM ANALYZE state")
        self.connection.execute("CHECKPOINT")

    async def look(self) -> float:
        """Milliseconds of a look that finds nothing due."""
        now = datetime.now(UTC)
        await self.database.claim(LANES)
        return cheap([await self._timed_look(now) for _ in range(TIMES)])

    async def take(self) -> float:
        """Milliseconds of a batch's reads that find 200 timers due, and leave them as they are."""
        self.connection.execute(
            "UPDATE state SET timer_at = now() - interval '1 second' WHERE lead_id IN"
            " (SELECT lead_id FROM state ORDER BY lead_id LIMIT %s)", (DUE,),
        )  # fmt: skip
        try:
            await self.database.claim(LANES)
            return cheap([await self._timed_take() for _ in range(TIMES)])
        finally:
            self.connection.execute("UPDATE state SET timer_at = judge_at WHERE timer_at < now()")

    async def _timed_look(self, now: datetime) -> float:
        began = perf_counter()
        found = await self.database.look(LANES, now)
        assert not found.timers_due
        return (perf_counter() - began) * 1000

    async def _timed_take(self) -> float:
        began = perf_counter()
        async with self.database.batch(LANES) as batch:
            opened = await batch.open([uuid4()], datetime.now(UTC), 500)
            took = (perf_counter() - began) * 1000
        assert len(opened.timers) == DUE
        return took


def cheap(measured: list[float]) -> float:
    """The mean of the cheapest tenth: what else runs on the machine makes the rest."""
    best = sorted(measured)[: len(measured) // 10]
    return sum(best) / len(best)
