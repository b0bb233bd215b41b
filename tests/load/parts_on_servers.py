"""Parts of the bench that need Kafka and PostgreSQL of their own."""

import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from leadline_local.endpoints import Endpoints
from tests.load.rules_diff_rates import PROMISED_LEADS, compared, exported, fewer, only, prepared, start_s
from tests.load.telling import Bench


def step(bench: Bench, stack: Endpoints, directory: Path) -> None:
    """One process: a stock agent, the loop without a store, the loop with PostgreSQL."""
    rates = {name: _contender(bench, stack, name) for name in ("agent", "step", "stored")}
    agent = rates["agent"]
    bench.tell("faust_agent_rate", agent, "1/s")
    against = {"baseline": "faust_agent_rate"}
    bench.tell("step_rate", rates["step"], "1/s", ratio=round(rates["step"] / agent, 2), floor=4, **against)
    ratio = round(rates["stored"] / agent, 2)
    bench.tell("step_rate_stored", rates["stored"], "1/s", ratio=ratio, floor=3, **against)


def _contender(bench: Bench, stack: Endpoints, name: str) -> float:
    options = bench.options
    argv = ["tests.load.step_rates", name, stack.kafka, stack.database_url, options.records, options.seed]
    made = subprocess.run(
        [sys.executable, "-m", *map(str, argv)], capture_output=True, text=True, check=True, timeout=300
    )
    return float(made.stdout.strip().splitlines()[-1])


def score_step(bench: Bench, stack: Endpoints, directory: Path) -> None:
    """Score's own step with its state: one process, and two together, as the smallest production has."""
    argv = ["tests.load.score_steps", stack.kafka, stack.database_url, directory, bench.options.leads,
            bench.options.seed]  # fmt: skip
    made = subprocess.run(
        [sys.executable, "-m", *map(str, argv)], capture_output=True, text=True, check=True, timeout=1500
    )
    told = list(map(float, made.stdout.split()[-10:]))
    one, two = told[:5], told[5:]
    _score_rates(bench, "score_step_rate_alone", one)
    _score_rates(bench, "score_step_rate", two, floor=3000)
    bench.tell("score_two_processes", two[2] / one[2], "x")


def _score_rates(bench: Bench, name: str, told: Sequence[float], **promised: Any) -> None:
    leads, acts, both, of_lead, of_act = told
    bench.tell(f"{name}.leads", leads, "1/s")
    bench.tell(f"{name}.acts", acts, "1/s")
    bench.tell(name, both, "1/s", **promised)
    bench.tell(f"cpu_ms.{name}.leads", of_lead, "ms/lead")
    bench.tell(f"cpu_ms.{name}.acts", of_act, "ms/act")


def route(bench: Bench, stack: Endpoints, directory: Path) -> None:
    """Route's own step, every lead in one hot pool whose rows all batches lock: one process, and two together."""
    argv = [
        "tests.load.route_steps",
        stack.kafka,
        stack.database_url,
        directory,
        bench.options.leads,
        bench.options.seed,
    ]
    made = subprocess.run(
        [sys.executable, "-m", *map(str, argv)], capture_output=True, text=True, check=True, timeout=1500
    )
    one, one_cpu, two, two_cpu = map(float, made.stdout.split()[-4:])
    bench.tell("route_step_rate", one, "leads/s", floor=2000)
    bench.tell("cpu_ms_per_lead.route_step", one_cpu, "ms")
    against = {"baseline": "route_step_rate", "ratio": round(two / one, 2)}
    bench.tell("route_two_instances", two, "leads/s", floor=1, **against)
    bench.tell("cpu_ms_per_lead.route_two_instances", two_cpu, "ms")


def rules_diff(bench: Bench, stack: Endpoints, directory: Path) -> None:
    """Scored leads by two versions of the rules, from PostgreSQL and from a file; few leads need as much memory."""
    leads, file = bench.options.scored, directory / "leads.jsonl"
    new, environment = prepared(stack.database_url, directory, leads, bench.options.seed)
    start = start_s(environment, new, directory)
    bench.tell("rules_diff_start_s", start, "s")
    recorded = compared(environment, new, "--recorded")
    bench.tell("score_export_rate", leads / exported(environment, file), "leads/s")
    written = compared(environment, new, "--over", str(file))
    assert written.told == recorded.told, "the same leads, the same answer"
    for name, run in (("recorded", recorded), ("over_file", written)):
        bench.tell(f"rules_diff_{name}_s", run.seconds, "s")
        for_all = start + (run.seconds - start) * PROMISED_LEADS / leads
        bench.tell(f"rules_diff_{name}_100000_s", for_all, "s", ceiling=60)
        bench.tell(f"rules_diff_{name}_cpu_ms", run.cpu_s * 1000 / leads, "ms/lead")
    bench.tell("rules_diff_rate", leads / recorded.seconds, "leads/s")
    few = fewer(leads)
    if few < leads:
        only(stack.database_url, few)
        bench.tell("rules_diff_mb_of_few", less := compared(environment, new, "--recorded").peak_mb, "MB")
        against = {"baseline": "rules_diff_mb_of_few", "ratio": round(recorded.peak_mb / less, 2)}
        bench.tell("rules_diff_mb", recorded.peak_mb, "MB", ceiling=1.2, **against)


PARTS: Mapping[str, Callable[[Bench, Endpoints, Path], None]] = {
    "step": step, "score_step": score_step, "route": route, "rules_diff": rules_diff,
}  # fmt: skip
