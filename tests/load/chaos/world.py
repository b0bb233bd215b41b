"""The pipeline under test with servers of its own, and the hands that kill: only what was started here."""

import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import time

import psycopg
from redis import Redis
from redis.exceptions import RedisError

from leadline_local.ports import choose
from leadline_local.stack import endpoints, up
from leadline_local.state import State
from tests.load.chaos.client import ORIGIN, Doors
from tests.support.pipeline import PROGRAMS, Pipeline
from tests.support.stack import opened
from tests.support.vendor import Told

PROJECT = Path(__file__).parents[3]  # a broken service is started through a module of ours
RULES = Path(__file__).parent / "rules"
START = datetime(
    2026, 3, 10, 14, 0, tzinfo=UTC
)  # a Tuesday, 10:00 in New York: offices are open at any hour of the day
SERVERS = ("kafka", "postgres", "valkey")
# A service that is back at once takes its lanes back at once, as `leadline up` has it.
STATIC = {"LEADLINE_STATIC_MEMBER": "true"}


class World:
    """A pipeline on a stack in `directory`. `faults` lists what was done to it, and when."""

    def __init__(self, directory: Path, report: Callable[[str], None]) -> None:
        self.home, self.report = directory / "leadline-stack", report
        self.vendor = Told(choose(()))
        shutil.copytree(RULES, directory / "rules", dirs_exist_ok=True)
        self.faults: list[tuple[float, str]] = []
        self.pipeline = Pipeline(
            endpoints(State(self.home)),
            directory / "programs",
            {
                **self.vendor.rules(directory / "rules", keep={"found": "2 s", "not_found": "2 s"}),
                "LEADLINE_EDGE_SPOOL_DIR": str(directory / "spool"),
                "PYTHONPATH": os.pathsep.join((str(PROJECT), *sys.path)),
            },
            home=self.home,
        )
        self.pipeline.ports["vendor"] = self.vendor.port
        self._set_at = 0.0

    def start(self) -> None:
        """Topics, services, the clock."""
        self.pipeline.prepare()
        self.spawn("vendor", program=("tests.support.vendor", str(self.vendor.port)))
        self.pipeline.wait_ready("vendor")
        for name in PROGRAMS:
            self.spawn(name)
        for name in PROGRAMS:
            self.pipeline.wait_ready(name)
        self.pipeline.set_clock(START, 1.0)
        with psycopg.connect(self.pipeline.stack.database_url) as connection:
            row = connection.execute("SELECT extract(epoch FROM set_at) FROM capture.clock").fetchone()
        assert row is not None
        self._set_at = float(row[0])

    def doors(self) -> Doors:
        """New keys to the edge: of a system of ours, and of public pages."""
        pipeline = self.pipeline
        page = ("--publishable", "--source", "website_form", "--origin", ORIGIN)
        return Doors(pipeline.url, pipeline.make_key("--trusted"), pipeline.make_key(*page))

    def ago(self, seconds: float) -> str:
        """The pipeline's time so many seconds ago."""
        return (START + timedelta(seconds=time() - self._set_at - seconds)).isoformat()

    def spawn(self, name: str, instance: str = "", program: tuple[str, ...] = (), **more: str) -> None:
        """Start a process of a service; the same name and instance have the same membership of the group."""
        self.pipeline.spawn(name, instance, program, LEADLINE_INSTANCE=f"chaos-{name}{instance}", **{**STATIC, **more})

    def fault(self, what: str) -> None:
        """Note what is done."""
        self.faults.append((time(), what))
        self.report(what)

    def kill(self, label: str) -> None:
        """kill -9 of a process."""
        self.fault(f"kill -9 {label}")
        self.pipeline.kill(label)

    def kill_server(self, name: str) -> None:
        """kill -9 of Kafka, PostgreSQL or Valkey, then start it again on its data."""
        self.fault(f"kill -9 {name}")
        os.kill(State(self.home).memory.running[name].pid, signal.SIGKILL)
        up(self.home, report=lambda line: None)

    def vendor_is(self, way: str) -> None:
        """From now on the vendor answers, hangs or fails."""
        self.fault(f"the vendor is {way}")
        self.vendor.be(way)

    def flush(self) -> None:
        """Redis forgets everything, if it is there."""
        with Redis.from_url(self.pipeline.stack.redis_url, socket_timeout=1, socket_connect_timeout=1) as client:
            try:
                client.flushall()
            except (RedisError, OSError):
                return  # it was killed: what it had is gone as well
        self.fault("Redis is flushed")

    def kafka_away(self) -> None:
        """kill -9 of Kafka, which stays away until `kafka_back`."""
        self.fault("kill -9 kafka, which stays away")
        os.kill(State(self.home).memory.running["kafka"].pid, signal.SIGKILL)

    def kafka_back(self) -> None:
        """Kafka again, on its data."""
        self.report("kafka comes back")
        up(self.home, report=lambda line: None)

    def signal(self, label: str, number: signal.Signals) -> None:
        """Stop a process where it stands, or let it go on."""
        self.fault(f"{number.name} {label}")
        self.pipeline.running[label].send_signal(number)

    def end(self, label: str) -> None:
        """SIGTERM, and wait."""
        self.fault(f"SIGTERM {label}")
        process = self.pipeline.running.pop(label)
        process.terminate()
        process.wait(30)


@contextmanager
def opened_world(directory: Path, report: Callable[[str], None]) -> Iterator[World]:
    """A world that is over, with its servers, when the block ends or this process is killed."""
    with opened("local", directory, alone=True):
        world = World(directory, report)
        try:
            yield world
        finally:
            world.pipeline.stop()
