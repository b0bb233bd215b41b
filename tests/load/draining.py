"""How fast so many processes of one service together work off what waits for them, on Kafka and PostgreSQL."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
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
from leadline_schemas import codec, ids
from leadline_schemas.topics import Topic
from tests.load.step_work import PARTITIONS

Prepared = tuple[str, int, bytes, bytes, bytes]  # topic, partition, key, value, id
QUIET_S = 1.0
HELD = 1000  # unacknowledged records of the filling
FIRST = 0.1  # of what is answered, before the clock starts: the first batches of a process are its slowest
MOST = 0.8  # by when all is written: else too little is left to measure by
# Seconds between two looks at Kafka. Each takes some milliseconds of the processors that are measured: looking every
# 20 ms took a fifteenth of two of them.
SOONEST, LATEST = 0.02, 0.25


@dataclass(frozen=True)
class Service:
    """What is measured: a service by its name, the topic whose records tell how far it is (one for each that waits),
    and the environment of its processes beside where the servers are.
    """

    name: str
    writes: Topic[Any]
    environment: Mapping[str, str]


@dataclass(frozen=True)
class Work:
    """What is written, made beforehand, and how many records the service answers it with."""

    records: Sequence[Prepared]
    answers: int


@dataclass(frozen=True)
class Drained:
    """Records a second by so many processes together, and the CPU of all of them for one record."""

    rate: float
    cpu_ms: float


def prepared(events: Iterable[tuple[Topic[Any], Any, bytes]], partitions: int = PARTITIONS) -> Iterator[Prepared]:
    """The events as they are written, keyed by lead, each with the id that its producer would give it."""
    for topic, event, event_id in events:
        key = ids.key_bytes(event.lead_id)
        yield topic.name, ids.partition_of(key, partitions), key, codec.encode(topic, event), event_id


async def fill(stack: Endpoints, events: Iterable[tuple[Topic[Any], Any, bytes]], partitions: int = PARTITIONS) -> None:
    """Write the events. See `prepared`."""
    await write(stack, prepared(events, partitions))


async def write(stack: Endpoints, records: Iterable[Prepared]) -> None:
    """Write what is prepared."""
    producer = AIOKafkaProducer(bootstrap_servers=stack.kafka, acks="all", linger_ms=5, max_batch_size=500_000)
    await producer.start()
    waiting: list[asyncio.Future[object]] = []
    for topic, partition, key, value, event_id in records:
        headers = [("ce_id", event_id)]
        waiting.append(await producer.send(topic, value, key=key, partition=partition, headers=headers))
        if len(waiting) >= HELD:
            await asyncio.gather(*waiting)
            waiting.clear()
    await asyncio.gather(*waiting)
    await producer.stop()


def drained(service: Service, stack: Endpoints, folder: Path, work: Work, processes: int) -> Drained:
    """From when all is written, and a tenth of it answered, until all is answered; `folder` takes the logs.

    It is written when every process is at work, else one could be through with it before the other has begun, and when
    nothing is told any more of what was worked off before (timers).
    """
    with cluster.admin(stack.kafka) as admin:
        counts = cluster.partition_counts(admin, [service.writes.name])

        def told() -> int:
            return sum(cluster.bounds(admin, counts)[1].values())

        ports: list[int] = []
        for _ in range(processes):
            ports.append(choose(ports))
        started = [_process(service, stack, folder, number, port) for number, port in enumerate(ports)]
        try:
            _reached(lambda: sum(map(_is_at_work, ports)), processes, started)
            before = _settled(told)
            _reached(lambda: sum(map(_is_at_work, ports)), processes, started)  # all lanes are claimed by then
            asyncio.run(write(stack, work.records))
            first, at, spent = _reached(lambda: told() - before, int(work.answers * FIRST), started)
            late = f"{first} of {work.answers} answers were there when the last record was written: take more records"
            assert first <= work.answers * MOST, late
            last, end, used = _reached(lambda: told() - before, work.answers, started)
            assert all(map(_is_at_work, ports)), "each process kept a part of the lanes"
        finally:
            for process in started:
                process.terminate()
            for process in started:
                process.wait(timeout=60)
    return Drained((last - first) / (end - at), 1000 * (used - spent) / (last - first))


def gauge(port: int, name: str, **labels: str) -> float:
    """What a process tells by this name, summed over what its labels leave open."""
    return sum(_told(port, name, labels))


def _told(port: int, name: str, labels: Mapping[str, str]) -> list[float]:
    with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=60) as answer:
        said = answer.read().decode()
    return [each.value for found in text_string_to_metric_families(said) for each in found.samples
            if each.name == name and labels.items() <= each.labels.items()]  # fmt: skip


def _settled(told: Callable[[], int]) -> int:
    """How many were told when for a second no more were."""
    last = -1
    while (now := told()) != last:
        last = now
        sleep(QUIET_S)
    return last


def _is_at_work(port: int) -> bool:
    """Has it lanes, and, where it tells gauges of their leads, looked them over? That is the price of a claim."""
    try:
        return gauge(port, "leadline_lanes") > 0 and all(_told(port, "leadline_surveyed", {}))
    except OSError:  # it has yet to open the port
        return False


def _process(service: Service, stack: Endpoints, folder: Path, number: int, port: int) -> subprocess.Popen[bytes]:
    environment: Mapping[str, str] = {
        **os.environ,
        **service.environment,
        "LEADLINE_KAFKA": stack.kafka,
        "LEADLINE_DATABASE_URL": stack.database_url,
        "LEADLINE_REDIS_URL": stack.redis_url,
        "LEADLINE_WEB_PORT": str(port),
        "LEADLINE_INSTANCE": f"{service.name}-{number}",
        "LEADLINE_LOG_LEVEL": "WARNING",
    }
    module = f"leadline_{service.name.replace('-', '_')}"
    with (folder / f"{service.name}-{number}.log").open("ab") as said:
        return subprocess.Popen([sys.executable, "-m", module], env=environment, stdout=said, stderr=said)


def until_next_look(left: int, rate: float) -> float:
    """Seconds to wait: half of what the rest takes at this rate, so that the end is not seen late."""
    return min(LATEST, max(SOONEST, left / rate / 2)) if rate > 0 else LATEST


def _reached(
    answered: Callable[[], int], wanted: int, processes: Sequence[subprocess.Popen[Any]]
) -> tuple[int, float, float]:
    """How many came once there are so many, when that was, and what CPU the processes had used (seconds)."""
    began = at = monotonic()
    found, pause = 0, SOONEST
    while found < wanted:
        sleep(pause)
        if monotonic() > began + 600 or any(process.poll() is not None for process in processes):
            raise AssertionError(f"{found} of {wanted} came: a process ended, or 600 s were not enough")
        before, since, found, at = found, at, answered(), monotonic()
        pause = until_next_look(wanted - found, (found - before) / (at - since))
    used = [psutil.Process(process.pid).cpu_times() for process in processes]
    return found, monotonic(), sum(each.user + each.system for each in used)
