"""Ends a process whose lag stands still: a restart claims the lanes anew, a hang would keep them."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from time import monotonic, time
from typing import TYPE_CHECKING

from leadline_runtime.batching import Batching
from leadline_runtime.lag import Lag
from leadline_runtime.log import LogTrouble
from leadline_runtime.logs import logger

if TYPE_CHECKING:
    from leadline_runtime.loop import Parts

log = logger(__name__)
LOOK_S = 2.0


class Stalled(Exception):
    """There were records to read, and for too long no position moved."""


class Watchdog:
    """Looks every two seconds: tells the lag as metrics, and ends the process when it does not move."""

    def __init__(self, parts: "Parts", batching: Batching) -> None:
        self.parts, self.batching = parts, batching
        self._last: dict[tuple[str, int], int] = {}
        self._moved = monotonic()
        self._lag = Lag()

    async def run(self, end: Callable[[BaseException], Awaitable[None]]) -> None:
        """Look until ended; `end` is called with Stalled."""
        while True:
            await asyncio.sleep(LOOK_S)
            if self.look():
                log.critical("records wait and no position moves; ending, so that a restart claims the lanes anew")
                await end(Stalled(f"no position moved for {self.parts.settings.stall_s:.0f} s"))
                return

    def look(self) -> bool:
        """One look: True if lag stands still for longer than `stall_s`."""
        try:
            behind = self.parts.log.behind()
        except LogTrouble:
            self._moved = monotonic()  # Kafka is away: that is waited for, not a stall
            return False
        self._tell(behind)
        reached = dict(self.batching.reached)
        if reached != self._last or not any(behind.values()):
            self._last, self._moved = reached, monotonic()
        return monotonic() - self._moved > self.parts.settings.stall_s

    def _tell(self, behind: Mapping[tuple[str, int], int]) -> None:
        metrics, service = self.parts.metrics, self.parts.metrics.service
        for (topic, partition), records in behind.items():
            metrics.lag_records.labels(service, topic, partition).set(records)
        now = time()
        oldest = self._lag.oldest(behind, self.batching.read_times, now)
        metrics.oldest_unread.labels(service).set(oldest or 0)
        metrics.lag_seconds.labels(service).set(0 if oldest is None else now - oldest)
