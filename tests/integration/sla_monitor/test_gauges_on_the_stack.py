"""What the monitor's gauges tell after a restart and after rebalances, on a real Kafka and a real PostgreSQL."""

from contextlib import AsyncExitStack
from datetime import UTC, datetime

import pytest
from aiokafka import AIOKafkaProducer

from leadline_local.endpoints import Endpoints
from leadline_runtime.loop import Loop
from tests.support.monitor import PARTITIONS, Monitor, Told
from tests.support.running import create_topics, real_parts, running, until
from tests.support.sla_story import MINUTE, SECOND
from tests.support.survey_laws import whole

pytestmark = pytest.mark.stack
DEMOS = 24
EVERYTHING = [0, 2 * DEMOS, DEMOS, DEMOS]


class World:
    """Demo requests of the last seconds, in Kafka; instances that are entered one after the other."""

    def __init__(self, stack: Endpoints, prefix: str) -> None:
        self.stack, self.monitor = stack, Monitor(prefix)
        self.start = datetime.now(UTC).replace(microsecond=0) - MINUTE

    async def fill(self) -> None:
        await create_topics(self.stack, self.monitor.names(), PARTITIONS)
        producer = AIOKafkaProducer(bootstrap_servers=self.stack.kafka, acks="all")
        await producer.start()
        for number in range(DEMOS):
            for out in self.monitor.demo(number, self.start + number * SECOND):
                await producer.send_and_wait(
                    out.topic, out.value, key=out.key, headers=list(out.headers), partition=out.partition
                )
        await producer.stop()

    async def started(self, entered: AsyncExitStack) -> tuple[Loop, Told]:
        """A new instance beside those that are there."""
        step, told = self.monitor.instance()
        return await entered.enter_async_context(running(step, real_parts(step, self.stack))), told


def knows(loop: Loop, lanes: int) -> bool:
    """Does the instance own so many lanes, and know all of their leads?"""
    return len(loop.parts.log.lanes) == lanes and not loop.not_ready() and whole(loop)


async def test_the_gauges_are_right_after_a_restart_and_after_every_rebalance(stack: Endpoints, prefix: str) -> None:
    world = World(stack, prefix)
    await world.fill()
    async with AsyncExitStack() as entered:
        _, before = await world.started(entered)
        await until(lambda: before.open() == EVERYTHING, "every promise to be armed")
        times = before.times()
    assert times[1] == world.start.timestamp()

    async with AsyncExitStack() as entered:
        one, of_one = await world.started(entered)
        await until(lambda: knows(one, PARTITIONS), "a new process to know what it has never seen")
        assert (of_one.open(), of_one.times()) == (EVERYTHING, times)

        async with AsyncExitStack() as for_a_while:
            two, of_two = await world.started(for_a_while)
            half = PARTITIONS // 2
            await until(lambda: knows(one, half) and knows(two, half), "the lanes to be shared")
            assert [a + b for a, b in zip(of_one.open(), of_two.open(), strict=True)] == EVERYTHING
            assert 0 < of_one.open()[1] < EVERYTHING[1] and of_two.open()[1] > 0
            assert tuple(min(pair) for pair in zip(of_one.times(), of_two.times(), strict=True)) == times

        await until(lambda: knows(one, PARTITIONS), "the lanes to come back")
        assert (of_one.open(), of_one.times()) == (EVERYTHING, times)
