"""Topics read by a command of `leadline`: what Kafka keeps of them now, without a consumer group.

What is needed is loaded when a command runs: every `leadline` command loads this file.
"""
# ruff: noqa: PLC0415

import logging
from collections import deque
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

from leadline_runtime.command_errors import NOT_FOUND, UNREACHABLE, CommandError
from leadline_runtime.command_settings import setting

if TYPE_CHECKING:
    from aiokafka import AIOKafkaConsumer, TopicPartition

    from leadline_runtime.consumed import Consumed

_KAFKA: Final = "LEADLINE_KAFKA"
_DEFAULT: Final = "127.0.0.1:9092"
_PAGE: Final = 2000  # records of one fetch
_STUCK_S: Final = 30.0
_ANSWER_MS: Final = 10_000


class KeptLog:
    """The records of one topic that Kafka keeps. `whole`: does it still hold the first that was ever written?"""

    def __init__(
        self, consumer: "AIOKafkaConsumer", topic: str, partitions: Sequence[int], since: datetime | None
    ) -> None:
        self._consumer, self._topic, self._partitions, self._since = consumer, topic, partitions, since
        self.whole = True

    async def of_lead(self, lead_id: UUID) -> "list[Consumed]":
        """Everything about one lead, in order: only its own partition is read. Raises CommandError."""
        from leadline_schemas.ids import key_bytes, partition_of

        key = key_bytes(lead_id)
        partition = partition_of(key, len(self._partitions))
        return [each async for page in self._pages([partition]) for each in page if each.key == key]

    def pages(self) -> "AsyncIterator[Sequence[Consumed]]":
        """All of it, as it stands now, in order within each partition. Raises CommandError if Kafka stops."""
        return self._pages(self._partitions)

    async def _pages(self, partitions: Sequence[int]) -> "AsyncIterator[Sequence[Consumed]]":
        from aiokafka.errors import KafkaError

        try:
            left, ends = await self._begin(partitions)
            while left:
                found = await self._fetched(left, ends)
                yield [record for records in found.values() for record in records]
                left = {place for place in left if await self._consumer.position(place) < ends[place]}
        except (KafkaError, OSError) as error:
            raise _refused(error) from None

    async def in_order(self) -> "AsyncIterator[Consumed]":
        """All of it, one record after the other by when it was written; no more than a page of each partition is held.

        Raises CommandError if Kafka stops.
        """
        from aiokafka.errors import KafkaError

        waiting: dict[object, deque[Consumed]] = {}
        try:
            left, ends = await self._begin(self._partitions)
            while left or waiting:
                empty = {place for place in left if place not in waiting}
                if empty:
                    for place, records in (await self._fetched(empty, ends)).items():
                        if records:
                            waiting[place] = deque(records)
                    left = {place for place in left if await self._consumer.position(place) < ends[place]}
                    continue
                first = min(waiting, key=lambda place: waiting[place][0].timestamp_ms)
                yield waiting[first].popleft()
                if not waiting[first]:
                    del waiting[first]
        except (KafkaError, OSError) as error:
            raise _refused(error) from None

    async def _begin(self, partitions: Sequence[int]) -> "tuple[set[TopicPartition], dict[TopicPartition, int]]":
        """Stand at the first record of each; the partitions that hold any, and where they end now."""
        from aiokafka import TopicPartition

        consumer, places = self._consumer, [TopicPartition(self._topic, each) for each in partitions]
        consumer.assign(places)
        ends: dict[TopicPartition, int] = await consumer.end_offsets(places)
        starts = await self._starts(places)
        left = {place for place in places if starts[place] < ends[place]}
        consumer.assign(list(left))
        for place in left:
            consumer.seek(place, starts[place])
        return left, ends

    async def _fetched(
        self, places: "Iterable[TopicPartition]", ends: "Mapping[TopicPartition, int]"
    ) -> "dict[TopicPartition, list[Consumed]]":
        from leadline_runtime.consumed import Consumed

        found = await self._consumer.getmany(*places, timeout_ms=int(_STUCK_S * 1000), max_records=_PAGE)
        if not found:
            raise CommandError(f"Kafka gave nothing for {_STUCK_S:g} s, reading stopped.", UNREACHABLE)
        return {
            place: [
                Consumed(r.topic, r.partition, r.offset, r.key, r.value, tuple(r.headers), r.timestamp)
                for r in records
                if r.offset < ends[place]
            ]
            for place, records in found.items()
        }

    async def _starts(self, places: "Sequence[TopicPartition]") -> "dict[TopicPartition, int]":
        first: dict[TopicPartition, int] = await self._consumer.beginning_offsets(places)
        self.whole = not any(first.values()) and self._since is None
        if self._since is None:
            return first
        at = max(int(self._since.timestamp() * 1000), 0)  # nothing was written before 1970
        found = await self._consumer.offsets_for_times(dict.fromkeys(places, at))
        ends = await self._consumer.end_offsets(places)
        return {place: found[place].offset if found[place] else ends[place] for place in places}


@asynccontextmanager
async def kept_log(topic: str, kafka: str | None = None, since: datetime | None = None) -> AsyncIterator[KeptLog]:
    """A reader of one topic; `kafka`: else LEADLINE_KAFKA, else the local stack's. `since`: only what was written then
    or later. Raises CommandError.
    """
    from aiokafka import AIOKafkaConsumer
    from aiokafka.errors import KafkaError

    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # a person reads our sentence instead
    servers = kafka or setting(_KAFKA, _DEFAULT) or _DEFAULT
    consumer = AIOKafkaConsumer(
        bootstrap_servers=servers.split(","), group_id=None, enable_auto_commit=False, request_timeout_ms=_ANSWER_MS
    )
    try:
        await consumer.start()
        cluster = await consumer._client.fetch_all_metadata()
        partitions = sorted(cluster.partitions_for_topic(topic) or ())
        if not partitions:
            raise CommandError(f"There is no topic {topic}; `leadline topics apply` makes it.", NOT_FOUND)
        yield KeptLog(consumer, topic, partitions, since)
    except (KafkaError, OSError) as error:
        raise _refused(error, servers) from None
    finally:
        await consumer.stop()


def _refused(error: Exception, servers: str = "") -> CommandError:
    at = f" at {servers}" if servers else ""
    return CommandError(
        f"Kafka{at} does not answer ({type(error).__name__}). Start it (`leadline up`) or say where it is: "
        f"{_KAFKA}=host:port.",
        UNREACHABLE,
    )
