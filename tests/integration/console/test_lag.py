"""How far a service is behind, by a real Kafka."""

from datetime import UTC, datetime, timedelta

import pytest
from kafka import KafkaAdminClient, KafkaProducer

from leadline_console import cluster
from leadline_console.lag import TopicLag, group_of, read_lag
from leadline_local.endpoints import Endpoints

pytestmark = pytest.mark.stack


def test_what_was_written_and_not_read_is_counted_and_its_age_told(stack: Endpoints, prefix: str) -> None:
    topic = f"{prefix}.in"
    client = KafkaAdminClient(bootstrap_servers=stack.kafka)
    client.create_topics({topic: {"num_partitions": 2, "replication_factor": 1}}, wait_for_metadata=True)
    client.close()

    def lag() -> TopicLag:
        (found,) = read_lag(stack.kafka, datetime.now(UTC), [(prefix, topic)])
        return found

    assert (lag().records, lag().oldest, lag().committed, lag().members) == (0, None, False, 0)

    long_ago = datetime.now(UTC) - timedelta(minutes=10)
    producer = KafkaProducer(bootstrap_servers=stack.kafka, acks="all")
    for number in range(3):
        at = long_ago + timedelta(minutes=number)
        producer.send(topic, b"x", partition=0, timestamp_ms=int(at.timestamp() * 1000)).get(timeout=10)
    producer.close()
    assert lag().records == 3
    assert 600 <= lag().seconds < 660

    with cluster.admin(stack.kafka) as admin:
        cluster.commit(admin, group_of(prefix), {(topic, 0): 2})
    assert (lag().records, lag().committed) == (1, True)
    assert 480 <= lag().seconds < 540
