"""Notify's tables in a schema of their own, with senders over them, for a story with real receivers."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from prometheus_client import CollectorRegistry

from leadline_notify.core.book import Endpoint, KindRules, NotifyRules
from leadline_notify.core.notices import Told
from leadline_notify.delivery.couriers import couriers
from leadline_notify.delivery.sending import Sending, Surroundings
from leadline_notify.housekeeping import Housekeeping
from leadline_notify.metrics import NotifyMetrics
from leadline_notify.settings import NotifySettings
from leadline_notify.store import MIGRATIONS, NotifyStore, NotifyView
from leadline_runtime.clock_setting import set_clock
from leadline_runtime.crash import CrashPoints
from leadline_runtime.migrations import RUNTIME
from leadline_runtime.sql import Sql
from tests.support.receivers import Receiver, receiver
from tests.support.running import until
from tests.unit.notify.company import MONDAY, Story, rules
from tests.unit.notify.test_couriers import settings


class Statements:
    """A transaction's port over single statements: nothing else writes here at the time."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    async def execute(self, sql: str, params: Sequence[Any] = ()) -> None:
        await self._sql.fetch(sql, params)

    async def fetch(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        return await self._sql.fetch(sql, params)

    async def states(self, lead_ids: Sequence[UUID], *, lock: bool = False, wait: bool = True) -> dict[UUID, Any]:
        raise AssertionError("notify asks for no states")


@dataclass
class Desk:
    """The tables, the rules in force, the company's time."""

    url: str
    schema: str
    rules: NotifyRules = field(default_factory=rules)
    settings: NotifySettings = field(default_factory=settings)
    now: datetime = MONDAY
    metrics: NotifyMetrics = field(default_factory=lambda: NotifyMetrics(CollectorRegistry()))
    opened: list[Any] = field(default_factory=list)

    def sql(self) -> Sql:
        """One more connection."""
        made = Sql(self.url, self.schema, timeout_s=60)
        self.opened.append(made)
        return made

    async def prepare(self) -> None:
        self.asked = self.sql()
        await self.asked.migrate(RUNTIME + MIGRATIONS)
        self.at(self.now)

    async def close(self) -> None:
        for each in self.opened:
            await each.close()

    def at(self, now: datetime) -> None:
        """It is this time, and stays so."""
        self.now = now
        set_clock(self.url, [self.schema], now, 0.0)

    def later(self, **time: float) -> None:
        self.at(self.now + timedelta(**time))

    def crm_at(self, url: str, host: str, **more: Any) -> None:
        """The company's webhook is there."""
        endpoints = {**self.rules.endpoints, "crm": Endpoint("crm", "webhook", url, None, "crm")}
        self.rules = replace(self.rules, endpoints=endpoints)
        self.settings = settings(private=host, **more)

    @contextmanager
    def crm(self, way: str = "200", ways: Sequence[str] = (), **more: Any) -> Iterator[Receiver]:
        """Every assignment is told to the company's webhook, as ana's, and nothing else is told."""
        kind = KindRules(("owner",), (), ("webhook",), frozenset(), self.rules.kinds["assigned"].texts)
        ana = replace(self.rules.contacts["crm"], name="ana")
        self.rules = replace(self.rules, kinds={"assigned": kind}, contacts={**self.rules.contacts, "ana": ana})
        with receiver(way, ways) as crm:
            self.crm_at(crm.url, crm.host, **more)
            yield crm

    async def write(self, *told: Told) -> None:
        """What a batch of decisions told."""
        view = NotifyView(self.now)
        for each in told:
            view.apply(each)
        await NotifyStore(self.metrics).write(Statements(self.asked), view)

    async def leads_of(self, owner: str, number: int) -> None:
        """So many leads are routed to somebody, in one batch."""
        await self.write(*(Story(self.rules, self.now, uuid4()).routed(owner=owner) for _ in range(number)))

    def sender(self) -> Sending:
        """One more instance's sender."""
        around = Surroundings(lambda: self.rules, self.settings, CrashPoints("notify", None), self.metrics)
        sql, brought = self.sql(), couriers(self.settings)
        self.opened += brought.values()
        return Sending(sql, brought, around)

    async def send(self, sender: Sending) -> None:
        """One look, and until all that it began has ended."""
        await sender.look()
        await sender.settled()

    async def calling(self, crm: Receiver) -> Sending:
        """A sender that has called, and waits for the answer."""
        sender, before = self.sender(), len(crm.taken)
        await sender.look()
        await until(lambda: len(crm.taken) > before, "the call")
        return sender

    async def keep_house(self) -> None:
        await Housekeeping(self.asked, timedelta(days=30), self.metrics, lambda: self.rules).look()

    async def statuses(self) -> dict[str, int]:
        """How many notices there are of each status."""
        return dict(await self.asked.fetch("SELECT status, count(*) FROM notice GROUP BY status"))

    async def rows(self, columns: str, where: str = "true") -> list[tuple[Any, ...]]:
        return await self.asked.fetch(f"SELECT {columns} FROM notice WHERE {where} ORDER BY due_at, id")

    def value(self, name: str, **labels: str) -> float:
        """A metric."""
        found = self.metrics_registry.get_sample_value(f"leadline_notify_{name}", labels)
        return found or 0.0

    @property
    def metrics_registry(self) -> CollectorRegistry:
        return self.metrics.registry
