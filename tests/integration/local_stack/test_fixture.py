"""The fixture every integration test stands on."""

import psycopg
import pytest
import redis
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from leadline_local.endpoints import Endpoints

pytestmark = pytest.mark.stack


async def test_kafka_keeps_what_it_acknowledged(stack: Endpoints, prefix: str) -> None:
    topic = f"{prefix}.leads"
    admin = AIOKafkaAdminClient(bootstrap_servers=stack.kafka)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(topic, num_partitions=2, replication_factor=1)])
    finally:
        await admin.close()
    async with AIOKafkaProducer(bootstrap_servers=stack.kafka, acks="all", enable_idempotence=True) as producer:
        await producer.send_and_wait(topic, b"a lead", key=b"one")
    async with AIOKafkaConsumer(
        topic, bootstrap_servers=stack.kafka, group_id=prefix, auto_offset_reset="earliest"
    ) as consumer:
        record = await consumer.getone()
    assert (record.key, record.value) == (b"one", b"a lead")


def test_postgres_is_a_utf8_database_in_utc_with_a_schema_for_each_test(stack: Endpoints, prefix: str) -> None:
    with psycopg.connect(stack.database_url) as connection:
        connection.execute(f"CREATE SCHEMA {prefix}")
        connection.execute(f"CREATE TABLE {prefix}.lead (name text)")
        connection.execute(f"INSERT INTO {prefix}.lead VALUES ('Łukasz 李')")
        row = connection.execute(
            f"SELECT name, current_setting('TimeZone'), current_setting('server_encoding') FROM {prefix}.lead"
        ).fetchone()
    assert row == ("Łukasz 李", "UTC", "UTF8")


def test_redis_keeps_a_value_for_a_while(stack: Endpoints, prefix: str) -> None:
    with redis.Redis.from_url(stack.redis_url) as client:
        client.set(f"{prefix}:seen", "1", ex=60)
        assert client.get(f"{prefix}:seen") == b"1"
        assert 0 < client.ttl(f"{prefix}:seen") <= 60
