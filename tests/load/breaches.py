"""How late breaches are told while 100,000 clocks are armed: one monitor, fed with what route would publish."""

import asyncio
import random
from datetime import UTC, datetime
from statistics import quantiles
from time import sleep
from uuid import UUID

from aiokafka import AIOKafkaProducer

from leadline_schemas import ids
from leadline_schemas.codec import decode
from leadline_schemas.sla import LeadSla
from leadline_schemas.topics import LEAD_CAPTURED, LEAD_ROUTED, LEAD_SLA
from tests.load.pipeline_rates import offsets
from tests.support.pipeline import Pipeline, wait

SOON = 2000
Templates = tuple[bytes, bytes, UUID, UUID, str]


def templates(pipeline: Pipeline) -> Templates:
    """The bytes of one lead that really went through the pipeline: captured and routed, its ids and its start."""
    routed = next(r for r in pipeline.raw(LEAD_ROUTED.name) if b'"outcome":"person"' in (r.value or b""))
    event = decode(LEAD_ROUTED, routed.value or b"")
    captured = next(r for r in pipeline.raw(LEAD_CAPTURED.name) if r.key == routed.key)
    request = event.requests[0]
    start = request.start.isoformat().replace("+00:00", "Z")
    return captured.value or b"", routed.value or b"", event.lead_id, request.id, start


async def arm(pipeline: Pipeline, made: Templates, leads: int, kind: str, seed: int, rate: float | None) -> None:
    """Write captured and routed for `leads` leads of a type, with ids of their own, starting now."""
    captured, routed, lead, request, start = made
    known = decode(LEAD_ROUTED, routed).requests[0].type
    rng = random.Random(seed)
    producer = AIOKafkaProducer(bootstrap_servers=pipeline.stack.kafka, acks="all", linger_ms=5, max_batch_size=500_000)
    await producer.start()
    loop, waiting = asyncio.get_running_loop(), []
    begun = loop.time()
    for n in range(leads):
        now = datetime.now(UTC)
        mine, asked = ids.lead_id(now, UUID(int=rng.getrandbits(128))), UUID(int=rng.getrandbits(128), version=4)
        key = ids.key_bytes(mine)
        for topic, template in ((LEAD_CAPTURED, captured), (LEAD_ROUTED, routed)):
            value = (
                template.replace(str(lead).encode(), key)
                .replace(str(request).encode(), str(asked).encode())
                .replace(start.encode(), now.isoformat().replace("+00:00", "Z").encode())
                .replace(f'"type":"{known}"'.encode(), f'"type":"{kind}"'.encode())
            )
            place = ids.partition_of(key, pipeline.partitions)
            event = str(ids.event_id(asked, topic.name, 0)).encode()
            headers = [("ce_id", event), ("ce_type", topic.event_type.encode())]
            waiting.append(await producer.send(topic.name, value, key=key, partition=place, headers=headers))
        if rate is not None:
            await asyncio.sleep(max(0.0, begun + (n + 1) / rate - loop.time()))
        elif len(waiting) >= 2000:
            await asyncio.gather(*waiting)
            waiting.clear()
    await asyncio.gather(*waiting)
    await producer.stop()


def breach_delay(pipeline: Pipeline, armed: int, seed: int) -> tuple[float, int]:
    """p99 in milliseconds from due to Kafka having the breach, and how many breaches; only the monitor runs."""
    made = templates(pipeline)
    for name in [n for n in pipeline.running if n != "sla-monitor"]:
        pipeline.kill(name)
    asyncio.run(arm(pipeline, made, armed, "pricing_inquiry", seed, None))
    wait(lambda: pipeline.lag("sla-monitor") == 0, "all clocks to be armed", 600, every=0.5)
    with offsets(pipeline) as at:
        before = at.ends(LEAD_SLA.name)
        asyncio.run(arm(pipeline, made, SOON, "demo_request", seed + 1, 100))
        wait(lambda: at.ends(LEAD_SLA.name) > before, "the first clocks", 60)
    sleep(45)  # the last of them falls due 40 s after it was armed
    delays: list[float] = []
    for record in pipeline.raw(LEAD_SLA.name):
        if b'"kind":"breached"' in (record.value or b""):
            event: LeadSla = decode(LEAD_SLA, record.value or b"")
            if event.clock == "customer":
                delays.append(record.timestamp_ms - event.due_at.timestamp() * 1000)
    return quantiles(delays, n=100)[98], len(delays)
