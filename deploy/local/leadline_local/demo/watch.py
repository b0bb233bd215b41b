"""Reading the topics for the board."""

import asyncio
from collections.abc import Callable

from aiokafka import AIOKafkaConsumer, TopicPartition

from leadline_schemas.codec import decode
from leadline_schemas.event import Model
from leadline_schemas.topics import LEAD_RECEIVED, TOPICS, topic_named

Take = Callable[[str, bytes, Model], None]


async def watch(kafka: str, partitions: int, take: Take) -> None:
    """Give every event to `take`, from the beginning, until cancelled."""
    reader = AIOKafkaConsumer(bootstrap_servers=kafka, auto_offset_reset="earliest")
    await reader.start()
    reader.assign([TopicPartition(topic.name, n) for topic in TOPICS for n in range(partitions)])
    try:
        while True:
            for place, records in (await reader.getmany(timeout_ms=200)).items():
                for record in records:
                    if place.topic == LEAD_RECEIVED.name:
                        take(place.topic, b"%d-%d" % (place.partition, record.offset), Model())
                    else:
                        event_id = dict(record.headers)["ce_id"]
                        take(place.topic, event_id, decode(topic_named(place.topic), record.value or b""))
            await asyncio.sleep(0)
    finally:
        await reader.stop()
