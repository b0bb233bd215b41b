"""What is written to Kafka from an instant on under one key: only the one partition of a key is read."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from time import monotonic
from types import TracebackType
from typing import Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from leadline_runtime.log import LogTrouble
from leadline_schemas.ids import partition_of

_ANSWER_S: Final = 10.0
_POLL_MS: Final = 200
# Whoever asks for the next topic waits behind the question about the one before.
_LONG_POLL_MS: Final = 20
Ends = dict[TopicPartition, int]


class LogEnds:
    """A reader without a group. Every call raises LogTrouble if Kafka does not answer."""

    def __init__(self, kafka: str) -> None:
        self._kafka = kafka
        self._consumer: AIOKafkaConsumer | None = None

    async def __aenter__(self) -> "LogEnds":
        """Connect."""
        made = AIOKafkaConsumer(
            bootstrap_servers=self._kafka.split(","), group_id=None, enable_auto_commit=False,
            request_timeout_ms=int(_ANSWER_S * 1000), fetch_max_wait_ms=_LONG_POLL_MS,
        )  # fmt: skip
        try:
            await made.start()
        except (KafkaError, OSError) as error:
            await made.stop()
            raise self._away(error) from None
        self._consumer = made
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Disconnect."""
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            with suppress(KafkaError, OSError):
                await consumer.stop()

    async def now(self, topics: Sequence[str]) -> Ends:
        """Where every partition of these topics ends."""
        consumer = self._live()
        try:
            async with asyncio.timeout(_ANSWER_S):
                cluster = await consumer._client.fetch_all_metadata()
                places = [TopicPartition(t, each) for t in topics for each in cluster.partitions_for_topic(t) or ()]
                missing = set(topics) - {place.topic for place in places}
                if missing:
                    raise LogTrouble(f"There is no topic {sorted(missing)[0]}; `leadline topics apply` makes it.")
                ends: Ends = await consumer.end_offsets(places)
                return ends
        except (KafkaError, OSError, TimeoutError) as error:
            raise self._away(error) from None

    async def first(self, topic: str, key: bytes, since: Ends, until: float) -> bytes | None:
        """The value of the first record with this key after `since`; None if there is none `until` (monotonic)."""
        consumer = self._live()
        partitions = sum(place.topic == topic for place in since)
        place = TopicPartition(topic, partition_of(key, partitions))
        try:
            consumer.assign([place])
            consumer.seek(place, since[place])
            while (left := until - monotonic()) > 0:
                found = await asyncio.wait_for(consumer.getmany(place, timeout_ms=_POLL_MS), max(left, 1.0))
                for record in found.get(place, ()):
                    if record.key == key:
                        value: bytes | None = record.value
                        return value
        except TimeoutError:
            return None
        except (KafkaError, OSError) as error:
            raise self._away(error) from None
        return None

    def _live(self) -> AIOKafkaConsumer:
        assert self._consumer is not None, "use it in an `async with`"
        return self._consumer

    def _away(self, error: BaseException) -> LogTrouble:
        return LogTrouble(f"Kafka at {self._kafka} does not answer ({type(error).__name__}).")
