"""Kafka: one broker that keeps what it acknowledged."""

import asyncio
import shutil
from pathlib import Path

import psutil
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from leadline_local import server
from leadline_local.errors import StackError
from leadline_local.kafka import Kafka
from leadline_local.state import State
from tests.integration.local_stack.helpers import ensure, kill, pid_of

pytestmark = pytest.mark.stack
TOPIC, RECORDS = "kept", 500


async def test_one_life(kafka: Kafka, state: State) -> None:
    """A broker is slow to start, so this is one story of several chapters."""
    (kafka.workdir / "data.part").mkdir(parents=True)  # a first start that was cut short
    (kafka.workdir / "data.part" / "meta.properties").write_text("half")
    await asyncio.to_thread(ensure, kafka, state)
    assert not (kafka.workdir / "data.part").exists()
    assert {file.name for file in kafka.workdir.iterdir()} >= {"data", "jars", "server.properties", "alive.lock"}
    assert not list(state.directory.parent.glob("*/kafka/data,*")), "a comma in the path split the data folder"

    await _write(kafka)
    psutil.Process(pid_of(kafka, state)).kill()
    await asyncio.to_thread(ensure, kafka, state)
    assert await _count(kafka) == RECORDS, "acknowledged records were lost by kill -9"

    kill(pid_of(kafka, state))
    for name in kafka.ports:
        state.set_port(name, None)
    await asyncio.to_thread(ensure, kafka, state)
    assert await _count(kafka) == RECORDS, "old data on new ports"

    right = state.memory.secrets["kafka-cluster"]
    state.memory.secrets["kafka-cluster"] = "another-cluster-id-0000"
    with pytest.raises(StackError, match="Another Kafka answers"):
        kafka.ready()
    state.memory.secrets["kafka-cluster"] = right
    assert server.stop(kafka, state)


def test_a_start_cache_that_java_cannot_use_is_no_obstacle(kafka: Kafka, state: State, tmp_path: Path) -> None:
    folder = tmp_path / "jars: with a colon"
    folder.mkdir()
    for jar in kafka.jars.glob("*.jar"):
        (folder / jar.name).symlink_to(jar)
    spoilt = Kafka(state, kafka.java, folder)
    spoilt.start_cache.write_bytes(b"no cache at all" * 1000)
    assert ensure(spoilt, state)
    assert server.stop(spoilt, state)
    shutil.rmtree(folder)


async def _write(kafka: Kafka) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.address)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(TOPIC, num_partitions=1, replication_factor=1)])
    finally:
        await admin.close()
    async with AIOKafkaProducer(bootstrap_servers=kafka.address, acks="all", enable_idempotence=True) as producer:
        await asyncio.gather(*[await producer.send(TOPIC, str(number).encode()) for number in range(RECORDS)])


async def _count(kafka: Kafka) -> int:
    partition = TopicPartition(TOPIC, 0)
    async with AIOKafkaConsumer(bootstrap_servers=kafka.address) as consumer:
        return int((await consumer.end_offsets([partition]))[partition])
