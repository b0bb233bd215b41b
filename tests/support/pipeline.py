"""The whole pipeline as it runs in production, for a test: six processes on a stack of their own, a clock to set."""

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import psycopg
from kafka import KafkaConsumer, TopicPartition
from psycopg import sql

from leadline_console import cluster
from leadline_console.topics import apply_topics
from leadline_local import locks
from leadline_local.compiled import forms
from leadline_local.endpoints import Endpoints
from leadline_local.ports import choose
from leadline_runtime.clock_setting import set_clock
from leadline_runtime.frames import Headers
from leadline_schemas.codec import decode
from leadline_schemas.event import Model
from leadline_schemas.topics import TOPICS, Topic

PROJECT = Path(__file__).resolve().parents[2]
TOPICS_FILE = PROJECT / "deploy" / "kafka" / "topics.yaml"
PROGRAMS: dict[str, tuple[str, ...]] = {
    "capture-edge": ("leadline_capture", "edge"),
    "capture": ("leadline_capture", "step"),
    "enrich": ("leadline_enrich",),
    "score": ("leadline_score",),
    "route": ("leadline_route",),
    "sla-monitor": ("leadline_sla_monitor",),
}
STEPS = tuple(name for name in PROGRAMS if name != "capture-edge")
READS = {name: tuple(t.name for t in TOPICS if name in t.readers) for name in STEPS}


@dataclass(frozen=True)
class Raw:
    """A record as Kafka holds it, read by kafka-python and none of the project's own Kafka code."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers
    timestamp_ms: int = 0


@dataclass
class Pipeline:
    """Processes, their ports and logs. `environment` is what all of them get.

    `home`: a local stack's folder; what is started then ends with that stack, also if this process is killed.
    """

    stack: Endpoints
    directory: Path
    environment: dict[str, str] = field(default_factory=dict)
    partitions: int = 4
    home: Path | None = None
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)

    def prepare(self) -> None:
        """Topics; the services make their own tables."""
        self.directory.mkdir(parents=True, exist_ok=True)
        apply_topics(self.stack.kafka, TOPICS_FILE, replication=1, partitions=self.partitions)

    def start(self, names: Iterable[str] = tuple(PROGRAMS), **more: str) -> None:
        """Start processes and wait until each says that it is ready."""
        chosen = list(names)
        for name in chosen:
            self.spawn(name, **more)
        for name in chosen:
            self.wait_ready(name)

    def spawn(self, name: str, instance: str = "", program: Sequence[str] = (), **more: str) -> subprocess.Popen[bytes]:
        """Start one process; `instance` tells several of one service apart. `program`: run instead of the service."""
        label = name + instance
        for use in ("", "/public"):
            self.ports.setdefault(label + use, choose(self.ports.values()))
        environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("LEADLINE_")},
            **(forms.on_path(os.environ) if name == "score" else {}),
            "LEADLINE_KAFKA": self.stack.kafka,
            "LEADLINE_DATABASE_URL": self.stack.database_url,
            "LEADLINE_REDIS_URL": self.stack.redis_url,
            "LEADLINE_WEB_PORT": str(self.ports[label]),
            "LEADLINE_EDGE_PORT": str(self.ports[f"{label}/public"]),
            "LEADLINE_SESSION_TIMEOUT_MS": "6000",
            "LEADLINE_EDGE_CLOCK_EVERY_S": "0.05",
            "LEADLINE_EDGE_KEYS_EVERY_S": "0.2",
            "PYTHONUNBUFFERED": "1",
            **self.environment,
            **more,
        }
        log = (self.directory / f"{label}.log").open("ab")
        argv = [sys.executable, "-m", *(program or PROGRAMS[name])]
        with log, self._owned(label) as (folder, locked):
            made = subprocess.Popen(
                argv, env=environment, stdout=log, stderr=log, start_new_session=True, cwd=folder, pass_fds=locked
            )
        self.running[label] = made
        return made

    @contextmanager
    def _owned(self, label: str) -> Iterator[tuple[Path | None, tuple[int, ...]]]:
        """What makes a process one of the stack's: its folder, and the lock that it inherits (leadline_local)."""
        if self.home is None:
            yield None, ()
            return
        folder = self.home / label
        folder.mkdir(mode=0o700, exist_ok=True)
        lock = locks.take(folder / "alive.lock", patience=5)
        assert lock is not None, f"{label} runs already"
        try:
            yield folder, (lock,)
        finally:
            os.close(lock)

    def wait_ready(self, label: str, seconds: float = 60) -> None:
        """Wait for GET /readyz to say 200."""
        url = f"http://127.0.0.1:{self.ports[label]}/readyz"

        def ready() -> bool:
            assert self.running[label].poll() is None, f"{label} ended: {self.log(label)[-2000:]}"
            try:
                return bool(urllib.request.urlopen(url, timeout=2).status == 200)
            except OSError:
                return False

        wait(ready, f"{label} to be ready; its log ends: {self.log(label)[-1500:]}", seconds)

    def log(self, label: str) -> str:
        """What a process logged."""
        path = self.directory / f"{label}.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def kill(self, label: str) -> None:
        """kill -9, and wait until it is gone."""
        process = self.running.pop(label)
        process.kill()
        process.wait()

    def stop(self) -> None:
        """End all: SIGTERM, and SIGKILL for what does not go in time."""
        for process in self.running.values():
            process.send_signal(signal.SIGTERM)
        for process in self.running.values():
            try:
                process.wait(timeout=12)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.running.clear()

    def make_key(self, *more: str) -> str:
        """An API key that may send leads."""
        command = [sys.executable, "-m", "leadline_console", "keys", "create", "--name", "tests", "--source", "tests"]
        environment = {**os.environ, "LEADLINE_DATABASE_URL": self.stack.database_url}
        known = self.edge_says()["keys"]
        made = subprocess.run([*command, *more], env=environment, capture_output=True, text=True, check=True)
        wait(lambda: self.edge_says()["keys"] > known, "the edge to know the key", 10)
        return made.stdout.strip()

    def edge_says(self) -> dict[str, Any]:
        """What the edge says of itself: how many keys it knows, the time as it knows it."""
        return self.says("capture-edge")

    def says(self, label: str) -> dict[str, Any]:
        """What a process says of itself, ready or not; nothing if it does not answer."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.ports[label]}/readyz", timeout=2) as answer:
                body = answer.read()
        except urllib.error.HTTPError as error:
            body = error.read()
        except OSError:
            body = b"{}"
        said: dict[str, Any] = json.loads(body)
        return said

    def edge_clock(self) -> datetime:
        """The time as the edge knows it."""
        return datetime.fromisoformat(self.edge_says()["clock"])

    @property
    def url(self) -> str:
        """Where the edge listens."""
        return f"http://127.0.0.1:{self.ports['capture-edge/public']}"

    def freeze(self, at: datetime, services: Sequence[str] = STEPS) -> None:
        """Set these services' clocks to an instant at which they stand still."""
        self.set_clock(at, 0.0, services)

    def set_clock(self, at: datetime, rate: float, services: Sequence[str] = STEPS) -> None:
        """Set these services' clocks; rate 1 runs on from there."""
        set_clock(self.stack.database_url, [service.replace("-", "_") for service in services], at, rate)

    def settle(self, seconds: float = 60) -> None:
        """Wait until everything is read, and nothing is due by the pipeline's clock."""
        quiet = 0
        with cluster.admin(self.stack.kafka) as admin:

            def settled() -> bool:
                nonlocal quiet
                quiet = quiet + 1 if self._caught_up(admin) and not self._anything_due() else 0
                return quiet >= 3

            wait(settled, "the pipeline to come to rest", seconds, every=0.1)

    def _caught_up(self, admin: Any) -> bool:
        counts = dict.fromkeys({t for topics in READS.values() for t in topics}, self.partitions)
        _, ends = cluster.bounds(admin, counts)
        told = cluster.committed(admin, [f"leadline.{step}" for step in STEPS])
        return all(
            max(0, told[f"leadline.{step}"].get((topic, n), 0)) >= ends[topic, n]
            for step in STEPS
            for topic in READS[step]
            for n in range(self.partitions)
        )

    def _anything_due(self) -> bool:
        with psycopg.connect(self.stack.database_url) as connection:
            for step in STEPS:
                schema = sql.Identifier(step.replace("-", "_"))
                query = sql.SQL(
                    "SELECT EXISTS (SELECT FROM {s}.inbox) OR EXISTS (SELECT FROM {s}.state, (SELECT coalesce("
                    "(SELECT at + (now() - set_at) * rate FROM {s}.clock), now()) AS at) n"
                    " WHERE timer_at <= n.at OR judge_at <= n.at)"
                ).format(s=schema)
                row = connection.execute(query).fetchone()
                if row is not None and row[0]:
                    return True
        return False

    def raw(self, topic: str) -> list[Raw]:
        """Every record of a topic, from raw bytes."""
        reader = KafkaConsumer(bootstrap_servers=self.stack.kafka, check_crcs=False)
        try:
            places = [TopicPartition(topic, p) for p in sorted(reader.partitions_for_topic(topic) or ())]
            ends = reader.end_offsets(places)
            reader.assign(places)
            reader.seek_to_beginning(*places)
            found: list[Raw] = []
            while any(reader.position(tp) < ends[tp] for tp in places):
                for records in reader.poll(timeout_ms=200).values():
                    found.extend(
                        Raw(r.topic, r.partition, r.offset, r.key, r.value, tuple(r.headers or ()), r.timestamp)
                        for r in records
                    )
            return found
        finally:
            reader.close()

    def first_times(self, topic: str) -> dict[bytes, int]:
        """Kafka's time, in milliseconds, of the first record of each key."""
        first: dict[bytes, int] = {}
        for record in self.raw(topic):
            first.setdefault(record.key or b"", record.timestamp_ms)
        return first

    def lag(self, step: str) -> int:
        """How many records a step has yet to read."""
        with cluster.admin(self.stack.kafka) as admin:
            _, ends = cluster.bounds(admin, dict.fromkeys(READS[step], self.partitions))
            told = cluster.committed(admin, [f"leadline.{step}"])[f"leadline.{step}"]
        return sum(max(0, end - max(0, told.get(place, 0))) for place, end in ends.items())

    def events(self, topic: Topic[Any]) -> list[Any]:
        """Every event of a topic, decoded, each once (a repeat has the same id)."""
        once: dict[bytes, Model] = {}
        for record in self.raw(topic.name):
            once.setdefault(dict(record.headers)["ce_id"], decode(topic, record.value or b""))
        return list(once.values())


def wait(true: Any, what: str, seconds: float, every: float = 0.05) -> None:
    """Wait for a condition of other processes. Fails saying what was waited for."""
    end = monotonic() + seconds
    while not true():
        assert monotonic() < end, f"waited {seconds} s in vain for {what}"
        sleep(every)
