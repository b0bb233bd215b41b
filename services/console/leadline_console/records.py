"""Reading and writing single records of Kafka topics, without a consumer group."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from heapq import merge
from typing import Any

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import KafkaError

from leadline_console.errors import Exit, UserError
from leadline_runtime.core.values import dataclass

Offsets = Mapping[tuple[str, int], int]
_POLL_MS = 200
_STUCK_SECONDS = 30
_ACKNOWLEDGE_SECONDS = 30


@dataclass(frozen=True)
class Kept:
    """A record as it lies in Kafka. `at`: its writer's time."""

    topic: str
    partition: int
    offset: int
    at: datetime
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]

    def header(self, name: str) -> str | None:
        """The newest header of this name as text."""
        return next((value.decode("utf-8", "replace") for key, value in reversed(self.headers) if key == name), None)


class Reader:
    """Reads given partitions from given offsets. Not for several threads."""

    def __init__(self, consumer: Any) -> None:
        self._consumer = consumer

    def until(self, starts: Offsets, ends: Offsets) -> Iterator[Kept]:
        """What lies in `starts` ≤ offset < `ends`, in order within each partition. Raises UserError if Kafka stops."""
        open_ends = {TopicPartition(*place): ends[place] for place in starts if starts[place] < ends[place]}
        self._place({(tp.topic, tp.partition): starts[tp.topic, tp.partition] for tp in open_ends})
        last = time.monotonic()
        while open_ends:
            for record in self._poll():
                last = time.monotonic()
                tp = TopicPartition(record.topic, record.partition)
                if record.offset < ends[record.topic, record.partition]:
                    yield record
                if self._consumer.position(tp) >= ends[tp.topic, tp.partition]:
                    open_ends.pop(tp, None)
            for tp in [tp for tp, end in open_ends.items() if self._consumer.position(tp) >= end]:
                del open_ends[tp]
            if time.monotonic() - last > _STUCK_SECONDS:
                raise UserError(f"Kafka gave nothing for {_STUCK_SECONDS} s, reading stopped.", Exit.UNREACHABLE)

    def follow(self, starts: Offsets) -> Iterator[Kept]:
        """What lies at `starts` and after, as it comes, for ever."""
        self._place(starts)
        while True:
            yield from self._poll()

    def _place(self, starts: Offsets) -> None:
        self._consumer.assign([TopicPartition(*place) for place in starts])
        for place, offset in starts.items():
            self._consumer.seek(TopicPartition(*place), offset)

    def _poll(self) -> list[Kept]:
        found = self._consumer.poll(timeout_ms=_POLL_MS)
        # A merge, not a sort: whatever the clocks of the writers say, the order within a partition stays.
        return list(merge(*([_kept(one) for one in part] for part in found.values()), key=lambda record: record.at))


def _kept(record: Any) -> Kept:
    return Kept(
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        at=datetime.fromtimestamp(record.timestamp / 1000, UTC),
        key=record.key,
        value=record.value,
        headers=tuple((name, value or b"") for name, value in record.headers),
    )


@contextmanager
def reader(bootstrap: str) -> Iterator[Reader]:
    """A reader of any partitions. Raises UserError where Kafka refuses."""
    try:
        consumer = KafkaConsumer(bootstrap_servers=bootstrap.split(","), group_id=None, enable_auto_commit=False)
        try:
            yield Reader(consumer)
        finally:
            consumer.close()
    except KafkaError as error:
        raise UserError(f"Reading from Kafka at {bootstrap} failed: {type(error).__name__}", Exit.FAILED) from error


def write(bootstrap: str, records: Sequence[Kept]) -> None:
    """Write these records (topic, partition, key, value, headers) and return when Kafka has all of them safely.

    Raises UserError: then some may be written and some not; writing them again is safe for Leadline's topics.
    """
    try:
        producer = KafkaProducer(
            bootstrap_servers=bootstrap.split(","), acks="all", enable_idempotence=True, max_request_size=5_242_880
        )
        try:
            sent = [
                producer.send(one.topic, one.value, key=one.key, headers=list(one.headers), partition=one.partition)
                for one in records
            ]
            for future in sent:
                future.get(timeout=_ACKNOWLEDGE_SECONDS)
        finally:
            producer.close()
    except KafkaError as error:
        raise UserError(
            f"Kafka at {bootstrap} did not take all of {len(records)} record(s): {type(error).__name__}. "
            "Run the same command again: what was written already is recognised.",
            Exit.FAILED,
        ) from error
