"""Running a step for a test: its loop in this process, on the real stack or in memory."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from prometheus_client import CollectorRegistry
from pydantic import SecretStr

from leadline_local.endpoints import Endpoints
from leadline_runtime.clock import PipelineClock
from leadline_runtime.crash import CrashPoints
from leadline_runtime.kafka import Kafka
from leadline_runtime.loop import Loop, Parts
from leadline_runtime.metrics import RuntimeMetrics
from leadline_runtime.migrations import RUNTIME
from leadline_runtime.postgres import Postgres
from leadline_runtime.rules_watch import RulesWatch
from leadline_runtime.settings import Settings
from leadline_runtime.step import Step


async def until(true: Callable[[], Any], what: str, seconds: float = 20) -> None:
    """Wait for a condition. Fails saying what was waited for."""
    end = monotonic() + seconds
    while not true():
        if monotonic() > end:
            raise AssertionError(f"waited {seconds} s in vain for: {what}")
        await asyncio.sleep(0.01)


def settings_of(stack: Endpoints, **more: Any) -> Settings:
    """Settings that point at the test's stack."""
    return Settings(
        kafka=stack.kafka,
        database_url=SecretStr(stack.database_url),
        redis_url=SecretStr(stack.redis_url),
        session_timeout_ms=6000,
        **more,
    )


async def create_topics(stack: Endpoints, names: list[str], partitions: int = 4) -> None:
    """Make topics for a test."""
    admin = AIOKafkaAdminClient(bootstrap_servers=stack.kafka)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(name, partitions, 1) for name in names])
    finally:
        await admin.close()


async def make_anew(stack: Endpoints, name: str, partitions: int = 4) -> None:
    """Delete a topic and make an empty one of the same name."""
    admin = AIOKafkaAdminClient(bootstrap_servers=stack.kafka)
    await admin.start()
    try:
        await admin.delete_topics([name])
        async with asyncio.timeout(20):
            while name in await admin.list_topics():
                """Each look is a question to Kafka: that is wait enough."""
    finally:
        await admin.close()
    await create_topics(stack, [name], partitions)


def real_parts(step: Step[Any], stack: Endpoints, crash: CrashPoints | None = None, **more: Any) -> Parts:
    """All parts of a step on the real stack, with metrics of its own."""
    settings = settings_of(stack, **more)
    metrics = RuntimeMetrics(step.name, CollectorRegistry())
    database = Postgres(stack.database_url, step.schema, step.body, RUNTIME + step.migrations)
    kafka = Kafka(settings, step.name, [topic.name for topic in step.reads])
    rules = RulesWatch(step.rules, rules_directory(step), metrics)
    return Parts(settings, database, kafka, rules, metrics, crash or CrashPoints("", None), PipelineClock(), "test")


def rules_directory(step: Step[Any]) -> Path | None:
    """Where a test's own step has its rules."""
    return Path(__file__).parent / "rules" if step.rules.package == "tests.support" else None


@asynccontextmanager
async def running(step: Step[Any], parts: Parts) -> AsyncIterator[Loop]:
    """A loop that runs while the test's block does."""
    loop = Loop(step, parts)
    task = asyncio.create_task(loop.run())
    try:
        yield loop
    finally:
        loop.stop()
        await asyncio.wait([task], timeout=15)
        if task.done() and not task.cancelled() and task.exception() is not None:
            raise task.exception()  # type: ignore[misc]
        task.cancel()
