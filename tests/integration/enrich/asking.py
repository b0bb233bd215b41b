"""A provider of the project in front of the vendor of vendor.py, with time that a test turns by hand."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Any

from prometheus_client import REGISTRY
from pydantic import SecretStr

from leadline_enrich.core.answers import Answer
from leadline_enrich.core.questions import Question
from leadline_enrich.providers.http import Clockwork, HttpProvider
from leadline_enrich.providers.rules import vendors_of
from leadline_enrich.providers.vendors import Vendors
from leadline_enrich.settings import EnrichSettings
from leadline_runtime.rates import LUA, Rates
from leadline_runtime.redis import Script
from tests.integration.enrich.vendor import Vendor

NOW = datetime(2026, 3, 10, 10, tzinfo=UTC)
ACME = Question(domain="acme.com")


@dataclass
class Time:
    """A clock that only a test moves; who sleeps on it moves it."""

    now: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


def declared(vendor: Vendor, name: str = "next_door", **more: Any) -> dict[str, Any]:
    """The file of this vendor; `more` are keys of his entry."""
    entry: dict[str, Any] = {
        "title": "The vendor next door",
        "request": {
            "url": f"http://127.0.0.1:{vendor.port}/companies/{{domain}}",
            "headers": {"Authorization": {"secret": "next_door", "prefix": "Bearer "}},
        },
        "answer": {
            "echo": "domain",
            "stated_at": "updated_at",
            "values": {
                "employees": {"from": "metrics.size", "as": "band"},
                "industry": "category",
                "country": {"from": "geo.country", "confidence": {"from": "geo.score", "of": 100}},
            },
        },
        "limits": {"budget_ms": 2000, "tries": 1},
        "breaker": {"failures": 3, "rest": "30 s", "longest_rest": "10 min"},
        "examples": [{"name": "none", "asks": {"domain": "acme.com"}, "status": 404, "gives": {"status": "not_found"}}],
    }
    return {"version": "1", "providers": {name: entry | more}}


@dataclass
class Asking:
    """The provider, its time, and what it answers."""

    provider: HttpProvider
    time: Time

    async def about(self, question: Question = ACME) -> Answer:
        """The answer to one question."""
        return (await self.provider.ask([question]))[question]

    async def told(self, question: Question = ACME) -> str:
        """The same in a word: the status, or why there is none."""
        answer = await self.about(question)
        return answer.reason or answer.status

    def counted(self, name: str, **labels: str) -> float:
        """A metric of this provider."""
        return REGISTRY.get_sample_value(f"leadline_provider_{name}", {"provider": "next_door", **labels}) or 0.0


@asynccontextmanager
async def asking(
    vendor: Vendor,
    *,
    secrets: tuple[str, ...] = ("live",),
    private: bool = True,
    redis: str = "",
    name: str = "next_door",
    **more: Any,
) -> AsyncIterator[Asking]:
    """A provider that asks the vendor while the block runs; without `redis` none is there."""
    settings = EnrichSettings(
        redis_url=SecretStr("redis://127.0.0.1:1/0"),
        provider_secrets={"next_door": tuple(map(SecretStr, secrets))},
        provider_private_hosts=frozenset({f"127.0.0.1:{vendor.port}"} if private else ()),
    )
    time = Time()
    # Patient with Redis, where there is one: a busy machine is not what a test is about.
    rates = Rates(Script(redis, LUA, timeout_s=10.0), wait_s=10.0, clock=time.clock) if redis else None
    vendors = Vendors(settings, Clockwork(time.clock, time.sleep, Random(7)), lambda: NOW, rates)
    provider = vendors.open(vendors_of(declared(vendor, name, **more), "providers/next_door.yaml")[name])
    try:
        yield Asking(provider, time)
    finally:
        await provider.close()
        await vendors.close()
