"""What may go on beside the publication of a batch, and what may not (ADR 0028)."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import cast
from uuid import UUID

import pytest

from leadline_runtime import batching
from leadline_runtime.consumed import PASSED_BY, Consumed, Read
from leadline_runtime.database import BatchTransaction
from leadline_runtime.deciding import Batch
from leadline_runtime.frames import Outgoing
from leadline_runtime.kafka import Kafka
from leadline_runtime.settings import Settings
from leadline_runtime.testing.memory_database import MemoryDatabase
from leadline_runtime.testing.memory_log import MemoryLog
from tests.support.memory_world import MemoryWorld
from tests.support.running import until

ANN = UUID(int=1)


class Counted(MemoryDatabase):
    """Counts the transactions that are over, committed or not."""

    over = 0

    @asynccontextmanager
    async def batch(self, lanes: Sequence[int]) -> AsyncIterator[BatchTransaction]:
        """See Database.batch."""
        async with super().batch(lanes) as tx:
            yield tx
        self.over += 1


async def test_a_batch_is_decided_but_not_written_before_kafka_has_the_one_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(batching, "PATIENCE_S", 0.001)
    world = MemoryWorld()
    database = Counted(world.tables, world.tally.step.body)
    loop = world.instance(database=database)
    await loop.turn()  # claims
    log, kafka = cast(MemoryLog, loop.parts.log), asyncio.Event()
    publish = log.publish

    async def slowly(events: Sequence[Outgoing]) -> None:
        await kafka.wait()
        await publish(events)

    log.publish = slowly  # type: ignore[method-assign]
    first = world.ping(ANN)
    await loop.turn()
    second, over, commits = world.ping(ANN), database.over, world.tables.commits
    turn = asyncio.create_task(loop.turn())
    await until(lambda: database.over > over, "the second batch to be given up, for now")
    assert world.tables.commits == commits
    assert not world.tallies(ANN)
    kafka.set()
    await turn
    await world.run(loop)
    world.check()
    assert [set(t.seen) for t in world.tallies(ANN)] == [{first}, {first, second}]


async def test_what_kafka_got_is_counted_though_the_next_batch_has_to_begin_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = MemoryWorld()
    loop = world.instance()
    await loop.turn()  # claims
    log, kafka, counted = cast(MemoryLog, loop.parts.log), asyncio.Event(), list[int]()
    publish, count = log.publish, loop.batching._counting.add

    async def slowly(events: Sequence[Outgoing]) -> None:
        await kafka.wait()
        await publish(events)

    log.publish = slowly  # type: ignore[method-assign]

    def counting(batch: Batch) -> None:
        counted.append(1)
        count(batch)

    monkeypatch.setattr(loop.batching._counting, "add", counting)
    world.ping(ANN)
    await loop.turn()
    giving_up = asyncio.create_task(loop.batching.abandon())
    await asyncio.sleep(0)
    kafka.set()
    await giving_up
    assert counted == [1]


async def test_nothing_is_asked_of_kafka_while_the_lanes_are_taken_away() -> None:
    """The consumer would wait for the next assignment, which waits for the batch in hand."""
    log = Kafka(Settings(kafka="nowhere:1", database_url="postgresql://nobody@nowhere/none"), "tally", ["pings"])
    assert not log.lanes
    assert await log.fetch(0, 10) == (), "it is not even connected"


async def test_what_is_left_over_for_the_next_batch_does_not_count_as_read_before_this_one_is_through() -> None:
    world = MemoryWorld()
    loop = world.instance()
    await world.run(loop)
    source = Consumed("pings", 0, 7, b"", b"", (), 0)
    loop.fetching._held = [Read(replace(source, offset=6)), Read(source, outcome=PASSED_BY)]
    assert len(loop.fetching.take(1)) == 1
    assert loop.fetching.passed_by() == {}
