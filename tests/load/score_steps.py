"""Records a second of score's own step, one process, on Kafka and PostgreSQL: leads that come, then acts of them.

Run as `python -m tests.load.score_steps KAFKA DATABASE_URL LEADS SEED`; prints both rates and that of all together, and
for each kind of record the microseconds of a processor that this process took: what else runs on the machine, Kafka and
PostgreSQL among it, lowers the rates and hardly these.

Leads and acts are as fresh as where the step is used: judged as of when they came, not once more for each change that
has fallen due in months since.
"""

import asyncio
import random
import sys
from datetime import UTC, datetime, timedelta
from time import perf_counter, process_time
from typing import Any
from uuid import UUID

from aiokafka import AIOKafkaProducer

from leadline_local.endpoints import Endpoints
from leadline_runtime.app import calm_garbage_collector
from leadline_runtime.loop import Loop
from leadline_schemas import codec, ids
from leadline_schemas.topics import LEAD_ACTIVITY, LEAD_ENRICHED, LEAD_SCORED, dead_letter_topic
from leadline_score.app import STEP
from tests.load.scored_leads import activity, enriched
from tests.load.step_work import PARTITIONS
from tests.support.running import create_topics, real_parts, until

HELD = 1000  # unacknowledged records of the filling
AGO, LATER = timedelta(minutes=30), timedelta(minutes=15)  # leads came so long ago, their acts so much later


async def fill(stack: Endpoints, events: list[tuple[Any, Any]]) -> None:
    """Write the events of each topic, keyed by lead."""
    producer = AIOKafkaProducer(bootstrap_servers=stack.kafka, acks="all", linger_ms=5, max_batch_size=500_000)
    await producer.start()
    waiting: list[asyncio.Future[object]] = []
    for topic, event in events:
        key = ids.key_bytes(event.lead_id)
        headers = [("ce_id", str(event.basis.cause).encode())]
        partition = ids.partition_of(key, PARTITIONS)
        value = codec.encode(topic, event)
        waiting.append(await producer.send(topic.name, value, key=key, partition=partition, headers=headers))
        if len(waiting) >= HELD:
            await asyncio.gather(*waiting)
            waiting.clear()
    await asyncio.gather(*waiting)
    await producer.stop()


async def drain(stack: Endpoints, before: int, records: int) -> tuple[float, float]:
    """Seconds from the step's first batch to its last acknowledgement, and of a processor, scaled to all records."""
    loop = Loop(STEP, real_parts(STEP, stack))
    running = asyncio.create_task(loop.run())

    def reached() -> int:
        return sum(loop.batching.reached.values()) - before

    await until(lambda: reached() > 0, "the first batch", 60)
    started, used, first = perf_counter(), process_time(), reached()
    await until(lambda: reached() >= records, "the last batch", 600)
    share = records / max(1, records - first)
    found = (perf_counter() - started) * share, (process_time() - used) * share
    loop.stop()
    await running
    return found


async def measure(stack: Endpoints, leads: int, seed: int) -> tuple[float, ...]:
    """Snapshots a second, acts a second, and both; microseconds of a processor for a snapshot, and for an act."""
    rng, came_at = random.Random(seed), datetime.now(UTC) - AGO
    names = [LEAD_ENRICHED.name, LEAD_ACTIVITY.name, LEAD_SCORED.name, dead_letter_topic(STEP.name)]
    await create_topics(stack, names, PARTITIONS)
    lead_ids: list[UUID] = []
    snapshots: list[tuple[Any, Any]] = []
    for n in range(leads):
        event = enriched(rng, n, end=came_at)
        lead_ids.append(event.lead_id)
        snapshots.append((LEAD_ENRICHED, event))
    await fill(stack, snapshots)
    first, cpu_of_first = await drain(stack, 0, leads)
    acts = [(LEAD_ACTIVITY, activity(rng, lead_id, n, came_at + LATER)) for n, lead_id in enumerate(lead_ids)]
    await fill(stack, acts)
    second, cpu_of_second = await drain(stack, leads, leads)
    rates = leads / first, leads / second, 2 * leads / (first + second)
    return *rates, cpu_of_first / leads * 1e6, cpu_of_second / leads * 1e6


def main() -> None:
    """Measure and print the three rates and the two costs."""
    kafka, database_url, leads, seed = sys.argv[1:5]
    stack = Endpoints("external", kafka, database_url, "redis://127.0.0.1:1/0")
    calm_garbage_collector()
    print(*asyncio.run(measure(stack, int(leads), int(seed))), flush=True)


if __name__ == "__main__":
    main()
