"""The horizon: the instant up to which everything accepted has surely been read (loop, section 5)."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from leadline_runtime.log import Log, LogTrouble, Positions
from leadline_runtime.metrics import RuntimeMetrics
from leadline_schemas.topics import LEAD_RECEIVED

LOOK_S, LOOK_AT_MOST_S = 0.03, 0.5


class Horizon:
    """Moves forward in rounds: take the time, wait until all that was in Kafka then is read, that is the horizon.

    Idle partitions pass at once; without Kafka it stands still, and the grace of a verdict decides.
    """

    def __init__(
        self,
        kafka: Log,
        topics: Sequence[str],
        now: Callable[[], datetime | None],
        reached: Callable[[], Positions],
        metrics: RuntimeMetrics,
    ) -> None:
        self.log, self.topics, self.now, self.reached, self.metrics = kafka, topics, now, reached, metrics
        self.at: datetime | None = None

    async def run(self, every_s: float) -> None:
        """Rounds until cancelled. A round that fails is given up: the horizon stands still."""
        while True:
            try:
                await self.round()
            except LogTrouble:
                await asyncio.sleep(1)
            await asyncio.sleep(every_s)

    async def round(self) -> None:
        """One round. Raises LogTrouble."""
        at, generation = self.now(), self.log.generation
        if at is None or not self.log.lanes:
            return
        partitions = range(self.log.partitions(LEAD_RECEIVED.name))
        # Asked together: while a step decides, each answer of Kafka may wait for a whole batch.
        received, read = await asyncio.gather(
            self.log.ends(LEAD_RECEIVED.name, partitions), self.log.committed("capture", LEAD_RECEIVED.name)
        )
        looks = 0
        while not _passed(read, received):
            looks += 1  # another process reaches it: there is nothing to wait on but Kafka, and asking costs
            await asyncio.sleep(min(LOOK_S * looks, LOOK_AT_MOST_S))
            read = await self.log.committed("capture", LEAD_RECEIVED.name)
        lanes = sorted(self.log.lanes)
        found = await asyncio.gather(*(self.log.ends(topic, lanes) for topic in self.topics))
        ends = {(t, p): end for t, of in zip(self.topics, found, strict=True) for p, end in of.items()}
        while not _passed(self.reached(), ends):
            if self.log.generation != generation:
                return
            await asyncio.sleep(LOOK_S)
        if self.log.generation == generation and (self.at is None or at > self.at):
            self.at = at
            self.metrics.horizon.labels(self.metrics.service).set(at.timestamp())


def _passed(positions: Mapping[Any, int], ends: Mapping[Any, int]) -> bool:
    return all(end == 0 or positions.get(place, 0) >= end for place, end in ends.items())
