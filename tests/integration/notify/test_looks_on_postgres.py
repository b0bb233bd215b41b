"""What a look costs: among the notices of a month and what waits for others, only what it is about is read."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from leadline_notify import housekeeping
from leadline_notify.delivery import lines, table
from leadline_notify.notify_commands import standing
from tests.integration.notify.desk import Desk

pytestmark = pytest.mark.stack
FILL = """
    INSERT INTO notice (id, kind, recipient, channel, endpoint, subject, any_time, status, made_at, due_at, ended_at)
    SELECT gen_random_uuid(), 'warned', 'r' || n %% 100, 'mail', 'mail', '', false, %b::text, now(),
      %b::timestamptz - n * interval '1 s', CASE WHEN %b::boolean THEN now() END
    FROM generate_series(1, %b::int) AS n"""


async def plan(desk: Desk, statement: str, given: Sequence[Any] = ()) -> str:
    return "\n".join(line for (line,) in await desk.asked.fetch(f"EXPLAIN {statement}", given))


async def test_no_look_reads_what_is_over_nor_what_waits_for_others(desk: Desk) -> None:
    await desk.asked.fetch(FILL, ("sent", desk.now, True, 60_000))
    await desk.asked.fetch(FILL, ("waiting", desk.now, False, 5_000))
    await desk.asked.fetch(FILL, ("ready", desk.now, False, 5_000))
    await desk.asked.fetch("UPDATE notice SET gone_at = due_at, try_at = due_at WHERE status = 'ready'")
    await desk.asked.fetch("ANALYZE notice")
    me = (uuid4(), timedelta(seconds=120), "mail", desk.now)
    looks: list[tuple[str, Sequence[Any]]] = [
        (housekeeping.OPEN, ()),
        (standing.FIND, ()),
        (table.RECIPIENTS, (desk.now, "", "", 500)),
        (table.GONE, ("r5", "mail", desk.now, desk.now, "r5", "mail", "mail", True)),
        (table.HOLD, ("r5", "mail", desk.now)),
        (lines.CLAIM, (*me, 4)),
        (lines.NEXT, (*me, "r5", "mail", "", 1)),
        (lines.HURRY, (desk.now, "r5", "mail", [""], True, desk.now)),
    ]
    for statement, given in looks:
        assert "Seq Scan on notice" not in (found := await plan(desk, statement, given)), found
    due = await plan(desk, table.DUE, ("r5", "mail", desk.now, 200))
    assert "notice_due" in due, due
