"""Parts of the bench that measure the monitor's clocks, on Kafka and PostgreSQL of their own."""

import asyncio
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from leadline_local.endpoints import Endpoints
from tests.load.board_looks import filled, look
from tests.load.breaches import breach_burst, breach_delay, overdue_recovery
from tests.load.clock_ticks import Timers
from tests.load.telling import Bench
from tests.support.pipeline import Pipeline

PARTITIONS = 4  # as the parts on pipelines have it: one instance on a small machine


def sla_arm(bench: Bench, stack: Endpoints, directory: Path) -> None:
    """The monitor's own step with its state, leads captured and then routed: one process, and two together."""
    leads = 2 * bench.options.leads  # so many that most wait when the last is written
    argv = ["tests.load.arm_steps", stack.kafka, stack.database_url, directory, leads, bench.options.seed]
    made = subprocess.run(
        [sys.executable, "-m", *map(str, argv)], stdout=subprocess.PIPE, text=True, check=True, timeout=1500
    )
    told = list(map(float, made.stdout.split()[-8:]))
    for name, (captured, routed, cpu_of_captured, cpu_of_routed) in (("sla_arm_rate_alone", told[:4]),
                                                                     ("sla_arm_rate", told[4:])):  # fmt: skip
        bench.tell(f"{name}.captured", captured, "1/s")
        bench.tell(name, routed, "leads/s", floor=3000 if name == "sla_arm_rate" else None)
        bench.tell(f"cpu_ms.{name}.captured", cpu_of_captured, "ms/lead")
        bench.tell(f"cpu_ms.{name}.routed", cpu_of_routed, "ms/lead")


def breach(bench: Bench, stack: Endpoints, directory: Path) -> None:
    """Breaches of leads that come while many clocks are armed, which were put into the table by COPY."""
    with _pipeline(stack, directory) as pipeline:
        p99, breaches = breach_delay(pipeline, bench.options.armed, bench.options.seed + 5)
    bench.tell("clocks_armed", bench.options.armed, "")
    bench.tell("breaches_measured", breaches, "")
    bench.tell("breach_delay_p99_ms", p99, "ms", ceiling=1000)


def burst(bench: Bench, stack: Endpoints, directory: Path) -> None:
    """Many promises due at one instant; they were put into the table by COPY a minute before."""
    with _pipeline(stack, directory) as pipeline:
        seconds = breach_burst(pipeline, bench.options.due, bench.options.seed)
    bench.tell("breach_burst_s", seconds, "s", ceiling=5)
    bench.tell("breach_burst_rate", bench.options.due / seconds, "1/s")


def overdue(bench: Bench, stack: Endpoints, directory: Path) -> None:
    """Many promises that fell due while the monitor was down, from its start until the last is told."""
    with _pipeline(stack, directory) as pipeline:
        seconds = overdue_recovery(pipeline, bench.options.due, bench.options.seed)
    bench.tell("overdue_recovery_s", seconds, "s", ceiling=10)


def tick(bench: Bench, stack: Endpoints, directory: Path) -> None:
    """A look at the timers, and the reads of a batch that finds 200 due: with few timers, and with many."""
    timers, rows = Timers(stack), 10_000
    asyncio.run(_ticks(bench, timers, rows))
    few = {m.measure: m.value for m in bench.measures}
    while rows < bench.options.timers:
        rows = min(rows * 10, bench.options.timers)
        asyncio.run(_ticks(bench, timers, rows, few if rows == bench.options.timers else None))


async def _ticks(bench: Bench, timers: Timers, rows: int, few: Mapping[str, float] | None = None) -> None:
    timers.grow(rows)
    for name, ms in (("tick_look_ms", await timers.look()), ("tick_take_ms", await timers.take())):
        against, base = {}, f"{name}.10000"
        if few is not None:
            against = {"baseline": base, "ratio": round(ms / few[base], 2), "ceiling": 1.5}
        bench.tell(f"{name}.{rows}", ms, "ms", **against)
    await timers.database.close()


def board(bench: Bench, stack: Endpoints, directory: Path) -> None:
    """A look at the board, with few leads that have open promises and are overdue, and with many."""
    few, many = 10_000, bench.options.armed
    told: dict[str, float] = {}
    for leads in (few, many):
        filled(stack, leads, bench.options.seed)
        cost = asyncio.run(look(stack, leads))
        for name, value, unit in (("board_look_ms", cost.ms, "ms"), ("cpu_ms.board_look", cost.cpu_ms, "ms"),
                                  ("board_look_pages", cost.pages, "pages")):  # fmt: skip
            against, base = {}, f"{name}.{few}"
            if base in told:
                against = {"baseline": base, "ratio": round(value / told[base], 2), "ceiling": 1.5}
            told[f"{name}.{leads}"] = value
            bench.tell(f"{name}.{leads}", value, unit, **against)


@contextmanager
def _pipeline(stack: Endpoints, directory: Path) -> Iterator[Pipeline]:
    pipeline = Pipeline(stack, directory / "programs", partitions=PARTITIONS)
    pipeline.prepare()
    try:
        yield pipeline
    finally:
        pipeline.stop()


PARTS: Mapping[str, Callable[[Bench, Endpoints, Path], None]] = {
    "sla_arm": sla_arm, "breach": breach, "burst": burst, "overdue": overdue, "tick": tick,
    "board": board,
}  # fmt: skip
