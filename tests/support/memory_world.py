"""A world in memory for the laws of the loop: topics and tables that survive, instances that may die at any point."""

import asyncio
from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from prometheus_client import CollectorRegistry
from pydantic import SecretStr

from leadline_runtime.clock import PipelineClock
from leadline_runtime.consumed import Consumed
from leadline_runtime.crash import CrashPoints
from leadline_runtime.database import Database
from leadline_runtime.frames import Outgoing
from leadline_runtime.loop import Loop, Parts
from leadline_runtime.metrics import RuntimeMetrics
from leadline_runtime.rules_watch import RulesWatch
from leadline_runtime.settings import Settings
from leadline_runtime.testing.memory_database import MemoryDatabase, MemoryTables
from leadline_runtime.testing.memory_log import MemoryLog, MemoryTopics
from leadline_schemas.codec import decode
from leadline_schemas.ids import partition_of
from leadline_schemas.topics import dead_letter_topic
from tests.support.running import rules_directory
from tests.support.tally import Tally, TallyStep

LANES = 4


class Crashed(BaseException):
    """The process died here."""


class DyingAt(CrashPoints):
    """Crash points that end an instance in this process instead of the process."""

    def __init__(self, point: str = "", nth: int = 1) -> None:
        super().__init__("", None)
        self.point, self.nth = point, nth

    def reach(self, point: str) -> None:
        """Die if asked to."""
        if point == self.point:
            self.passed[point] += 1
            if self.passed[point] == self.nth:
                raise Crashed(point)


class MemoryWorld:
    """A tally step, what survives crashes, and instances of it."""

    def __init__(self, name: str = "tally") -> None:
        self.tables, self.topics = MemoryTables(), MemoryTopics(LANES)
        self.tally = TallyStep(name)

    def database(self) -> Database:
        """A new instance's connection."""
        return MemoryDatabase(self.tables, self.tally.step.body)

    def instance(
        self,
        crash: CrashPoints | None = None,
        lanes: Iterable[int] = range(LANES),
        database: Database | None = None,
        **more: Any,
    ) -> Loop:
        """A new instance with these lanes."""
        step = self.tally.step
        settings = Settings(
            database_url=SecretStr("memory"), idle_look_s=0.0001, batch_pace_s=0, offsets_every_s=0.0001, **more
        )
        metrics = RuntimeMetrics(step.name, CollectorRegistry())
        log = MemoryLog(self.topics, step.name, [t.name for t in step.reads], lanes)
        rules = RulesWatch(step.rules, rules_directory(step), metrics)
        parts = Parts(
            settings, database or self.database(), log, rules, metrics, crash or DyingAt(), PipelineClock(), "test"
        )
        return Loop(step, parts)

    def ping(self, lead_id: UUID, says: str = "count me", ping_id: UUID | None = None) -> UUID:
        """A ping arrives in Kafka."""
        made = ping_id or uuid4()
        key, value = self.tally.ping(lead_id, says, made)
        self.send(key, value)
        return made

    def send(self, key: bytes, value: bytes) -> None:
        """Raw bytes arrive in Kafka."""
        self.topics.append(Outgoing(self.tally.pings.name, partition_of(key, LANES), key, value, ()))

    def pass_time(self, seconds: float) -> None:
        """The database's clock moves on."""
        self.tables.now += timedelta(seconds=seconds)

    async def run(self, loop: Loop, turns: int = 12) -> bool:
        """Run an instance for some turns; False if it died on the way."""
        try:
            for _ in range(turns):
                await loop.turn()
                await asyncio.sleep(0)
            await loop.batching.settled()
            await loop._tell()
        except Crashed:
            await loop.batching.abandon()
            return False
        return True

    async def run_through(self, loop: Loop, turns: int = 12) -> None:
        """Run; if the instance dies, run new ones until one lives."""
        lives = await self.run(loop, turns)
        while not lives:
            lives = await self.run(self.instance(), turns)

    def tallies(self, lead_id: UUID) -> list[Tally]:
        """Every tally of a lead as Kafka holds them, repeats among them."""
        key = str(lead_id).encode()
        return [decode(self.tally.tallies, r.value or b"") for r in self.topics.all("tally.tally") if r.key == key]

    def letters(self) -> list[Consumed]:
        """Every dead letter."""
        return self.topics.all(dead_letter_topic("tally"))

    def check(self) -> None:
        """The invariants I3 and I6, from raw records alone."""
        first: dict[tuple[bytes | None, int], Consumed] = {}
        newest: dict[bytes | None, int] = {}
        for record in self.topics.all("tally.tally"):
            tally = decode(self.tally.tallies, record.value or b"")
            place = (record.key, tally.revision)
            if place in first:
                known = first[place]
                assert (known.value, known.headers) == (record.value, record.headers), "a repeat is byte-identical"
            else:
                assert tally.revision == newest.get(record.key, 0) + 1, "first appearances stand in revision order"
                first[place], newest[record.key] = record, tally.revision
        for (topic, lane), offset in self.topics.groups["tally"].items():
            row = self.tables.outbox.get(lane)
            assert offset <= (row.positions.get(topic, 0) if row else 0), (
                "Kafka's offset never passes the outbox's position"
            )
