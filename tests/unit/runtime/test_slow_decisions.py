"""A server that ends a transaction which idles too long, and a step that decides slowly: small batches get through."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from leadline_runtime import batching
from leadline_runtime.database import BatchTransaction, Doubt
from leadline_runtime.testing.memory_database import MemoryDatabase
from tests.support.memory_world import MemoryWorld

IDLE_AT_MOST_S = 3.0  # as postgres.SESSION asks for
ANN = UUID(int=7)


class Watch:
    """The time that deciding takes, which passes with nothing else."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """Seconds."""
        return self.now


class Impatient(MemoryDatabase):
    """Ends a transaction that idled too long: its commit finds the connection lost."""

    watch: Watch
    lost = 0

    @asynccontextmanager
    async def batch(self, lanes: Sequence[int]) -> AsyncIterator[BatchTransaction]:
        """See Database.batch."""
        began = self.watch.now
        async with super().batch(lanes) as tx:
            commit = tx.commit

            async def in_time() -> None:
                if self.watch.now - began > IDLE_AT_MOST_S:
                    self.lost += 1
                    raise Doubt("the connection is lost")
                await commit()

            tx.commit = in_time  # type: ignore[method-assign]
            yield tx


def slow(decide: Callable[..., Any], watch: Watch, seconds: float) -> Callable[..., Any]:
    """The decision, which takes so long."""

    def decided(*given: Any) -> Any:
        watch.now += seconds
        return decide(*given)

    return decided


@pytest.mark.parametrize("seconds", [0.01, 0.1])
async def test_the_first_batch_of_slow_decisions_is_lost_at_most_once(
    monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    world, watch = MemoryWorld(), Watch()
    monkeypatch.setattr(batching, "monotonic", watch)
    world.tally.step = replace(world.tally.step, decide=slow(world.tally.step.decide, watch, seconds))
    database = Impatient(world.tables, world.tally.step.body)
    database.watch = watch
    pings = [world.ping(ANN) for _ in range(500)]
    loop = world.instance(database=database)
    for _ in range(60):
        await loop._guarded_turn()
    await loop.batching.settled()
    assert database.lost == 1
    assert set(world.tallies(ANN)[-1].seen) == set(pings)
    world.check()
