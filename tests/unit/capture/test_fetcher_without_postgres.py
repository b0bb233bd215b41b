"""A fetcher that has worked says so when PostgreSQL no longer answers."""

import asyncio
from contextlib import suppress

from prometheus_client import CollectorRegistry
from pydantic import SecretStr

from leadline_capture.edge.app import RULES
from leadline_capture.fetcher.metrics import FetcherMetrics
from leadline_capture.fetcher.parts import SERVICE, Fetcher
from leadline_capture.fetcher.settings import FetcherSettings
from leadline_local.ports import choose
from leadline_runtime.metrics import RuntimeMetrics
from leadline_runtime.rules_watch import RulesWatch
from tests.support.running import until


async def test_a_database_that_went_away_is_told_although_its_tables_were_made_before() -> None:
    registry = CollectorRegistry()
    metrics = RuntimeMetrics(SERVICE, registry)
    nowhere = f"postgresql://nobody@127.0.0.1:{choose([])}/leadline"
    settings = FetcherSettings(kafka="127.0.0.1:1", database_url=SecretStr(nowhere), web_port=0)
    fetcher = Fetcher(settings, RulesWatch(RULES, None, metrics), metrics, FetcherMetrics(registry), registry=registry)
    fetcher.prepared = True
    metrics.dependency.labels(SERVICE, "postgres").set(1)  # as it was told while it answered
    told = {"service": SERVICE, "dependency": "postgres"}
    telling = asyncio.create_task(fetcher.tell())
    try:
        await until(lambda: registry.get_sample_value("leadline_dependency_up", told) == 0, "the metric to say so")
    finally:
        telling.cancel()
        with suppress(asyncio.CancelledError):
            await telling
        await fetcher.close()
