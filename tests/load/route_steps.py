"""Leads a second through route's own step on Kafka and PostgreSQL, all of them in one hot pool: by one process, by two.

Run as `python -m tests.load.route_steps KAFKA DATABASE_URL FOLDER LEADS SEED`; prints the rate of one process and of
two together, with the CPU of a lead. Each drains as many leads as the other, of the same kind, into the same tables.
"""

import asyncio
import os
import random
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from urllib.request import urlopen

import psutil
from aiokafka import AIOKafkaProducer
from prometheus_client.parser import text_string_to_metric_families

from leadline_console import cluster
from leadline_local.endpoints import Endpoints
from leadline_local.ports import choose
from leadline_route.app import STEP
from leadline_schemas import codec, ids
from leadline_schemas.enriched import Effective
from leadline_schemas.event import Basis, RulesRef
from leadline_schemas.lead import Request
from leadline_schemas.scored import Dimension, LeadScored, Scorecard
from leadline_schemas.topics import LEAD_ROUTED, LEAD_SCORED, dead_letter_topic
from tests.load.hot_pool import hot_pool
from tests.load.scored_leads import enriched
from tests.load.step_work import PARTITIONS
from tests.support.running import create_topics

AGO = timedelta(minutes=5)
HELD = 1000  # unacknowledged records of the filling
FIRST = 0.1  # of the leads, before the clock starts: processes start up, lanes are dealt
_RULES = RulesRef(version="bench", digest="bench")


def scored(rng: random.Random, n: int, at: datetime) -> LeadScored:
    """A hand raise from New York as score tells it, with what enrich found and three acts."""
    known = enriched(rng, n, end=at)
    request = Request(id=ids.request_id(known.lead_id), type="demo_request", start=at, received_at=at,
                      origin=known.lead_id)  # fmt: skip
    lead = known.captured.lead.model_copy(update={"type": "demo_request", "country": "US", "state": "NY"})
    captured = known.captured.model_copy(update={"lead": lead, "requests": (request,)})
    effective = Effective(country="US", state="NY", language="en", employees=120)
    told = known.model_copy(update={"captured": captured, "effective": effective})
    points = {name: _points(value) for name, value in (("fit", "45.000"), ("intent", "30.000"))}
    card = Scorecard(
        as_of=at, total="75.000", unclipped_total="75.000", display=75, grade="B1", temperature="hot", signal="MQL",
        hand_raise=True, mql=True, mql_by_score=True, mql_reasons=("hand_raise",), fast_track=False,
        sql_suggested=False, explanation="asked for a demo", **points,
    )  # fmt: skip
    basis = Basis(decided_at=at, rules=_RULES, code="bench", cause=known.lead_id, cause_kind="record")
    return LeadScored(
        lead_id=known.lead_id, revision=1, basis=basis, requests=(request,), cause="act", scorecard=card, enriched=told
    )


def _points(value: str) -> Dimension:
    return Dimension(value=value, known=value, positives=value, after_cap=value, penalties="0")


async def fill(stack: Endpoints, leads: int, seed: int, partitions: int = PARTITIONS) -> None:
    """Write the scorecards, keyed by lead."""
    rng, at = random.Random(seed), datetime.now(UTC) - AGO
    producer = AIOKafkaProducer(bootstrap_servers=stack.kafka, acks="all", linger_ms=5, max_batch_size=500_000)
    await producer.start()
    waiting: list[asyncio.Future[object]] = []
    for n in range(leads):
        event = scored(rng, n, at)
        key = ids.key_bytes(event.lead_id)
        headers = [("ce_id", str(ids.event_id(event.lead_id, LEAD_SCORED.name, 0)).encode())]
        waiting.append(
            await producer.send(
                LEAD_SCORED.name, codec.encode(LEAD_SCORED, event), key=key,
                partition=ids.partition_of(key, partitions), headers=headers,
            )
        )  # fmt: skip
        if len(waiting) >= HELD:
            await asyncio.gather(*waiting)
            waiting.clear()
    await asyncio.gather(*waiting)
    await producer.stop()


@dataclass(frozen=True)
class Drained:
    """Leads a second by so many processes together, and the CPU of all of them for one lead."""

    rate: float
    cpu_ms: float


def drained(stack: Endpoints, folder: Path, leads: int, processes: int) -> Drained:
    """From when a tenth of the leads is routed until all are."""
    with cluster.admin(stack.kafka) as admin:

        def told() -> int:
            counts = cluster.partition_counts(admin, [LEAD_ROUTED.name])
            return sum(cluster.bounds(admin, counts)[1].values())

        before = told()
        ports: list[int] = []
        for _ in range(processes):
            ports.append(choose(ports))
        started = [_process(stack, folder, number, port) for number, port in enumerate(ports)]
        try:
            first, at, spent = _reached(lambda: told() - before, int(leads * FIRST), started)
            last, end, used = _reached(lambda: told() - before, leads, started)
            assert all(_lanes(port) for port in ports), "each process had a part of the lanes"
        finally:
            for process in started:
                process.terminate()
            for process in started:
                process.wait(timeout=60)
    return Drained((last - first) / (end - at), 1000 * (used - spent) / (last - first))


def _lanes(port: int) -> float:
    """How many lanes the process owns."""
    with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=60) as answer:
        said = answer.read().decode()
    return sum(each.value for found in text_string_to_metric_families(said) for each in found.samples
               if each.name == "leadline_lanes")  # fmt: skip


def _process(stack: Endpoints, folder: Path, number: int, port: int) -> subprocess.Popen[bytes]:
    environment: Mapping[str, str] = {
        **os.environ,
        "LEADLINE_KAFKA": stack.kafka,
        "LEADLINE_DATABASE_URL": stack.database_url,
        "LEADLINE_REDIS_URL": stack.redis_url,
        "LEADLINE_RULES_DIR": str(folder / "rules"),
        "LEADLINE_WEB_PORT": str(port),
        "LEADLINE_INSTANCE": f"route-{number}",
        "LEADLINE_LOG_LEVEL": "WARNING",
    }
    with (folder / f"route-{number}.log").open("ab") as said:
        return subprocess.Popen([sys.executable, "-m", "leadline_route"], env=environment, stdout=said, stderr=said)


def _reached(
    routed: Callable[[], int], wanted: int, processes: Sequence[subprocess.Popen[Any]]
) -> tuple[int, float, float]:
    """How many are routed once there are so many, when that was, and how much CPU the processes had used (seconds)."""
    end = monotonic() + 600
    while (found := routed()) < wanted:
        if monotonic() > end or any(process.poll() is not None for process in processes):
            raise AssertionError(f"{found} of {wanted} leads are routed: a process ended, or 600 s were not enough")
        sleep(0.02)
    used = [psutil.Process(process.pid).cpu_times() for process in processes]
    return found, monotonic(), sum(each.user + each.system for each in used)


def measure(stack: Endpoints, folder: Path, leads: int, seed: int) -> tuple[Drained, Drained]:
    """One process, and two together."""
    hot_pool(folder / "rules")
    names = [*(topic.name for topic in STEP.reads), LEAD_ROUTED.name, dead_letter_topic(STEP.name)]
    asyncio.run(create_topics(stack, names, PARTITIONS))
    found = []
    for processes in (1, 2):
        asyncio.run(fill(stack, leads, seed + processes))
        found.append(drained(stack, folder, leads, processes))
    return found[0], found[1]


def main() -> None:
    """Measure and print both rates, each with the CPU of a lead in milliseconds."""
    kafka, database_url, folder, leads, seed = sys.argv[1:6]
    stack = Endpoints("external", kafka, database_url, "redis://127.0.0.1:1/0")
    one, two = measure(stack, Path(folder), int(leads), int(seed))
    print(one.rate, one.cpu_ms, two.rate, two.cpu_ms, flush=True)


if __name__ == "__main__":
    main()
