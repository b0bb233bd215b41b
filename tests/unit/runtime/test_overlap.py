"""What may go on beside the publication of a batch, and what may not (ADR 0028)."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import cast
from uuid import UUID

import pytest

from leadline_runtime import batching
from leadline_runtime.database import BatchTransaction
from leadline_runtime.frames import Outgoing
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
