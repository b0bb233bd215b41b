"""The loop on a real Kafka and a real PostgreSQL."""

import asyncio
import re
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from leadline_local.endpoints import Endpoints
from leadline_runtime.log import PositionLost
from leadline_runtime.loop import Loop
from leadline_schemas.codec import decode
from leadline_schemas.ids import partition_of
from leadline_schemas.topics import dead_letter_topic
from tests.support.running import create_topics, make_anew, real_parts, running, until
from tests.support.tally import Tally, TallyStep

pytestmark = pytest.mark.stack
PARTITIONS = 4


class World:
    """A tally step with its topics on the stack."""

    def __init__(self, stack: Endpoints, prefix: str) -> None:
        self.stack, self.tally = stack, TallyStep(prefix)
        self.letters = dead_letter_topic(prefix)

    async def open(self) -> None:
        await create_topics(self.stack, [self.tally.pings.name, self.tally.tallies.name, self.letters], PARTITIONS)
        self.producer = AIOKafkaProducer(bootstrap_servers=self.stack.kafka, acks="all")
        await self.producer.start()
        self.reader = AIOKafkaConsumer(bootstrap_servers=self.stack.kafka, auto_offset_reset="earliest")
        await self.reader.start()
        self.reader.assign([TopicPartition(t, p) for t in (self.tally.tallies.name, self.letters) for p in range(4)])
        self.tallies: list[Tally] = []
        self.dead: list[bytes] = []

    async def close(self) -> None:
        await self.producer.stop()
        await self.reader.stop()

    async def ping(self, lead_id: UUID, says: str = "count me", ping_id: UUID | None = None) -> None:
        key, value = self.tally.ping(lead_id, says, ping_id)
        await self.send(key, value)

    async def send(self, key: bytes, value: bytes) -> None:
        await self.producer.send_and_wait(
            self.tally.pings.name, value, key=key, partition=partition_of(key, PARTITIONS)
        )

    async def look(self) -> None:
        for records in (await self.reader.getmany(timeout_ms=50)).values():
            for record in records:
                if record.topic == self.letters:
                    self.dead.append(record.value)
                else:
                    self.tallies.append(decode(self.tally.tallies, record.value))

    async def expect(self, tallies: int, dead: int = 0) -> None:
        for _ in range(400):
            if len(self.tallies) >= tallies and len(self.dead) >= dead:
                break
            await self.look()
        assert (len(self.tallies), len(self.dead)) == (tallies, dead)

    async def expect_revision(self, revision: int) -> None:
        for _ in range(400):
            if self.tallies and self.tallies[-1].revision == revision:
                return
            await self.look()
        raise AssertionError(f"no revision {revision}: {[t.revision for t in self.tallies]}")


@pytest.fixture
async def world(stack: Endpoints, prefix: str) -> AsyncIterator[World]:
    made = World(stack, prefix)
    await made.open()
    yield made
    await made.close()


async def test_each_thing_is_counted_once_and_told(world: World) -> None:
    lead, again = uuid4(), uuid4()
    async with running(world.tally.step, real_parts(world.tally.step, world.stack)):
        await world.ping(lead, ping_id=again)
        await world.ping(lead)
        await world.ping(lead, ping_id=again)
        await world.expect(tallies=2)
    assert [t.revision for t in world.tallies] == [1, 2]
    assert len(world.tallies[-1].seen) == 2


async def test_poison_becomes_a_dead_letter_and_its_neighbours_do_not_wait(world: World) -> None:
    lead = uuid4()
    async with running(world.tally.step, real_parts(world.tally.step, world.stack)):
        await world.ping(lead)
        await world.send(str(lead).encode(), b"{not json")
        await world.ping(lead, "poison")
        await world.ping(lead)
        await world.expect(tallies=2, dead=2)
    assert b"{not json" in world.dead


async def test_an_alarm_rings_once_when_it_is_due(world: World) -> None:
    world.tally.alarm *= 0.01
    async with running(world.tally.step, real_parts(world.tally.step, world.stack)):
        await world.ping(uuid4(), "timer")
        await world.expect(tallies=2)
    assert world.tallies[-1].rang == 1


async def test_a_restart_reads_on_where_the_outbox_says(world: World) -> None:
    lead = uuid4()
    async with running(world.tally.step, real_parts(world.tally.step, world.stack)):
        await world.ping(lead)
        await world.expect(tallies=1)
    await world.ping(lead)
    async with running(world.tally.step, real_parts(world.tally.step, world.stack)) as loop:
        await until(lambda: len(loop.parts.log.lanes) == PARTITIONS, "all lanes")
        await world.expect(tallies=3)  # the outbox' newest batch is published again, byte for byte
    assert [t.revision for t in world.tallies] == [1, 1, 2]
    assert world.tallies[0] == world.tallies[1]


async def test_a_topic_made_anew_and_grown_stops_the_service_until_somebody_says_that_it_is_meant(world: World) -> None:
    lead, step = uuid4(), world.tally.step
    async with running(step, real_parts(step, world.stack)):
        await world.ping(lead)
        await world.expect_revision(1)
    await make_anew(world.stack, world.tally.pings.name, PARTITIONS)
    for _ in range(3):
        await world.ping(lead)  # the first stands where the service has been

    for _ in range(2):  # each start stops: what Kafka has now is not taken for what was read
        with pytest.raises(PositionLost, match="was deleted and made anew") as stopped:
            await asyncio.wait_for(Loop(step, real_parts(step, world.stack)).run(), 60)
    assert world.tallies[-1].revision == 1
    meant = re.search("LEADLINE_READ_ANEW=(.*?): ", str(stopped.value))
    assert meant is not None

    async with running(step, real_parts(step, world.stack, read_anew=meant[1])):
        await world.expect_revision(4)
    async with running(step, real_parts(step, world.stack)):
        await world.ping(lead)
        await world.expect_revision(5)
    assert len(world.tallies[-1].seen) == 5
