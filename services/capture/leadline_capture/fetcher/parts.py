"""The parts of a fetcher on real servers: what it takes from the table, and how it stands with each server."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from time import monotonic
from typing import Any, Final

from prometheus_client import REGISTRY, CollectorRegistry

from leadline_capture import pointer_table
from leadline_capture.core.sources import SourceRules
from leadline_capture.fetcher.breakers import Breakers
from leadline_capture.fetcher.http import Vendors
from leadline_capture.fetcher.metrics import FetcherMetrics
from leadline_capture.fetcher.settings import FetcherSettings
from leadline_capture.fetcher.work import LEASE, Waiting, Work
from leadline_capture.tables import MIGRATIONS
from leadline_runtime.logs import logger
from leadline_runtime.metrics import RuntimeMetrics
from leadline_runtime.migrations import RUNTIME
from leadline_runtime.rules_watch import RulesWatch
from leadline_runtime.single_records import SingleRecords
from leadline_runtime.sql import DatabaseTrouble, Sql
from leadline_schemas.topics import LEAD_RECEIVED

log = logger(__name__)
SERVICE: Final = "capture-fetcher"
SCHEMA: Final = "capture"
_COUNT_EVERY_S: Final = 5.0


@dataclass
class Fetcher:
    """Settings, rules and metrics are given; the rest is made of them. `topic` and `schema` differ only in tests."""

    settings: FetcherSettings
    rules: RulesWatch[SourceRules]
    runtime_metrics: RuntimeMetrics
    metrics: FetcherMetrics
    topic: str = LEAD_RECEIVED.name
    schema: str = SCHEMA
    registry: CollectorRegistry = REGISTRY
    prepared: bool = False
    breakers: Breakers = field(default_factory=Breakers)

    def __post_init__(self) -> None:
        settings = self.settings
        self.sql = Sql(settings.database_url.get_secret_value(), self.schema)
        self.records = SingleRecords(settings.kafka, f"leadline.{SERVICE}", self.topic, budget_s=5.0)
        self.metrics.start_at_zero(self._pointing())

    def ready(self) -> tuple[list[str], dict[str, Any]]:
        """Why nothing can be fetched, if nothing can."""
        reasons = [] if self.prepared else ["PostgreSQL, for the first time"]
        trouble = self.records.trouble
        return reasons + ([trouble] if trouble else []), {"sources": self._pointing()}

    def _pointing(self) -> list[str]:
        return sorted(name for name, source in self.rules.current.rules.sources.items() if source.fetches)

    async def prepare(self) -> None:
        """Wait for PostgreSQL and make the tables."""
        while not self.prepared:
            try:
                await self.sql.migrate(RUNTIME + MIGRATIONS)
                self.prepared = True
            except DatabaseTrouble as trouble:
                log.warning("waiting for PostgreSQL", error=str(trouble))
                await asyncio.sleep(1.0)

    async def run(self) -> None:
        """Take what is to be fetched and fetch it, as many at a time as settings say. Ends by cancellation."""
        vendors = Vendors(self.settings)
        work = Work(
            self.settings, self.sql, vendors, self.records, lambda: self.rules.current.rules, self.metrics,
            self.breakers, Random(),  # noqa: S311 - it only spreads the tries
        )  # fmt: skip
        try:
            async with asyncio.TaskGroup() as running:
                room = asyncio.Semaphore(self.settings.fetch_at_once)
                while True:
                    for waiting in await self._taken():
                        await room.acquire()
                        task = running.create_task(self._one(work, waiting))
                        task.add_done_callback(lambda _: room.release())
                    await asyncio.sleep(self.settings.fetch_look_every_s)
        finally:
            await vendors.close()

    async def _taken(self) -> Sequence[Waiting]:
        if self.records.trouble:
            return ()  # what would be fetched now could not be written
        try:
            left_alone = self.breakers.closed_to(monotonic())
            rows = await self.sql.fetch(pointer_table.TAKE, (LEASE, left_alone, self.settings.fetch_at_once))
        except DatabaseTrouble:
            return ()
        return [Waiting.of(row) for row in rows]

    async def _one(self, work: Work, waiting: Waiting) -> None:
        with suppress(DatabaseTrouble):  # the lease ends, and somebody takes it up again
            await work.do(waiting)

    async def tell(self) -> None:
        """Say again and again in the metrics what waits and whether the fetcher does its work."""
        metrics, told = self.runtime_metrics, self.metrics
        while True:
            up = {"kafka": not self.records.trouble, "postgres": self.prepared and await self._counted(told)}
            for dependency, works in up.items():
                metrics.dependency.labels(SERVICE, dependency).set(works)
            metrics.ready.labels(SERVICE).set(0 if self.ready()[0] else 1)
            await asyncio.sleep(_COUNT_EVERY_S if self.prepared else 0.5)

    async def _counted(self, told: FetcherMetrics) -> bool:
        """Tell what waits. False: PostgreSQL does not answer, and what was told last stays."""
        try:
            await self.sql.fetch(pointer_table.FORGET)
            rows = {source: rest for source, *rest in await self.sql.fetch(pointer_table.WAITING)}
        except DatabaseTrouble:
            return False
        for source in {*self._pointing(), *rows}:
            number, oldest, failing = rows.get(source, (0, None, 0))
            told.waiting.labels(source).set(number)
            told.failing.labels(source).set(failing)
            told.oldest.labels(source).set(oldest.timestamp() if oldest else 0)
        return True

    async def close(self) -> None:
        """Close the connection to PostgreSQL; that to Kafka ends with its own work."""
        await self.sql.close()
