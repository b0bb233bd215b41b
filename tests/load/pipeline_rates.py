"""The whole pipeline: leads a second from lead.received to an armed clock, and the way from captured to routed."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import quantiles
from time import perf_counter
from typing import Any

import psutil

from leadline_console import cluster
from leadline_schemas.topics import LEAD_CAPTURED, LEAD_ROUTED
from tests.load.people import fill
from tests.support.pipeline import READS, STEPS, Pipeline, wait


@dataclass(frozen=True)
class Sustained:
    """What a run of the whole pipeline gave."""

    leads_per_s: float
    rss_mb: dict[str, float]
    cpu_ms_per_lead: dict[str, float]


class Offsets:
    """How far topics and steps are, asked over one connection: a new one each time would be a load of its own."""

    def __init__(self, pipeline: Pipeline, admin: Any) -> None:
        self.pipeline, self.admin = pipeline, admin

    def ends(self, topic: str) -> int:
        """How many records a topic holds."""
        return sum(cluster.bounds(self.admin, {topic: self.pipeline.partitions})[1].values())

    def all_read(self, steps: Sequence[str] = STEPS) -> bool:
        """Has each of these steps read all its topics?"""
        topics = {topic for step in steps for topic in READS[step]}
        _, last = cluster.bounds(self.admin, dict.fromkeys(topics, self.pipeline.partitions))
        told = cluster.committed(self.admin, [f"leadline.{step}" for step in steps])
        return all(
            told[f"leadline.{step}"].get((topic, n), 0) >= last[topic, n]
            for step in steps
            for topic in READS[step]
            for n in range(self.pipeline.partitions)
        )


@contextmanager
def offsets(pipeline: Pipeline) -> Iterator[Offsets]:
    """Offsets of a pipeline's Kafka."""
    with cluster.admin(pipeline.stack.kafka) as admin:
        yield Offsets(pipeline, admin)


def sustained(pipeline: Pipeline, leads: int, seed: int) -> Sustained:
    """The rate over `leads`: capture is held back while the input is written, then everything runs at once."""
    pipeline.start(STEPS)
    with offsets(pipeline) as at:
        asyncio.run(fill(pipeline.stack.kafka, pipeline.partitions, 500, seed + 1))
        wait(at.all_read, "the warm-up", 120, every=0.2)
        pipeline.kill("capture")
        asyncio.run(fill(pipeline.stack.kafka, pipeline.partitions, leads, seed))
        captured, routed = at.ends(LEAD_CAPTURED.name), at.ends(LEAD_ROUTED.name)
        used = cpu(pipeline)
        pipeline.spawn("capture")
        wait(lambda: at.ends(LEAD_CAPTURED.name) > captured, "the first lead", 60, every=0.1)
        started = perf_counter()
        wait(lambda: at.ends(LEAD_ROUTED.name) >= routed + leads, "all leads to be routed", 600, every=0.3)
        wait(at.all_read, "all clocks to be armed", 600, every=0.2)
        seconds = perf_counter() - started
    spent = {name: (now - used.get(name, 0.0)) * 1000 / leads for name, now in cpu(pipeline).items()}
    memory = {name: psutil.Process(p.pid).memory_info().rss / 2**20 for name, p in pipeline.running.items()}
    return Sustained(leads / seconds, memory, spent)


def cpu(pipeline: Pipeline) -> dict[str, float]:
    """Seconds of CPU each service has used, and Kafka and PostgreSQL where they run on this machine."""
    used = {name: sum(psutil.Process(p.pid).cpu_times()[:2]) for name, p in pipeline.running.items()}
    for name, address in (("kafka", pipeline.stack.kafka), ("postgres", pipeline.stack.database_url)):
        server = listener(int(address.rpartition(":")[2].partition("/")[0]))
        if server is not None:
            family = [server, *server.children(recursive=True)]
            used[name] = sum(sum(member.cpu_times()[:2]) for member in family)
    return used


def latencies(pipeline: Pipeline, rate: float, seconds: float, seed: int) -> tuple[float, float]:
    """p50 and p99 in milliseconds from captured to routed, both as Kafka has them, at `rate` leads a second."""
    leads = int(rate * seconds)
    known = pipeline.first_times(LEAD_CAPTURED.name)
    with offsets(pipeline) as at:
        before = at.ends(LEAD_ROUTED.name)
        asyncio.run(fill(pipeline.stack.kafka, pipeline.partitions, leads, seed, rate))
        wait(lambda: at.ends(LEAD_ROUTED.name) >= before + leads, "the last lead", 60)
    first, last = pipeline.first_times(LEAD_CAPTURED.name), pipeline.first_times(LEAD_ROUTED.name)
    found = sorted(at - first[key] for key, at in last.items() if key in first and key not in known)
    cuts = quantiles(found, n=100)
    return cuts[49], cuts[98]


def listener(port: int) -> psutil.Process | None:
    """The process of this machine that listens on a port, if it may be seen."""
    for found in psutil.net_connections("tcp"):
        if found.laddr and found.laddr.port == port and found.status == psutil.CONN_LISTEN and found.pid:
            return psutil.Process(found.pid)
    return None
