"""How far this machine's clock is from PostgreSQL's, whose time every decision takes.

Nothing is decided by a machine's own clock, so a skew breaks no promise; but it is by that clock that Kafka dates
records, logs and metrics are dated, and alerts that compare instants of two machines are wrong by it: so it is told.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from time import monotonic, time

from leadline_runtime.core.values import dataclass
from leadline_runtime.logs import logger
from leadline_runtime.metrics import RuntimeMetrics
from leadline_runtime.sql import DatabaseTrouble, Sql

log = logger(__name__)
EVERY_S = 30.0
TRIES = 3
ASK = "SELECT clock_timestamp()"  # the server's own clock, wherever the pipeline's was set to


@dataclass(frozen=True, slots=True)
class Skew:
    """Seconds by which this machine's clock is ahead (+) or behind (-); the truth lies within ± `bound_s` of it."""

    seconds: float
    bound_s: float


def skew(asked: float, answered_after: float, server: float) -> Skew:
    """From one question: POSIX time here when it was asked, seconds until the answer, POSIX time there in the answer.

    The server read its clock somewhere between the two, so half the round trip is the bound, however unlike its halves.
    """
    half = answered_after / 2
    return Skew(asked + half - server, half)


def closest(found: list[Skew]) -> Skew:
    """The one that is known best."""
    return min(found, key=lambda each: each.bound_s)


class ClockWatch:
    """Measures now and then and tells it in the metrics. A connection of its own, and only while it asks."""

    def __init__(self, url: str, metrics: RuntimeMetrics, wall: Callable[[], float] = time) -> None:
        self._sql, self._metrics, self._wall = Sql(url, "public"), metrics, wall

    async def run(self, every_s: float = EVERY_S) -> None:
        """Measure until cancelled. While PostgreSQL is away what was found last is told."""
        while True:
            try:
                self._tell(await self.look())
            except DatabaseTrouble as error:
                log.info("the clock cannot be compared", fault=str(error))
            await asyncio.sleep(every_s)

    async def look(self) -> Skew:
        """One measurement. Raises DatabaseTrouble."""
        try:
            await self._sql.fetch(ASK)  # the first question pays for the connection
            return closest([await self._ask() for _ in range(TRIES)])
        finally:
            await self._sql.close()

    async def _ask(self) -> Skew:
        asked, began = self._wall(), monotonic()
        ((server,),) = await self._sql.fetch(ASK)
        took = monotonic() - began
        assert isinstance(server, datetime)
        return skew(asked, took, server.timestamp())

    def _tell(self, found: Skew) -> None:
        service = self._metrics.service
        self._metrics.clock_skew.labels(service).set(found.seconds)
        self._metrics.clock_bound.labels(service).set(found.bound_s)
