"""A database in memory: the same port, the same fencing, the same all-or-nothing as PostgreSQL.

Faults can be put in: `lose_next_commit_answer`, `refuse` (BadData for a lead id), `away`.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from copy import copy
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from leadline_runtime.database import (
    Alarmed,
    BadData,
    BatchTransaction,
    Doubt,
    Fenced,
    Held,
    InboxRow,
    Look,
    Opened,
    OutboxRow,
    Pages,
    StateRow,
    Suspect,
    Write,
)
from leadline_runtime.decision import LeadState
from leadline_runtime.items import Message, Timer
from leadline_runtime.step import BodyCodec


class MemoryTables:
    """What survives a crash: shared by all instances of a service in a test."""

    def __init__(self, now: datetime | None = None) -> None:
        self.owner: dict[int, UUID] = {}
        self.suspects: dict[int, Suspect] = {}
        self.topics: dict[int, Mapping[str, UUID]] = {}
        self.outbox: dict[int, OutboxRow] = {}
        self.states: dict[UUID, StateRow] = {}
        self.inbox: dict[tuple[int, UUID], InboxRow] = {}
        self.now = now or datetime(2026, 3, 10, 14, 0, tzinfo=UTC)
        self.away = False
        self.lose_next_commit_answer = False
        self.refuse: set[UUID] = set()
        self.commits = 0


class MemoryDatabase:
    """One instance's connection to shared tables, as the port `Database` asks for."""

    def __init__(self, tables: MemoryTables, body: BodyCodec[Any]) -> None:
        self.tables, self.body = tables, body
        self.token: UUID | None = None

    def _reachable(self) -> None:
        if self.tables.away:
            raise Doubt("the memory database is away")

    async def prepare(self) -> None:
        """See Database.prepare."""
        self._reachable()

    async def close(self) -> None:
        """See Database.close."""

    async def claim(self, lanes: Sequence[int]) -> Held:
        """See Database.claim."""
        self._reachable()
        self.token = uuid4()
        self.tables.owner.update(dict.fromkeys(lanes, self.token))
        outbox = {lane: row for lane, row in self.tables.outbox.items() if lane in lanes}
        suspects = {lane: mark for lane, mark in self.tables.suspects.items() if lane in lanes}
        return Held(outbox, suspects, {lane: self.tables.topics.get(lane, {}) for lane in lanes})

    async def settle(self, held: Held) -> None:
        """See Database.settle."""
        self._reachable()
        tables = self.tables
        for lane, topics in held.topics.items():
            if tables.owner.get(lane) == self.token:
                tables.topics[lane] = topics
                if lane in held.outbox:
                    tables.outbox[lane] = replace(tables.outbox[lane], positions=held.outbox[lane].positions)

    @asynccontextmanager
    async def batch(self, lanes: Sequence[int]) -> AsyncIterator[BatchTransaction]:
        """See Database.batch."""
        self._reachable()
        yield MemoryBatch(self, lanes)

    async def look(self, lanes: Sequence[int], horizon: datetime | None) -> Look:
        """See Database.look."""
        self._reachable()
        tables = self.tables
        due = bool(due_timers(tables, self.body, lanes, horizon, 1))
        return Look(tables.now, 0.0, due, any(lane in lanes for lane, _ in tables.inbox))

    @asynccontextmanager
    async def survey(self) -> AsyncIterator[Pages]:
        """See Database.survey."""
        yield MemoryPages(self)

    async def suspect(self, suspicions: Mapping[int, Suspect]) -> None:
        """See Database.suspect."""
        for lane, suspicion in suspicions.items():
            if self.tables.owner.get(lane) == self.token:
                self.tables.suspects[lane] = suspicion


class MemoryPages:
    """A survey's reader."""

    def __init__(self, database: MemoryDatabase) -> None:
        self.database = database

    async def page(self, lane: int, after: Alarmed | None, limit: int) -> Sequence[Alarmed]:
        """See Pages.page."""
        self.database._reachable()
        found = [
            Alarmed(row.lead_id, row.state.timer_at, row.body)
            for row in self.database.tables.states.values()
            if row.lane == lane and row.state.timer_at is not None
        ]
        found.sort(key=lambda each: (each.timer_at, each.lead_id))
        if after is not None:
            found = [each for each in found if (each.timer_at, each.lead_id) > (after.timer_at, after.lead_id)]
        return found[:limit]


class MemoryBatch:
    """One transaction: writes are kept apart until commit, and refused if the lanes have another owner then."""

    def __init__(self, database: MemoryDatabase, lanes: Sequence[int]) -> None:
        self.database, self.lanes, self.pending = database, lanes, Write()
        self._actions: list[Callable[[], None]] = []

    def at_commit(self, action: Callable[[], None]) -> None:
        """For a service's tables in memory: do this if and when the transaction commits."""
        self._actions.append(action)

    async def execute(self, sql: str, params: Sequence[Any] = ()) -> None:
        """There is no SQL in memory: a service's own store needs its in-memory form."""
        raise NotImplementedError(sql)

    async def fetch(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """See execute."""
        raise NotImplementedError(sql)

    async def states(
        self, lead_ids: Sequence[UUID], *, lock: bool = False, wait: bool = True
    ) -> Mapping[UUID, LeadState[Any]]:
        """See Transaction.states."""
        rows = self.database.tables.states
        return {i: self._decoded(rows[i]) for i in sorted(lead_ids) if i in rows}

    def _decoded(self, row: StateRow) -> LeadState[Any]:
        return row.state.having(body=self.database.body.decode(row.body))

    async def open(self, lead_ids: Sequence[UUID], horizon: datetime | None, limit: int) -> Opened:
        """See BatchTransaction.open."""
        self._check_owner()
        tables = self.database.tables
        timers = due_timers(tables, self.database.body, self.lanes, horizon, limit)
        rows = sorted((row for key, row in tables.inbox.items() if key[0] in self.lanes), key=lambda r: (r.lane, r.id))
        messages = [(row.lane, Message(row.id, row.lead_id, row.body)) for row in rows[:limit]]
        wanted = {*lead_ids, *(t.lead_id for t in timers), *(m.lead_id for _, m in messages)}
        return Opened(tables.now, dict(await self.states(list(wanted))), timers, messages)

    def _check_owner(self) -> None:
        lost = [lane for lane in self.lanes if self.database.tables.owner.get(lane) != self.database.token]
        if lost:
            raise Fenced(f"lanes {lost} belong to another instance")

    async def write(self, write: Write) -> None:
        """See BatchTransaction.write."""
        refused = [row.lead_id for row in write.states if row.lead_id in self.database.tables.refuse]
        if refused:
            raise BadData("22P05")
        self.pending = write

    async def commit(self) -> None:
        """See BatchTransaction.commit."""
        self.database._reachable()
        self._check_owner()
        tables, write = self.database.tables, self.pending
        tables.states.update({row.lead_id: copy(row) for row in write.states})
        tables.inbox.update({(row.lane, row.id): row for row in write.sent})
        for key in write.taken:
            tables.inbox.pop(key, None)
        tables.outbox.update(write.outbox)
        for action in self._actions:
            action()
        tables.commits += 1
        if tables.lose_next_commit_answer:
            tables.lose_next_commit_answer = False
            raise Doubt("the answer to COMMIT was lost")


def due_timers(
    tables: MemoryTables, body: BodyCodec[Any], lanes: Sequence[int], horizon: datetime | None, limit: int
) -> list[Timer]:
    """Timers due by the clock, judgements due by the horizon, oldest first."""
    found: list[Timer] = []
    until = min(horizon, tables.now) if horizon is not None else None
    for row in tables.states.values():
        state = row.state
        if row.lane not in lanes:
            continue
        if state.timer_at is not None and state.timer_at <= tables.now:
            found.append(Timer(row.lead_id, "timer", state.timer_at, state.revision))
        if state.judge_at is not None and until is not None and state.judge_at <= until:
            found.append(Timer(row.lead_id, "judgement", state.judge_at, state.revision))
    return sorted(found, key=lambda t: (t.due, t.kind, t.lead_id))[:limit]
