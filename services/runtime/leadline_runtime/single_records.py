"""Single records written to one topic, each acknowledged by Kafka or refused within a second (capture's edge).

Records wait in the producer and nowhere else, so that their number is bounded: while the oldest one waits longer than
the budget, new ones are refused at once, and the waiting ones are the probe that finds Kafka back.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from time import monotonic
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, MessageSizeTooLargeError

from leadline_runtime.core.values import dataclass
from leadline_runtime.frames import Headers
from leadline_runtime.logs import logger
from leadline_runtime.publisher import TROUBLE, closed
from leadline_schemas.ids import partition_of

log = logger(__name__)


@dataclass(frozen=True, slots=True)
class Single:
    """One record of the topic."""

    key: bytes
    value: bytes
    headers: Headers


class NotDurable(Exception):
    """It was not made durable in time: nothing may be promised. The record may still arrive."""


class Refused(NotDurable):
    """Kafka will never take it: it is larger than the topic's records may be."""


class SingleRecords:
    """An idempotent producer (acks=all) for one topic, made anew after any failure.

    budget_s: how long one write may take. most_waiting: how many records may wait for Kafka at the same time.
    """

    def __init__(
        self, bootstrap: str, client_id: str, topic: str, *, budget_s: float = 0.9, most_waiting: int = 2000
    ) -> None:
        self.topic, self.budget_s, self.most_waiting = topic, budget_s, most_waiting
        self._settings: dict[str, Any] = {
            "bootstrap_servers": bootstrap,
            "client_id": client_id,
            "acks": "all",
            "enable_idempotence": True,
            "linger_ms": 0,
            "max_batch_size": 262_144,
            "max_request_size": 4_000_000,
            "request_timeout_ms": 5_000,  # how soon a connection that leads nowhere is given up
        }
        self._producer: AIOKafkaProducer | None = None
        self._partitions = 0
        self._waiting: dict[asyncio.Future[Any], float] = {}
        self._batched = 0  # records in batches that wait
        self._reachable = False
        self._broken = asyncio.Event()

    @property
    def trouble(self) -> str | None:
        """Why nothing can be written now; None if it can."""
        if self._producer is None or not self._reachable:
            return "no connection to Kafka"
        if self._waiting and monotonic() - next(iter(self._waiting.values())) > self.budget_s:
            return "Kafka does not acknowledge"
        return "too many records wait for Kafka" if len(self._waiting) + self._batched >= self.most_waiting else None

    async def write(self, record: Single) -> None:
        """Write one record and wait until Kafka has it. Raises NotDurable within the budget."""
        producer, trouble = self._producer, self.trouble
        if producer is None or trouble is not None:
            raise NotDurable(trouble)
        try:
            async with asyncio.timeout(self.budget_s):
                partition = partition_of(record.key, self._partitions)
                sent = await producer.send(
                    self.topic, record.value, key=record.key, partition=partition, headers=list(record.headers)
                )
                await asyncio.shield(self._waits(sent))
        except TimeoutError:
            raise NotDurable("Kafka does not acknowledge") from None
        # After a batch that failed for good the next one is out of order: only a new producer can go on.
        except MessageSizeTooLargeError:
            self._broken.set()
            raise Refused("Kafka: the record is too large") from None
        except KafkaError as error:
            self._broken.set()
            raise NotDurable(f"Kafka: {type(error).__name__}") from error

    async def write_all(self, records: Sequence[Single]) -> list[bool]:
        """Write several, in order and in as few batches as can be; which of them Kafka has, within the budget."""
        taken = [False] * len(records)
        producer = self._producer
        if producer is None or self.trouble is not None or not records:
            return taken
        sent: list[tuple[asyncio.Future[Any], list[int]]] = []
        self._batched += len(records)
        try:
            async with asyncio.timeout(self.budget_s):
                groups = self._groups(records)
                await asyncio.gather(*[self._send_group(producer, records, *group, sent) for group in groups])
                await asyncio.wait([future for future, _ in sent])
        except TimeoutError:
            pass  # what is acknowledged is
        except KafkaError:
            self._broken.set()
        finally:
            self._batched -= len(records)
        for future, places in sent:
            if future.done() and future.exception() is None:
                for n in places:
                    taken[n] = True
            elif future.done():
                self._broken.set()
        return taken

    def _groups(self, records: Sequence[Single]) -> list[tuple[int, list[int]]]:
        found: dict[int, list[int]] = {}
        for n, record in enumerate(records):
            found.setdefault(partition_of(record.key, self._partitions), []).append(n)
        return list(found.items())

    async def _send_group(
        self,
        producer: AIOKafkaProducer,
        records: Sequence[Single],
        partition: int,
        places: list[int],
        sent: list[tuple["asyncio.Future[Any]", list[int]]],
    ) -> None:
        builder, held = producer.create_batch(), list[int]()
        for n in places:
            record = records[n]
            more = {"key": record.key, "value": record.value, "headers": list(record.headers)}
            if builder.append(timestamp=None, **more) is None:
                builder.close()
                sent.append((self._waits(await producer.send_batch(builder, self.topic, partition=partition)), held))
                builder, held = producer.create_batch(), []
                builder.append(timestamp=None, **more)  # the first always fits
            held.append(n)
        builder.close()
        sent.append((self._waits(await producer.send_batch(builder, self.topic, partition=partition)), held))

    def _waits(self, sent: "asyncio.Future[Any]") -> "asyncio.Future[Any]":
        self._waiting[sent] = monotonic()
        sent.add_done_callback(self._settled)
        return sent

    def _settled(self, sent: "asyncio.Future[Any]") -> None:
        self._waiting.pop(sent, None)
        if not sent.cancelled():
            sent.exception()  # who waited may be gone: that is no fault

    async def run(self, look_every_s: float = 2.0) -> None:
        """Connect, look now and then whether Kafka answers, connect anew after a failure. Ends by cancellation."""
        try:
            while True:
                if self._producer is None or self._broken.is_set():
                    await self._renew()
                else:
                    self._found(await self._answers(self._producer, look_every_s))
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._broken.wait(), look_every_s if self._reachable else look_every_s / 4)
        finally:
            await self.close()

    def _found(self, reachable: bool) -> None:
        if reachable != self._reachable:
            log.warning("Kafka answers again" if reachable else "Kafka does not answer", topic=self.topic)
        self._reachable = reachable

    async def _renew(self) -> None:
        await self.close()
        self._broken.clear()
        made = AIOKafkaProducer(**self._settings)
        try:
            await made.start()
            self._partitions = len(await made.partitions_for(self.topic))
        except TROUBLE as error:
            log.warning("no producer yet", topic=self.topic, error=type(error).__name__)
            await closed(made)
            return
        except BaseException:
            await closed(made)
            raise
        self._producer, self._reachable = made, True

    async def _answers(self, producer: AIOKafkaProducer, within_s: float) -> bool:
        try:
            return bool(await asyncio.wait_for(producer.client.force_metadata_update(), within_s))
        except TROUBLE:
            return False

    async def close(self, flush_s: float = 0.0) -> None:
        """Give up the producer; up to `flush_s` for what waits."""
        producer, self._producer, self._reachable = self._producer, None, False
        if producer is not None:
            if flush_s and self._waiting:
                await asyncio.wait(list(self._waiting), timeout=flush_s)
            self._waiting.clear()
            await closed(producer)
