"""How late breaches are told by one monitor: with many clocks armed, of many due at one instant, after an outage.

Clocks are put into the monitor's table by clocks_in_bulk; what falls due while many others are armed comes through
Kafka, as capture and route would publish it. Times are those at which Kafka had the breaches.
"""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from statistics import quantiles
from time import sleep, time
from typing import Any, cast
from uuid import UUID

from aiokafka import AIOKafkaProducer

from leadline_schemas import ids
from leadline_schemas.codec import decode, encode
from leadline_schemas.event import Event
from leadline_schemas.sla import LeadSla
from leadline_schemas.topics import LEAD_CAPTURED, LEAD_ROUTED, LEAD_SLA, Topic
from tests.load.clocks_in_bulk import LATER, RULES, SOON, armed, put, rows, told_of
from tests.load.draining import gauge
from tests.load.pipeline_rates import offsets
from tests.support.pipeline import Pipeline, wait

READS = (LEAD_CAPTURED, LEAD_ROUTED)
COMING, RATE = 2000, 100  # leads that fall due while many are armed, and how many of them come in a second
READY = timedelta(seconds=60)  # for the process to start, and to warn of what is due soon


def breach_delay(pipeline: Pipeline, many: int, seed: int) -> tuple[float, int]:
    """p99 in milliseconds from due to told, of leads that fall due one by one while `many` clocks are armed; and of how
    many leads."""
    now = datetime.now(UTC)
    spread = [armed("pricing_inquiry", now - timedelta(minutes=n)) for n in range(300)]
    put(pipeline.stack.database_url, rows(spread, many, seed, pipeline.partitions))
    _monitor(pipeline)
    told = "leadline_sla_open"
    wait(lambda: gauge(pipeline.ports["sla-monitor"], told, clock="customer") >= many, "all clocks to be seen", 900, 1)
    asyncio.run(_come(pipeline, seed + 1))
    sleep(SOON.total_seconds() + 5)  # nothing looks at the topic meanwhile: that would be a load of its own
    late = [told_at - due for due, told_at in _all_broken(pipeline, COMING)]
    return quantiles(late, n=100)[98], len(late)


def breach_burst(pipeline: Pipeline, at_once: int, seed: int) -> float:
    """Seconds from the one instant at which so many are due until all are told."""
    due = datetime.now(UTC).replace(microsecond=0) + READY
    put(pipeline.stack.database_url, rows([armed("other", due - LATER)], at_once, seed, pipeline.partitions))
    _monitor(pipeline)
    broken = _all_broken(pipeline, at_once)
    assert min(told_at - due_at for due_at, told_at in broken) >= 0, "never early"
    return max(told_at - due_at for due_at, told_at in broken) / 1000


def overdue_recovery(pipeline: Pipeline, overdue: int, seed: int) -> float:
    """Seconds from the start of the monitor until all are told that fell due while there was none."""
    asked = datetime.now(UTC) - LATER - timedelta(hours=1)
    put(pipeline.stack.database_url, rows([armed("other", asked)], overdue, seed, pipeline.partitions))
    started = time()
    _monitor(pipeline)
    return max(told_at for _, told_at in _all_broken(pipeline, overdue)) / 1000 - started


def _monitor(pipeline: Pipeline) -> None:
    pipeline.start(["sla-monitor"], LEADLINE_RULES_DIR=str(RULES))


def _all_broken(pipeline: Pipeline, leads: int) -> list[tuple[float, float]]:
    found: list[tuple[float, float]] = []

    def all_told() -> bool:
        if at.ends(LEAD_SLA.name) >= leads:
            found[:] = _broken(pipeline)
        return len(found) >= leads

    with offsets(pipeline) as at:
        wait(all_told, f"{leads} breaches", READY.total_seconds() + 120, 1)
    return found


def _broken(pipeline: Pipeline) -> Iterator[tuple[float, float]]:
    """When each customer's promise was due and when Kafka had its breach, in milliseconds."""
    for record in pipeline.raw(LEAD_SLA.name):
        if b'"kind":"breached"' in (record.value or b""):
            event: LeadSla = decode(LEAD_SLA, record.value or b"")
            if event.clock == "customer":
                yield event.due_at.timestamp() * 1000, float(record.timestamp_ms)


async def _come(pipeline: Pipeline, seed: int) -> None:
    """Leads that asked just now, captured and routed."""
    rng, loop = Random(seed), asyncio.get_running_loop()
    producer = AIOKafkaProducer(bootstrap_servers=pipeline.stack.kafka, acks="all", linger_ms=5)
    await producer.start()
    begun, waiting = loop.time(), []
    for n in range(COMING):
        told = told_of(rng, "demo_request", datetime.now(UTC))
        for topic, event in cast(tuple[tuple[Topic[Any], Event], ...], zip(READS, told, strict=True)):
            key, named = ids.key_bytes(event.lead_id), ids.event_id(UUID(int=rng.getrandbits(128)), topic.name, 0)
            headers = [("ce_id", str(named).encode()), ("ce_type", topic.event_type.encode())]
            place = ids.partition_of(key, pipeline.partitions)
            value = encode(topic, event)
            waiting.append(await producer.send(topic.name, value, key=key, partition=place, headers=headers))
        await asyncio.sleep(max(0.0, begun + (n + 1) / RATE - loop.time()))
    await asyncio.gather(*waiting)
    await producer.stop()
