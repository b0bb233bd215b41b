"""What is due is found by the indexes, however many alarms are set (loop, section 11, item 7)."""

import re

import psycopg
import pytest

from leadline_local.endpoints import Endpoints
from leadline_runtime.migrations import RUNTIME, migrate
from leadline_runtime.postgres import LOOK
from leadline_runtime.postgres_batch import FOUND

pytestmark = pytest.mark.stack

ALARMS = """INSERT INTO state (lead_id, lane, revision, seen, timer_at, judge_at, body)
    SELECT gen_random_uuid(), n % 4, 1, '{}', now() + n * interval '1 second', now() + n * interval '1 second',
           convert_to(repeat('x', 600), 'UTF8') FROM generate_series(1, 20000) n"""
LANES = "ARRAY[0,1,2,3]"
STATEMENTS = {
    "batch": (
        FOUND,
        "uuid[], int[], bigint, bigint, int[], timestamptz, bigint, bigint, int[], bigint",
        f"ARRAY[gen_random_uuid()], {LANES}, 500, 500, {LANES}, now(), 500, 500, {LANES}, 500",
    ),
    "look": (LOOK, "int[], timestamptz, int[]", f"{LANES}, now(), {LANES}"),
}


@pytest.mark.parametrize("mode", ["force_generic_plan", "force_custom_plan"])
@pytest.mark.parametrize("name", STATEMENTS)
@pytest.mark.parametrize("analysed", [True, False], ids=["analysed", "not analysed"])
def test_no_poll_reads_the_whole_table(stack: Endpoints, prefix: str, name: str, mode: str, analysed: bool) -> None:
    statement, types, values = STATEMENTS[name]
    places = iter(range(1, 20))
    numbered = re.sub("%b", lambda _: f"${next(places)}", statement)
    migrate(stack.database_url, prefix, RUNTIME)
    with psycopg.connect(stack.database_url, options=f"-c search_path={prefix}") as connection:
        connection.execute(ALARMS)
        if analysed:
            connection.execute("ANALYZE state")
        connection.execute(f"SET plan_cache_mode = {mode}".encode())
        connection.execute(f"PREPARE poll ({types}) AS {numbered}".encode())
        plan = [row[0] for row in connection.execute(f"EXPLAIN EXECUTE poll ({values})".encode())]
    assert not [line for line in plan if re.search(r"Seq Scan on state\b", line)], "\n".join(plan)
