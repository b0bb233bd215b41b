"""The parts of a door on real servers, and how it stands with each."""

import asyncio
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import uuid4

from prometheus_client import REGISTRY, CollectorRegistry

from leadline_capture.core.sources import SourceRules
from leadline_capture.edge.door import Door
from leadline_capture.edge.idempotency import Idempotency
from leadline_capture.edge.import_files import ImportFiles
from leadline_capture.edge.import_metrics import ImportMetrics
from leadline_capture.edge.import_rows import TABLES as IMPORT_TABLES
from leadline_capture.edge.import_rows import ImportRows
from leadline_capture.edge.import_work import Imports
from leadline_capture.edge.keys import KeyRing, canary_key, stored_keys
from leadline_capture.edge.metrics import EdgeMetrics
from leadline_capture.edge.outcomes import Outcomes
from leadline_capture.edge.settings import EdgeSettings
from leadline_capture.edge.submissions import Submissions
from leadline_capture.edge.tables import MIGRATIONS
from leadline_capture.import_rules import COLUMNS
from leadline_capture.tables import MIGRATIONS as STEP_TABLES
from leadline_runtime.clock import NOW, PipelineClock
from leadline_runtime.crash import crash_points
from leadline_runtime.logs import logger
from leadline_runtime.metrics import RuntimeMetrics
from leadline_runtime.migrations import RUNTIME
from leadline_runtime.rates import LUA, Rates
from leadline_runtime.redis import Script
from leadline_runtime.rules import load_rules
from leadline_runtime.rules_watch import RulesWatch
from leadline_runtime.single_records import SingleRecords
from leadline_runtime.spool import Spool
from leadline_runtime.spool_files import SpoolFiles
from leadline_runtime.spooled_records import SpooledRecords
from leadline_runtime.sql import DatabaseTrouble, Sql
from leadline_schemas.topics import LEAD_RECEIVED, ROSTER_RECEIVED

log = logger(__name__)
SERVICE: Final = "capture-edge"
SCHEMA: Final = "capture"
ROUTE: Final = "route"
_PATIENCE_S: Final = 5.0  # with a door that is about to end and still has the spool
_CLOCK: Final = f"SELECT {NOW}, coalesce((SELECT rate FROM clock), 1)"  # noqa: S608 - a constant


@dataclass
class Edge:
    """Settings, rules and metrics are given; the rest is made of them. `topic` and the schemas differ only in tests."""

    settings: EdgeSettings
    rules: RulesWatch[SourceRules]
    runtime_metrics: RuntimeMetrics
    metrics: EdgeMetrics
    topic: str = LEAD_RECEIVED.name
    schema: str = SCHEMA
    registry: CollectorRegistry = REGISTRY
    route_schema: str = ROUTE
    prepared: bool = False
    keys: KeyRing = field(init=False)
    clock: PipelineClock = field(default_factory=PipelineClock)

    def __post_init__(self) -> None:
        settings, url = self.settings, self.settings.database_url.get_secret_value()
        canary = settings.canary_key
        self.keys = KeyRing(always=[canary_key(canary.get_secret_value())] if canary else ())
        self.database = Sql(url, self.schema)
        # A connection of its own, so that a sender never waits behind the look at keys and clock.
        self.gate = Sql(url, self.schema, timeout_s=1.0)
        self.idempotency = Idempotency(self.gate)
        self.asked = Sql(url, self.schema, timeout_s=1.0)
        route = settings.edge_route_database_url
        self.route = Sql(route.get_secret_value() if route else url, self.route_schema, timeout_s=1.0)
        self.commands = Outcomes(self.asked, self.route)
        kafka = SingleRecords(
            settings.kafka, f"leadline.{SERVICE}", self.topic, most_waiting=settings.edge_most_waiting
        )
        self.records = SpooledRecords(kafka, self._spool(), settings.edge_durable_s)
        # Without a spool: a change of the roster that waited for hours would come as a surprise.
        self.roster = SpooledRecords(
            SingleRecords(settings.kafka, f"leadline.{SERVICE}.roster", ROSTER_RECEIVED.name),
            None,
            settings.edge_durable_s,
        )
        self.import_rows = ImportRows(self.asked, uuid4())
        self.imports = self._imports()
        self.rates = Rates(Script(settings.redis_url.get_secret_value(), LUA))
        self.metrics.start_at_zero(self.rules.current.rules.sources)

    def _spool(self) -> Spool | None:
        """The spool, if the settings name a directory. Raises SpoolInUse."""
        settings = self.settings
        if settings.edge_spool_dir is None:
            return None
        files = SpoolFiles(settings.edge_spool_dir, crash=crash_points(SERVICE))
        files.open(_PATIENCE_S)
        return Spool(files, settings.edge_spool_bytes)

    def _imports(self) -> Imports | None:
        """Whole lists, if the settings name a directory for them. Raises ImportsInUse, RulesError."""
        settings = self.settings
        if settings.edge_imports_dir is None:
            return None
        files = ImportFiles(settings.edge_imports_dir)
        files.open(_PATIENCE_S)
        return Imports(
            files,
            self.import_rows,
            load_rules(COLUMNS, settings.rules_dir).rules,
            self.records,
            self.clock.now,
            self.metrics,
            ImportMetrics(self.registry),
            most_bytes=settings.edge_import_bytes,
            lead_bytes=settings.edge_lead_bytes,
        )

    def door(self) -> Door:
        """What requests see of it."""
        return Door(
            settings=self.settings,
            keys=self.keys,
            records=self.records,
            roster=self.roster,
            idempotency=self.idempotency,
            submissions=Submissions(self.asked),
            commands=self.commands,
            clock=self.clock.now,
            sources=lambda: self.rules.current.rules,
            metrics=self.metrics,
            imports=self.imports,
            import_rows=self.import_rows,
            rates=self.rates,
        )

    def ready(self) -> tuple[list[str], dict[str, Any]]:
        """Why nothing can be taken in, if nothing can."""
        reasons = [] if self.prepared else ["PostgreSQL, for the first time"]
        trouble = self.records.trouble
        told = {"keys": len(self.keys), "clock": self.clock.now().isoformat()}
        if self.records.spool is not None:
            told["spooled"] = self.records.spool.files.records
        return reasons + ([trouble] if trouble else []), told

    async def prepare(self) -> None:
        """Wait for PostgreSQL, make the tables, read keys and clock: what the door needs before it opens."""
        while not self.prepared:
            try:
                await self.database.migrate(RUNTIME + STEP_TABLES + MIGRATIONS + IMPORT_TABLES)
                await self._look_at_keys()
                await self._look_at_clock()
                self.prepared = True
            except DatabaseTrouble as trouble:
                log.warning("waiting for PostgreSQL", error=str(trouble))
                await asyncio.sleep(1.0)

    async def close(self) -> None:
        """Close the connections to PostgreSQL and the spool; the connection to Kafka ends with its own work."""
        await self.records.close()
        if self.imports is not None:
            self.imports.files.close()
        await self.rates.close()
        await self.database.close()
        await self.gate.close()
        await self.asked.close()
        await self.route.close()

    async def look(self) -> None:
        """Keys and clock again and again; while PostgreSQL is away those last seen stay in force."""
        settings, loop = self.settings, asyncio.get_running_loop()
        last = loop.time()
        while True:
            await asyncio.sleep(settings.edge_clock_every_s)
            try:
                await self._look_at_clock()
                if loop.time() - last >= settings.edge_keys_every_s:
                    await self._look_at_keys()
                    last = loop.time()
                self.runtime_metrics.dependency.labels(SERVICE, "postgres").set(1)
            except DatabaseTrouble:
                self.runtime_metrics.dependency.labels(SERVICE, "postgres").set(0)

    async def tell(self) -> None:
        """Say again and again in the metrics whether the door does its work."""
        metrics = self.runtime_metrics
        while True:
            metrics.dependency.labels(SERVICE, "kafka").set(0 if self.records.kafka.trouble else 1)
            self.metrics.spool.tell(self.records.spool)
            self.metrics.rates_shared.set(1 if self.rates.shared else 0)
            metrics.ready.labels(SERVICE).set(0 if self.ready()[0] else 1)
            await asyncio.sleep(1.0)

    async def _look_at_keys(self) -> None:
        self.keys.replace(await stored_keys(self.database))

    async def _look_at_clock(self) -> None:
        ((now, rate),) = await self.database.fetch(_CLOCK)
        self.clock.tell(now, rate)
