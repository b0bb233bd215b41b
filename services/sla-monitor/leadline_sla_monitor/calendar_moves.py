"""The monitor's part of `leadline calendar diff`: its open promises in PostgreSQL, counted by other calendars.

A lead is asked what `recounted` would make of it now: the very function by which an order moves it.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from leadline_runtime.bodies import restored
from leadline_runtime.calendar_moves import MERGED, UNREAD, Move, Moves, Progress
from leadline_runtime.calendars import Calendars
from leadline_runtime.clock import NOW
from leadline_runtime.command_database import with_schema
from leadline_runtime.command_errors import NOT_FOUND, CommandError
from leadline_runtime.sql import Sql
from leadline_schemas.codec import Undecodable
from leadline_sla_monitor.core.cause import in_charge
from leadline_sla_monitor.core.known import Known
from leadline_sla_monitor.core.promise import Promise
from leadline_sla_monitor.core.recount import recounted
from leadline_sla_monitor.state import CODEC

T = TypeVar("T")
SCHEMA = "sla_monitor"
PAGE = 500
ANSWER_S = 30.0
TOLD_EVERY = 50_000  # leads
# A lead with anything open has an alarm, and one whose order waits too.
_PAGE = """SELECT lead_id, body FROM state WHERE lead_id > %b::uuid AND (judge_at IS NOT NULL OR timer_at IS NOT NULL)
    ORDER BY lead_id LIMIT %b::int"""
_THESE = "SELECT lead_id, body, merged_into FROM state WHERE lead_id = ANY(%b::uuid[])"
_FIRST = UUID(int=0)
Row = tuple[UUID, bytes]


class RecordedDeadlines:
    """See leadline_runtime.calendar_moves.Deadlines."""

    def moves(self, calendars: Calendars, progress: Progress) -> Moves:
        """See there."""

        async def over(sql: Sql) -> Moves:
            found = Moves((await sql.fetch(f"SELECT {NOW}"))[0][0])
            looked_at = 0
            async for page in _pages(sql):
                for lead_id, body in page:
                    count(found, lead_id, body, calendars)
                looked_at += len(page)
                if looked_at % TOLD_EVERY < len(page):
                    progress(f"{looked_at:,} leads looked at, {len(found.moved):,} deadlines move")
            return found

        return _with_state(over)

    def standing(self, orders: Mapping[UUID, UUID]) -> Mapping[UUID, str]:
        """See there."""

        async def over(sql: Sql) -> Mapping[UUID, str]:
            found, leads = dict.fromkeys(orders, UNREAD), sorted(orders)
            for first in range(0, len(leads), PAGE):
                for lead_id, body, root in await sql.fetch(_THESE, (leads[first : first + PAGE],)):
                    found[lead_id] = MERGED if root is not None else _standing(body, orders[lead_id])
            return found

        return _with_state(over)


DEADLINES = RecordedDeadlines()


def count(found: Moves, lead_id: UUID, body: bytes, calendars: Calendars) -> None:
    """One more lead. What cannot be read hides no other."""
    try:
        known = CODEC.decode(restored(body))
    except Undecodable:
        found.unreadable += 1
        return
    if known.calendar_order is not None and known.calendar_order.state == "waiting":
        found.waiting[known.calendar_order.version] += 1
    promises = [each for each in known.promises if each.status == "open"]
    found.leads += bool(promises)
    for promise in promises:
        found.open[promise.calendar or ""] += 1
        if promise.calendar is not None and promise.calendar not in calendars:
            found.stay[promise.calendar] += 1
        after = recounted(promise, calendars, found.at)
        if after is not promise:
            found.moved.append(_move(lead_id, known, promise, after, found.at))


def _move(lead_id: UUID, known: Known, promise: Promise, after: Promise, now: datetime) -> Move:
    owner, _ = in_charge(promise, known.routings, now)
    return Move(
        lead=lead_id,
        clock=promise.clock,
        policy=promise.policy,
        target=promise.target,
        owner=owner,
        calendar=promise.calendar or "",
        armed_under=promise.calendar_version,
        start=promise.start,
        due_before=promise.due_at,
        due_at=after.due_at,
        broken=after.due_at <= now < promise.due_at,
    )


def _standing(body: bytes, wanted: UUID) -> str:
    try:
        order = CODEC.decode(restored(bytes(body))).calendar_order
    except Undecodable:
        return UNREAD
    return order.state if order is not None and order.id == wanted else UNREAD


async def _pages(sql: Sql) -> AsyncIterator[Sequence[Row]]:
    last = _FIRST
    while rows := await sql.fetch(_PAGE, (last, PAGE)):
        last = rows[-1][0]
        yield [(lead_id, bytes(body)) for lead_id, body in rows]


def _with_state(work: Callable[[Sql], Awaitable[T]]) -> T:
    async def done(sql: Sql) -> T:
        if (await sql.fetch("SELECT to_regclass('state')::text"))[0][0] is None:
            raise CommandError("This database holds nothing of the monitor yet: it has never run on it.", NOT_FOUND)
        return await work(sql)

    return with_schema(SCHEMA, done, timeout_s=ANSWER_S)
