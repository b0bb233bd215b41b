"""The port to Kafka as the loop sees it: lanes assigned, records fetched, events published, positions told."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol
from uuid import UUID

from leadline_runtime.consumed import Consumed
from leadline_runtime.frames import Outgoing

Positions = Mapping[tuple[str, int], int]  # (topic, partition) → next offset to read


class LogTrouble(Exception):
    """Kafka could not be reached, or it is not known what it took: renew the producer and claim again."""


class PositionLost(Exception):
    """A topic no longer has the position reached in it: it was made anew or cut. Stop and say so."""


class Log(Protocol):
    """Kafka, or memory in tests. Both pass one law-suite."""

    generation: int  # changes with every assignment
    lanes: frozenset[int]  # partition numbers assigned to this instance now
    at_rest: Callable[[], Awaitable[None]]  # what a revocation waits for: that no batch is running

    async def start(self) -> None:
        """Join the group; waits for Kafka and for the topics."""

    async def stop(self) -> None:
        """Leave the group."""

    async def rejoin(self) -> None:
        """Leave and join again: a fenced instance that keeps its lanes would be fenced for ever."""

    async def fetch(self, wait_s: float, limit: int) -> Sequence[Consumed]:
        """Records of the assigned lanes, in order per partition; none if there are none within `wait_s`."""

    async def seek(self, positions: Positions) -> Positions:
        """Read on from here; where a partition is not named, from the group's committed offset. Gives all positions."""

    async def topic_ids(self) -> Mapping[str, UUID]:
        """The ids of the input topics, as far as Kafka has any: made anew, a topic has another. Raises LogTrouble."""

    async def ends(self, topic: str, partitions: Sequence[int]) -> Mapping[int, int]:
        """The end offsets of a topic's partitions. Raises LogTrouble."""

    async def committed(self, group: str, topic: str) -> Mapping[int, int]:
        """Another group's committed offsets. Raises LogTrouble."""

    async def commit(self, positions: Positions) -> None:
        """Tell the group's offsets, for lag and horizon only. Raises LogTrouble."""

    async def publish(self, events: Sequence[Outgoing]) -> None:
        """Publish in order and wait for all acknowledgements. Raises LogTrouble; nothing is ever sent again in part."""

    def partitions(self, topic: str) -> int:
        """How many partitions a topic has."""

    def behind(self) -> Mapping[tuple[str, int], int]:
        """Records not yet fetched per partition, as far as known."""
