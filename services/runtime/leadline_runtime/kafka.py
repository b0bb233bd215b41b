"""Kafka behind the loop: a consumer of all input topics with the lanes as partitions, and the publisher."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.errors import KafkaError
from aiokafka.structs import OffsetAndMetadata

from leadline_runtime.consumed import Consumed
from leadline_runtime.frames import Outgoing
from leadline_runtime.log import LogTrouble, PositionLost, Positions
from leadline_runtime.logs import logger
from leadline_runtime.publisher import Publisher
from leadline_runtime.settings import Settings
from leadline_runtime.topic_ids import topic_ids

log = logger(__name__)


class _Lanes(ConsumerRebalanceListener):  # type: ignore[misc]
    """Tells the log of assignments; a revocation waits for the running batch, at most half the rebalance timeout."""

    def __init__(self, owner: "Kafka") -> None:
        self.owner = owner

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        self.owner.lanes = frozenset()
        self.owner.generation += 1
        try:
            await asyncio.wait_for(self.owner.at_rest(), self.owner.patience_s)
        except TimeoutError:
            log.warning("a revocation did not wait for the running batch; the owner check decides")

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        self.owner.lanes = frozenset(tp.partition for tp in assigned)
        self.owner.generation += 1


class Kafka:
    """The log of one step, as the port `Log` asks for."""

    def __init__(self, settings: Settings, group: str, topics: Sequence[str]) -> None:
        self.settings, self.group, self.topics = settings, group, list(topics)
        self.at_rest: Callable[[], Awaitable[None]] = _nothing
        self.generation, self.lanes = 0, frozenset[int]()
        self.patience_s = settings.rebalance_timeout_ms / 2000
        self._consumer: AIOKafkaConsumer | None = None
        self._admin: AIOKafkaAdminClient | None = None
        self._publisher = Publisher(settings.kafka, f"leadline.{group}", self.partitions)
        self._counts: dict[str, int] = {}

    async def start(self) -> None:
        """See Log.start."""
        settings = self.settings
        made = AIOKafkaConsumer(
            bootstrap_servers=settings.kafka,
            client_id=f"leadline.{self.group}.{settings.instance}",
            group_id=f"leadline.{self.group}",
            group_instance_id=settings.instance if settings.static_member else None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            partition_assignment_strategy=(RangePartitionAssignor,),
            session_timeout_ms=settings.session_timeout_ms,
            heartbeat_interval_ms=max(500, settings.session_timeout_ms // 5),
            rebalance_timeout_ms=settings.rebalance_timeout_ms,
            max_poll_interval_ms=600_000,
            fetch_max_wait_ms=100,  # questions about offsets stand behind it on the same connection
            check_crcs=False,
        )
        try:
            await made.start()
            self._consumer = made
            await self._count_partitions()
            made.subscribe(self.topics, listener=_Lanes(self))
        except (KafkaError, OSError) as error:
            self._consumer = None
            await made.stop()
            raise LogTrouble(f"Kafka: {type(error).__name__}") from error

    async def _count_partitions(self) -> None:
        cluster = await self._live()._client.fetch_all_metadata()
        self._counts = {topic: len(cluster.partitions_for_topic(topic) or ()) for topic in cluster.topics()}
        missing = [topic for topic in self.topics if not self._counts.get(topic)]
        if missing:
            raise LogTrouble(f"topics are missing: {', '.join(missing)}; run `leadline topics apply`")
        counts = {self._counts[topic] for topic in self.topics}
        if len(counts) != 1:
            told = ", ".join(f"{topic} {self._counts[topic]}" for topic in self.topics)
            raise PositionLost(
                f"input topics differ in their number of partitions: {told}; see `leadline topics check`"
            )

    def _live(self) -> AIOKafkaConsumer:
        if self._consumer is None:
            raise LogTrouble("not connected to Kafka")
        return self._consumer

    async def stop(self) -> None:
        """See Log.stop."""
        consumer, self._consumer = self._consumer, None
        self.lanes = frozenset()
        if consumer is not None:
            await consumer.stop()
        if self._admin is not None:
            await self._admin.close()
            self._admin = None
        await self._publisher.stop()

    async def rejoin(self) -> None:
        """See Log.rejoin."""
        await self.stop()
        await self.start()

    async def fetch(self, wait_s: float, limit: int) -> Sequence[Consumed]:
        """See Log.fetch."""
        lanes = self.lanes
        if not lanes:
            # Taken away: asked now, the consumer would wait for the next assignment, whatever the time given, while
            # that waits for the batch in hand, during which is fetched ahead.
            await asyncio.sleep(wait_s)
            return ()
        try:
            found = await self._live().getmany(timeout_ms=int(wait_s * 1000), max_records=limit)
        except KafkaError as error:
            raise LogTrouble(f"Kafka: {type(error).__name__}") from error
        return [
            Consumed(r.topic, r.partition, r.offset, r.key, r.value, tuple(r.headers), r.timestamp)
            for tp, records in found.items()
            if tp.partition in lanes
            for r in records
        ]

    async def seek(self, positions: Positions) -> Positions:
        """See Log.seek."""
        consumer = self._live()
        try:
            for (topic, partition), position in positions.items():
                consumer.seek(TopicPartition(topic, partition), position)
            for tp in consumer.assignment():
                if (tp.topic, tp.partition) in positions:
                    continue
                committed = await consumer.committed(tp)
                if committed is None:  # a new group: from the beginning, also after records were fetched in vain
                    await consumer.seek_to_beginning(tp)
                else:
                    consumer.seek(tp, committed)
            return {(tp.topic, tp.partition): await consumer.position(tp) for tp in consumer.assignment()}
        except (KafkaError, OSError) as error:
            raise LogTrouble(f"Kafka: {type(error).__name__}") from error

    async def topic_ids(self) -> Mapping[str, UUID]:
        """See Log.topic_ids."""
        try:
            return await topic_ids(self._live()._client, self.topics)
        except (KafkaError, OSError) as error:
            raise LogTrouble(f"Kafka: {type(error).__name__}") from error

    async def ends(self, topic: str, partitions: Sequence[int]) -> Mapping[int, int]:
        """See Log.ends."""
        try:
            found = await self._live().end_offsets([TopicPartition(topic, p) for p in partitions])
        except (KafkaError, OSError) as error:
            raise LogTrouble(f"Kafka: {type(error).__name__}") from error
        return {tp.partition: offset for tp, offset in found.items()}

    async def committed(self, group: str, topic: str) -> Mapping[int, int]:
        """See Log.committed."""
        try:
            if self._admin is None:
                admin = AIOKafkaAdminClient(bootstrap_servers=self.settings.kafka)
                await admin.start()
                self._admin = admin
            found: Mapping[Any, Any] = await self._admin.list_consumer_group_offsets(f"leadline.{group}")
        except (KafkaError, OSError) as error:
            raise LogTrouble(f"Kafka: {type(error).__name__}") from error
        return {tp.partition: said.offset for tp, said in found.items() if tp.topic == topic}

    async def commit(self, positions: Positions) -> None:
        """See Log.commit."""
        lanes = self.lanes
        told = {TopicPartition(t, p): OffsetAndMetadata(o, "") for (t, p), o in positions.items() if p in lanes}
        try:
            if told:
                await self._live().commit(told)
        except KafkaError as error:
            raise LogTrouble(f"Kafka: {type(error).__name__}") from error

    async def publish(self, events: Sequence[Outgoing]) -> None:
        """See Log.publish."""
        await self._publisher.publish(events)

    def partitions(self, topic: str) -> int:
        """See Log.partitions."""
        return self._counts.get(topic) or 1

    def behind(self) -> Mapping[tuple[str, int], int]:
        """See Log.behind."""
        consumer = self._live()
        lags: dict[tuple[str, int], int] = {}
        for tp in consumer.assignment():
            state = consumer._subscription.subscription.assignment.state_value(tp)
            if state is not None and state.highwater is not None and state.has_valid_position:
                lags[tp.topic, tp.partition] = max(0, state.highwater - state.position)
        return lags


async def _nothing() -> None:
    """What a revocation waits for until a loop says what: nothing."""
