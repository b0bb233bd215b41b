"""The statements of one batch's transaction (loop, section 4: s1 to s4, and the writes of T2)."""

import json
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from pydantic_core import from_json, to_json

from leadline_runtime import clock
from leadline_runtime.bodies import all_stored, restored
from leadline_runtime.database import Fenced, Opened, Write
from leadline_runtime.decision import LeadState
from leadline_runtime.items import Message, Timer
from leadline_runtime.outcomes import NotNow
from leadline_runtime.step import BodyCodec
from leadline_schemas.lead import MergedInto

LOCK = f"SELECT lane, {clock.NOW} FROM lane WHERE lane = ANY(%b::int[]) AND owner = %b ORDER BY lane FOR UPDATE"  # noqa: S608
STATE = "lead_id, revision, seen::text, merged_into, merged_revision, timer_at, judge_at, body"
READ = f"SELECT {STATE} FROM state WHERE lead_id = ANY(%b::uuid[])"  # noqa: S608
LOCK_AT_ONCE = "SELECT lead_id FROM state WHERE lead_id = ANY(%b::uuid[]) ORDER BY lead_id FOR UPDATE SKIP LOCKED"
COLUMNS = ", ".join(f"s.{name}" for name in STATE.split(", "))
# Lane by lane, so that the index on (lane, time) gives the soonest: for `lane = ANY` and a time that the planner cannot
# know, the whole table would be read at every batch (136 ms with 100,000 alarms, against 0.3 ms).
DUE = f"""(SELECT '%(kind)s', {COLUMNS} FROM unnest(%%b::int[]) AS mine (lane) CROSS JOIN LATERAL (
    SELECT * FROM state WHERE lane = mine.lane AND %(at)s <= %(now)s ORDER BY %(at)s LIMIT %%b) s
    ORDER BY s.%(at)s LIMIT %%b)"""  # noqa: S608
# A judgement is never ahead of the database's own clock, whatever the horizon says.
TIMERS = DUE % {"kind": "t", "at": "timer_at", "now": clock.NOW}
JUDGEMENTS = DUE % {"kind": "j", "at": "judge_at", "now": f"least(%b::timestamptz, {clock.NOW})"}
# States, due timers, judgements and messages in one statement: each statement costs, and most find nothing.
FOUND = f"""SELECT 's', {STATE} FROM state WHERE lead_id = ANY(%b::uuid[])
  UNION ALL {TIMERS} UNION ALL {JUDGEMENTS}
  UNION ALL (SELECT 'm', lead_id, lane, NULL, id, NULL, NULL, NULL, body FROM inbox
    WHERE lane = ANY(%b::int[]) ORDER BY lane, id LIMIT %b)"""  # noqa: S608
UPSERT = """
    INSERT INTO state (lead_id, lane, revision, seen, merged_into, merged_revision, timer_at, judge_at, body)
    SELECT lead_id, lane, revision, seen::jsonb, merged_into, merged_revision, timer_at, judge_at, body
    FROM unnest(%b::uuid[], %b::int[], %b::bigint[], %b::text[], %b::uuid[], %b::bigint[], %b::timestamptz[],
                %b::timestamptz[], %b::bytea[])
      AS rows (lead_id, lane, revision, seen, merged_into, merged_revision, timer_at, judge_at, body)
    ON CONFLICT (lead_id) DO UPDATE SET lane = excluded.lane, revision = excluded.revision, seen = excluded.seen,
      merged_into = excluded.merged_into, merged_revision = excluded.merged_revision, timer_at = excluded.timer_at,
      judge_at = excluded.judge_at, body = excluded.body"""
REMEMBER = """WITH forgotten AS (
      DELETE FROM outbox USING unnest(%b::int[], %b::bigint[]) AS old (l, s) WHERE lane = old.l AND seq = old.s)
    INSERT INTO outbox (lane, seq, positions, frame, rejected_in_a_row)
    SELECT l, s, p::jsonb, f, r
    FROM unnest(%b::int[], %b::bigint[], %b::text[], %b::bytea[], %b::int[]) AS new (l, s, p, f, r)"""
SEND = """INSERT INTO inbox (lane, id, lead_id, body)
    SELECT * FROM unnest(%b::int[], %b::uuid[], %b::uuid[], %b::bytea[]) ON CONFLICT DO NOTHING"""
TAKE = "DELETE FROM inbox USING unnest(%b::int[], %b::uuid[]) AS done (l, i) WHERE lane = done.l AND id = done.i"


Connection = psycopg.Connection[Any]
Statement = tuple[str, Sequence[Any]]
Run = Callable[..., Awaitable[Any]]


class PostgresBatch:
    """One open transaction, pipelined, as the port `BatchTransaction` asks for."""

    def __init__(
        self, connect: Callable[[], Connection], lanes: list[int], token: UUID, body: BodyCodec[Any], run: Run
    ) -> None:
        self._connect, self.lanes, self.token, self.body, self.run = connect, lanes, token, body, run
        self.connection: Connection | None = None  # from the first statement on
        self.committed = False
        self._waiting: list[Statement | Write] = []  # what gives no rows goes with the next statement that does

    async def execute(self, sql: str, params: Sequence[Any] = ()) -> None:
        """See Transaction.execute."""
        self._waiting.append((sql, params))

    async def fetch(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """See Transaction.fetch."""
        answers: list[list[tuple[Any, ...]]] = await self.run(self._ask, self._sent(), [(sql, params)])
        return answers[0]

    def _sent(self) -> list[Statement | Write]:
        sent, self._waiting = self._waiting, []
        return sent

    def _ask(self, silent: list[Statement | Write], asked: list[Statement]) -> list[list[tuple[Any, ...]]]:
        """All statements in one round trip but the last, which goes by itself. In the driver's thread.

        Only after a statement by itself does the server's idle_in_transaction_session_timeout run (psycopg ends a
        pipeline with a Flush, which stops it). Without it an owner that stands still while it decides would hold its
        lanes for the 15 s of transaction_timeout, on servers before 17 for ever.
        """
        *most, (last, params) = asked
        cursors: list[Any] = []
        connection = self._begun()
        if silent or most:
            with connection.pipeline():
                for sql, given in _statements(silent):
                    connection.execute(sql.encode(), given)
                cursors = [connection.execute(sql.encode(), given, binary=True) for sql, given in most]
        cursors.append(connection.execute(last.encode(), params, binary=True))
        return [cursor.fetchall() for cursor in cursors]

    def _begun(self) -> Connection:
        if self.connection is None:
            self.connection = self._connect()
        return self.connection

    async def states(
        self, lead_ids: Sequence[UUID], *, lock: bool = False, wait: bool = True
    ) -> Mapping[UUID, LeadState[Any]]:
        """See Transaction.states."""
        if not lead_ids:
            return {}
        wanted = sorted(lead_ids)
        if lock and not wait:
            locked = {each for (each,) in await self.fetch(LOCK_AT_ONCE, (wanted,))}
            found = await self.fetch(READ, (wanted,))
            if any(row[0] not in locked for row in found):
                raise NotNow("a lead is being decided on by another instance at this moment")
            return {row[0]: self._state(row) for row in found}
        if lock:  # lock in one statement, read in the next: one that waited still sees the old row
            await self.execute(
                "SELECT FROM state WHERE lead_id = ANY(%b::uuid[]) ORDER BY lead_id FOR UPDATE", (wanted,)
            )
        return {row[0]: self._state(row) for row in await self.fetch(READ, (wanted,))}

    async def open(self, lead_ids: Sequence[UUID], horizon: datetime | None, limit: int) -> Opened:
        """See BatchTransaction.open: s1 locks, s2 to s4 read."""
        lanes = self.lanes
        wanted = (list(lead_ids), lanes, limit, limit, lanes, horizon, limit, limit, lanes, limit)
        rows, found = await self.run(self._ask, self._sent(), [(LOCK, (lanes, self.token)), (FOUND, wanted)])
        if len(rows) < len(lanes):
            raise Fenced(f"{len(lanes) - len(rows)} lanes belong to another instance")
        of: dict[str, list[Any]] = {"s": [], "t": [], "j": [], "m": []}
        for kind, *row in found:
            of[kind].append(row)
        states = {row[0]: self._state(row) for row in of["s"]}
        due = self._timers(of["t"], of["j"], states)
        messages = [(row[1], Message(row[3], row[0], bytes(row[7]))) for row in of["m"]]
        missing = [m.lead_id for _, m in messages if m.lead_id not in states]
        states.update(await self.states(missing))
        return Opened(rows[0][1], states, due, messages)

    def _timers(self, timers: list[Any], judged: list[Any], states: dict[UUID, LeadState[Any]]) -> list[Timer]:
        due: list[Timer] = []
        for rows, kind in ((timers, "timer"), (judged, "judgement")):
            for row in rows:
                state = states.get(row[0]) or states.setdefault(row[0], self._state(row))
                at = state.timer_at if kind == "timer" else state.judge_at
                assert at is not None
                due.append(Timer(row[0], "timer" if kind == "timer" else "judgement", at, state.revision))
        due.sort(key=lambda t: (t.due, t.kind, t.lead_id))
        return due

    def _state(self, row: Sequence[Any]) -> LeadState[Any]:
        _, revision, seen, merged_into, merged_revision, timer_at, judge_at, body = row
        merged = MergedInto(lead_id=merged_into, revision=merged_revision) if merged_into else None
        return LeadState(self.body.decode(restored(bytes(body))), revision, from_json(seen), merged, timer_at, judge_at)

    async def write(self, write: Write) -> None:
        """See BatchTransaction.write: one statement a table, rows in the order of their keys.

        They are made in the driver's thread: most of it is compressing bodies, beside which the event loop goes on.
        """
        self._waiting.append(write)

    async def commit(self) -> None:
        """See BatchTransaction.commit: with all that was written, in one round trip."""
        await self.run(self._finish, self._sent())
        self.committed = True

    def _finish(self, silent: list[Statement | Write]) -> None:
        connection = self._begun()
        with connection.pipeline():
            for sql, params in _statements(silent):
                connection.execute(sql.encode(), params)
            connection.commit()


def _statements(waiting: Iterable[Statement | Write]) -> Iterator[Statement]:
    for one in waiting:
        if isinstance(one, Write):
            yield from _written(one)
        else:
            yield one


def _written(write: Write) -> Iterator[Statement]:
    if write.states:
        yield UPSERT, _state_columns(write)
    if write.sent:
        sent = sorted(write.sent, key=lambda m: (m.lane, m.id))
        yield SEND, ([m.lane for m in sent], [m.id for m in sent], [m.lead_id for m in sent], [m.body for m in sent])
    if write.taken:
        yield TAKE, ([lane for lane, _ in write.taken], [i for _, i in write.taken])
    if write.outbox:
        lanes = sorted(write.outbox)
        rows = [write.outbox[lane] for lane in lanes]
        yield REMEMBER, (
            lanes, [row.seq - 1 for row in rows],
            lanes, [row.seq for row in rows], [json.dumps(dict(row.positions)) for row in rows],
            [row.frame for row in rows], [row.rejected_in_a_row for row in rows],
        )  # fmt: skip


def _state_columns(write: Write) -> tuple[list[Any], ...]:
    rows = sorted(write.states, key=lambda row: row.lead_id.int)
    states = [row.state for row in rows]
    return (
        [row.lead_id for row in rows], [row.lane for row in rows], [s.revision for s in states],
        [to_json(s.seen).decode() for s in states],
        [s.merged_into.lead_id if s.merged_into else None for s in states],
        [s.merged_into.revision if s.merged_into else None for s in states],
        [s.timer_at for s in states], [s.judge_at for s in states], all_stored([row.body for row in rows]),
    )  # fmt: skip
