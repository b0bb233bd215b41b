"""Publishing to Kafka: batches built for known partitions, in order, all acknowledgements awaited."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from leadline_runtime.frames import Outgoing
from leadline_runtime.log import LogTrouble

BATCH_BYTES = 960_000
TROUBLE = (KafkaError, OSError, TimeoutError, AssertionError)  # aiokafka asserts where a connection is gone


class Publisher:
    """An idempotent producer that is replaced after any failure: a part of a batch is never sent again by itself."""

    def __init__(self, bootstrap: str, client_id: str, partitions: Callable[[str], int]) -> None:
        self._settings: dict[str, Any] = {
            "bootstrap_servers": bootstrap,
            "client_id": client_id,
            "acks": "all",
            "enable_idempotence": True,
            "linger_ms": 0,
            "max_batch_size": BATCH_BYTES,
            "max_request_size": 1_000_000,
            "request_timeout_ms": 20_000,
        }
        self._partitions = partitions
        self._producer: AIOKafkaProducer | None = None

    async def start(self) -> None:
        """Connect. Raises LogTrouble."""
        await self.stop()
        made = AIOKafkaProducer(**self._settings)
        try:
            await made.start()
        except TROUBLE as error:
            await closed(made)
            raise LogTrouble(f"Kafka: {type(error).__name__}") from error
        self._producer = made

    async def stop(self) -> None:
        """Close without waiting for what is unacknowledged: the outbox has it."""
        producer, self._producer = self._producer, None
        if producer is not None:
            await closed(producer)

    async def publish(self, events: Sequence[Outgoing]) -> None:
        """See Log.publish."""
        if not events:
            return
        if self._producer is None:
            await self.start()
        assert self._producer is not None
        try:
            waiting = [await future for future in [self._send(*group) for group in self._group(events)]]
            await asyncio.gather(*[f for futures in waiting for f in futures])
        except TROUBLE as error:
            await self.stop()
            raise LogTrouble(f"Kafka: {type(error).__name__}") from error

    def _group(self, events: Sequence[Outgoing]) -> list[tuple[str, int, list[Outgoing]]]:
        groups: dict[tuple[str, int], list[Outgoing]] = {}
        for event in events:
            groups.setdefault((event.topic, event.partition), []).append(event)
        return [(topic, lane % self._partitions(topic), group) for (topic, lane), group in groups.items()]

    async def _send(self, topic: str, partition: int, group: list[Outgoing]) -> list[asyncio.Future[Any]]:
        producer = self._producer
        assert producer is not None
        futures: list[asyncio.Future[Any]] = []
        builder = producer.create_batch()
        for event in group:
            headers = list(event.headers)
            while builder.append(timestamp=None, key=event.key, value=event.value, headers=headers) is None:
                if builder.record_count() == 0:
                    raise LogTrouble(f"an event for {event.topic} is larger than a batch")
                futures.append(await producer.send_batch(builder, topic, partition=partition))
                builder = producer.create_batch()
        builder.close()
        futures.append(await producer.send_batch(builder, topic, partition=partition))
        return futures


async def closed(producer: AIOKafkaProducer) -> None:
    """Close for good: `stop` alone waits for what Kafka never acknowledges, and leaves its sender running if cut."""
    try:
        await asyncio.wait_for(producer.stop(), 2)
    except TROUBLE:
        with suppress(Exception, asyncio.CancelledError):
            await asyncio.wait_for(producer._sender.close(), 2)
        with suppress(Exception):
            await producer.client.close()
