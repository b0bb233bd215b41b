"""What a look at the board costs, by how many promises are open and how many leads overdue: the command's own reads."""

from datetime import UTC, datetime, timedelta
from time import perf_counter, process_time

import psycopg

from leadline_local.endpoints import Endpoints
from leadline_runtime.core.values import dataclass
from leadline_runtime.sql import Sql
from leadline_sla_monitor.app import STEP
from leadline_sla_monitor.sla_commands.board import Asked, board
from tests.load.clocks_in_bulk import armed, put, rows

LANES, OWNERS, LOOKS = 8, 200, 15
# Every lead is overdue as well, to one of 200 owners.
OVERDUE = """INSERT INTO overdue SELECT lead_id, judge_at - interval '30 d', 'owner' || (row_number() OVER ()) %% %s
    FROM state ON CONFLICT DO NOTHING"""
BUFFERS = "SELECT blks_hit + blks_read FROM pg_stat_database WHERE datname = current_database()"


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one look: milliseconds until it is there, those of this process's CPU, pages that PostgreSQL looked at."""

    ms: float
    cpu_ms: float
    pages: float


def filled(stack: Endpoints, leads: int, seed: int) -> None:
    """So many leads with open promises, all of them overdue too, and nothing else."""
    with psycopg.connect(stack.database_url, autocommit=True) as connection:
        connection.execute(f"DROP SCHEMA IF EXISTS {STEP.schema} CASCADE".encode())
    patterns = [armed("other", datetime.now(UTC) - timedelta(minutes=n)) for n in range(5)]
    put(stack.database_url, rows(patterns, leads, seed, LANES))
    with psycopg.connect(stack.database_url, autocommit=True) as connection:
        connection.execute(f"SET search_path TO {STEP.schema}".encode())
        connection.execute("INSERT INTO lane (lane) SELECT generate_series(0, %s)", (LANES - 1,))
        connection.execute(OVERDUE, (OWNERS,))
        connection.execute("VACUUM ANALYZE overdue")


async def look(stack: Endpoints, leads: int) -> Cost:
    """The cheapest of some looks."""
    sql = Sql(stack.database_url, STEP.schema, timeout_s=120)
    try:
        costs = [await _one(sql, leads) for _ in range(LOOKS)]
    finally:
        await sql.close()
    return Cost(*(min(each) for each in zip(*((one.ms, one.cpu_ms, one.pages) for one in costs), strict=True)))


async def _one(sql: Sql, leads: int) -> Cost:
    before = await _pages(sql)
    began, cpu = perf_counter(), process_time()
    found = await board(sql, Asked())
    ms, cpu_ms = (perf_counter() - began) * 1000, (process_time() - cpu) * 1000
    assert found.overdue_leads == leads and len(found.due) == Asked().limit
    return Cost(ms, cpu_ms, await _pages(sql) - before)


async def _pages(sql: Sql) -> float:
    await sql.fetch("SELECT pg_stat_force_next_flush()")
    ((pages,),) = await sql.fetch(BUFFERS)
    return float(pages)
