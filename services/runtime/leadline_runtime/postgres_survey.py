"""The leads of a lane that have an alarm, page by page, on a connection that lives as long as a survey."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import UUID

from leadline_runtime.bodies import restored
from leadline_runtime.database import Alarmed, Doubt
from leadline_runtime.sql import DatabaseTrouble, Sql

# By the index `state_timer`; the comparison of `timer_at` alone is what the index can begin at.
PAGE = """SELECT lead_id, timer_at, body FROM state
    WHERE lane = %b::int AND timer_at >= %b::timestamptz AND (timer_at, lead_id) > (%b::timestamptz, %b::uuid)
    ORDER BY timer_at, lead_id LIMIT %b::int"""
FIRST = Alarmed(UUID(int=0), datetime(1, 1, 1, tzinfo=UTC), b"")


class PostgresPages:
    """See leadline_runtime.database.Pages. Each page is a transaction of its own."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    async def page(self, lane: int, after: Alarmed | None, limit: int) -> Sequence[Alarmed]:
        """See Pages.page."""
        last = after or FIRST
        try:
            rows = await self._sql.fetch(PAGE, (lane, last.timer_at, last.timer_at, last.lead_id, limit))
        except DatabaseTrouble as error:
            raise Doubt(str(error)) from error
        return [Alarmed(lead_id, timer_at, restored(bytes(body))) for lead_id, timer_at, body in rows]


@asynccontextmanager
async def reading(url: str, schema: str) -> AsyncIterator[PostgresPages]:
    """A reader of a service's states, for as long as it is entered."""
    sql = Sql(url, schema)
    try:
        yield PostgresPages(sql)
    finally:
        await sql.close()
