"""`make bench`: every promised number, measured here and now, one JSON line each and a table at the end.

python -m tests.load.bench
    [--only step,pipeline,intake,breach,capture,enrich,memory,duplicates,csv,score,rescore,learned,rules_diff,calendar]
    [--leads 20000] [--armed 100000] [--stored 1000000] [--rows 100000] [--listed 200000] [--submissions 200000]
    [--known 100000] [--scored 100000] [--seed 7]
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from leadline_local import stack as local_stack
from leadline_local.compiled import forms
from leadline_local.endpoints import Endpoints
from tests.load.breaches import breach_delay
from tests.load.calendar_rates import million_adds
from tests.load.capture_rates import capture_rates
from tests.load.csv_rates import list_imported, post_list
from tests.load.duplicate_rates import duplicate_measures
from tests.load.enrich_rates import enrich_rates
from tests.load.intake_rates import intake, intake_batch, intake_latency
from tests.load.learned_rates import learned_measures
from tests.load.measure import Measure, loop_rate, machine, table
from tests.load.memory import memory_growth
from tests.load.pipeline_rates import latencies, sustained
from tests.load.rescore_rates import rescored
from tests.load.rules_diff_rates import compared, exported, only, prepared
from tests.load.score_forms import in_both_forms
from tests.support.pipeline import Pipeline
from tests.support.vendor import playing

PARTS = (
    "step",
    "pipeline",
    "intake",
    "breach",
    "capture",
    "enrich",
    "memory",
    "duplicates",
    "csv",
    "score",
    "rescore",
    "learned",
    "rules_diff",
    "calendar",
)
PARTITIONS = 4  # one instance of each service on a small machine: each partition costs every fetch and every batch


class Bench:
    """Takes measures one after the other."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options, self.machine = options, machine()
        self.measures: list[Measure] = []

    def tell(self, measure: str, value: float, unit: str, **more: Any) -> None:
        """One measure: print it at once."""
        made = Measure(measure, round(value, 3), unit, self.options.seed, self.machine, **more)
        self.measures.append(made)
        print(made.line(), flush=True)

    def core(self, before: str) -> None:
        """How fast one core is just now."""
        self.tell(f"python_loop_rate.{before}", loop_rate(), "1e6/s")

    def step(self, stack: Endpoints) -> None:
        """One process: a stock agent, the loop without a store, the loop with PostgreSQL."""
        rates = {name: self._contender(stack, name) for name in ("agent", "step", "stored")}
        agent = rates["agent"]
        self.tell("faust_agent_rate", agent, "1/s")
        against = {"baseline": "faust_agent_rate"}
        self.tell("step_rate", rates["step"], "1/s", ratio=round(rates["step"] / agent, 2), floor=4, **against)
        ratio = round(rates["stored"] / agent, 2)
        self.tell("step_rate_stored", rates["stored"], "1/s", ratio=ratio, floor=3, **against)

    def _contender(self, stack: Endpoints, name: str) -> float:
        options = self.options
        argv = ["tests.load.step_rates", name, stack.kafka, stack.database_url, options.records, options.seed]
        made = subprocess.run(
            [sys.executable, "-m", *map(str, argv)], capture_output=True, text=True, check=True, timeout=300
        )
        return float(made.stdout.strip().splitlines()[-1])

    def pipeline(self, pipeline: Pipeline) -> None:
        """All five steps on this machine."""
        found = sustained(pipeline, self.options.leads, self.options.seed)
        self.tell("pipeline_rate", found.leads_per_s, "leads/s", floor=800)
        p50, p99 = latencies(pipeline, 100, 20, self.options.seed + 2)
        self.tell("latency_p50_ms", p50, "ms", ceiling=100)
        self.tell("latency_p99_ms", p99, "ms", ceiling=500)
        for name, used in found.cpu_ms_per_lead.items():
            self.tell(f"cpu_ms_per_lead.{name}", used, "ms")
        for name, megabytes in found.rss_mb.items():
            self.tell(f"rss_mb.{name}", megabytes, "MB")

    def intake(self, pipeline: Pipeline) -> None:
        """The door alone, with Kafka's acknowledgement for each."""
        for name in list(pipeline.running):
            pipeline.kill(name)
        pipeline.start(["capture-edge"], LEADLINE_EDGE_SPOOL_DIR=str(pipeline.directory / "spool"))
        key = pipeline.make_key("--rate", "1000000")
        seed = self.options.seed
        intake(pipeline.url, key, 500, seed)
        self.tell("intake_rate", intake(pipeline.url, key, 8000, seed + 3), "202/s", floor=1500)
        self.tell("intake_p99_ms", intake_latency(pipeline.url, key, 200, 10, seed + 4), "ms", ceiling=100)
        intake_batch(pipeline.url, key, 5000, seed)
        self.tell("intake_batch_rate", intake_batch(pipeline.url, key, 60_000, seed + 7), "leads/s", floor=10_000)

    def csv(self, pipeline: Pipeline) -> None:
        """Lists by the command of the console, through the door; a long one needs no more memory than a short one."""
        pipeline.start(["capture-edge"], LEADLINE_EDGE_IMPORTS_DIR=str(pipeline.directory / "lists"))
        key = pipeline.make_key("--rate", "1000000")
        few, many = self.options.listed // 10, self.options.listed
        short, long = (list_imported(pipeline, key, rows, self.options.seed + rows) for rows in (few, many))
        self.tell("csv_rate", long.rows_per_s, "rows/s", floor=3000)
        self.tell("csv_rss_mb", short.peak_mb, "MB")
        ratio = round(long.peak_mb / short.peak_mb, 2)
        self.tell("csv_rss_mb_tenfold", long.peak_mb, "MB", baseline="csv_rss_mb", ratio=ratio, ceiling=1.2)
        self.tell("csv_posted_rate", post_list(pipeline, key, few, self.options.seed + 9), "rows/s")

    def rescore(self, pipeline: Pipeline) -> None:
        """Stored leads judged again by new rules, and fresh leads that come meanwhile."""
        found = rescored(pipeline, self.options.known, self.options.seed)
        self.tell("fresh_through_score_p50_ms", found.quiet_ms[0], "ms")
        self.tell("fresh_through_score_p99_ms", found.quiet_ms[1], "ms")
        for name, before, now in (("p50", found.quiet_ms[0], found.passing_ms[0]),
                                  ("p99", found.quiet_ms[1], found.passing_ms[1])):  # fmt: skip
            against = {"baseline": f"fresh_through_score_{name}_ms", "ratio": round(now / before, 2)}
            self.tell(f"fresh_while_rescoring_{name}_ms", now, "ms", **against, ceiling=2 if name == "p99" else None)
        self.tell("rescore_rate", found.rate, "leads/s")
        self.tell("rescore_rate_unbounded", found.unbounded_rate, "leads/s")

    def on_a_pipeline(self, parts: list[str]) -> None:
        """These parts, one after the other, on one pipeline."""
        with own_stack(parts[0]) as (stack, directory):
            pipeline = Pipeline(stack, directory / "programs", partitions=PARTITIONS)
            pipeline.prepare()
            try:
                for part in parts:
                    self.core(part)
                    getattr(self, part)(pipeline)
            finally:
                pipeline.stop()

    def capture(self, pipeline: Pipeline) -> None:
        """Capture's step alone, with identity in PostgreSQL over few leads and over many."""
        options = self.options
        few, many = capture_rates(pipeline, options.stored, options.leads, options.seed + 6)
        self.tell("capture_step_rate_few", few, "leads/s")
        against = {"baseline": "capture_step_rate_few", "ratio": round(many / few, 2)}
        self.tell("capture_step_rate", many, "leads/s", floor=1500)
        self.tell("capture_step_rate_kept", many, "leads/s", floor=0.8, **against)

    def enrich(self, pipeline: Pipeline) -> None:
        """Enrich's step alone, a vendor over HTTP beside its table."""
        options = self.options
        with playing() as vendor:
            found = enrich_rates(pipeline, vendor, options.leads, options.seed + 10)
        self.tell("enrich_step_rate", found.warm, "leads/s", floor=3000)
        self.tell("enrich_step_rate_flushed", found.flushed, "leads/s", floor=1000)
        self.tell("enrich_questions_flushed", found.asked, "")
        self.tell("enrich_questions_again", found.again, "", ceiling=found.asked // 50)
        self.tell("enrich_step_rate_hung", found.hung, "leads/s", floor=1000)

    def memory(self, pipeline: Pipeline) -> None:
        """Door and step keep nothing of what went through."""
        found = memory_growth(pipeline, self.options.submissions, self.options.seed + 8)
        for name, (before, after) in found.items():
            self.tell(f"rss_mb_at_first.{name}", before, "MB")
            against = {"baseline": "rss_mb_at_first", "ratio": round(after / before, 3)}
            self.tell(f"rss_mb_at_last.{name}", after, "MB", ceiling=1.1, **against)

    def duplicates(self) -> None:
        """Possible duplicates of lists whose truth is known; no servers."""
        for measure, value, unit, more in duplicate_measures(self.options.rows, self.options.seed):
            self.tell(measure, value, unit, **more)

    def score(self) -> None:
        """Judging alone: leads of 30 acts under 40 rules, and one of 10,000 acts, in both forms; no servers."""
        for measure, value, unit, more in in_both_forms(self.options.seed):
            self.tell(measure, value, unit, **more)

    def score_step(self, stack: Endpoints) -> None:
        """Score's own step with its state, one process."""
        argv = ["tests.load.score_steps", stack.kafka, stack.database_url, self.options.leads, self.options.seed]
        environment = {**os.environ, **forms.on_path(os.environ)}
        made = subprocess.run(
            [sys.executable, "-m", *map(str, argv)], env=environment, capture_output=True, text=True, check=True,
            timeout=900,
        )  # fmt: skip
        first, acts, both = map(float, made.stdout.split()[-3:])
        self.tell("score_step_rate.leads", first, "1/s")
        self.tell("score_step_rate.acts", acts, "1/s")
        self.tell("score_step_rate", both, "1/s", floor=3000)

    def learned(self) -> None:
        """A learned score trained from a table of 10,000 leads, and served; no servers."""
        for measure, value, unit, more in learned_measures(10_000, self.options.seed):
            self.tell(measure, value, unit, **more)

    def calendar(self) -> None:
        """Due times by the business calendars; no servers."""
        self.tell("calendar_1000000_adds_s", million_adds(self.options.seed), "s", ceiling=10)

    def rules_diff(self, stack: Endpoints, directory: Path) -> None:
        """Scored leads by two versions of the rules, from PostgreSQL and from a file; few leads need as much memory."""
        leads = self.options.scored
        new, environment = prepared(stack.database_url, directory, leads, self.options.seed)
        ceiling = 60 * leads / 100_000
        recorded = compared(environment, new, "--recorded")
        self.tell("rules_diff_recorded_s", recorded.seconds, "s", ceiling=ceiling)
        self.tell("rules_diff_rate", recorded.told["leads"] / recorded.seconds, "leads/s")
        file = directory / "leads.jsonl"
        self.tell("score_export_rate", leads / exported(environment, file), "leads/s")
        written = compared(environment, new, "--over", str(file))
        assert written.told == recorded.told, "the same leads, the same answer"
        self.tell("rules_diff_over_file_s", written.seconds, "s", ceiling=ceiling)
        only(stack.database_url, leads // 10)
        few = compared(environment, new, "--recorded")
        self.tell("rules_diff_mb_at_a_tenth", few.peak_mb, "MB")
        against = {"baseline": "rules_diff_mb_at_a_tenth", "ratio": round(recorded.peak_mb / few.peak_mb, 2)}
        self.tell("rules_diff_mb", recorded.peak_mb, "MB", ceiling=1.2, **against)

    def breach(self, pipeline: Pipeline) -> None:
        """Breaches while many clocks are armed."""
        pipeline.environment["LEADLINE_RULES_DIR"] = str(Path(__file__).parent / "rules")
        if "sla-monitor" in pipeline.running:
            pipeline.kill("sla-monitor")
        pipeline.start(["sla-monitor"])
        p99, breaches = breach_delay(pipeline, self.options.armed, self.options.seed + 5)
        self.tell("breach_delay_p99_ms", p99, "ms", ceiling=2000)
        self.tell("breaches_measured", breaches, "")


@contextmanager
def own_stack(name: str) -> Iterator[tuple[Endpoints, Path]]:
    """Servers for this run alone, thrown away afterwards."""
    directory = Path(tempfile.mkdtemp(prefix=f"leadline-{name}-"))
    try:
        yield local_stack.up(directory / "stack", report=lambda line: print(line, file=sys.stderr)), directory
    finally:
        local_stack.down(directory / "stack")
        local_stack.purge(directory / "stack")


def main() -> None:
    """Measure what is asked for; exit 1 if a promise is not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default=",".join(PARTS))
    parser.add_argument("--leads", type=int, default=20_000)
    parser.add_argument("--records", type=int, default=40_000, help="of each contender of the step rates")
    parser.add_argument("--armed", type=int, default=100_000)
    parser.add_argument("--stored", type=int, default=1_000_000, help="leads that capture knows already")
    parser.add_argument("--rows", type=int, default=100_000, help="of the list searched for duplicates")
    parser.add_argument("--listed", type=int, default=200_000, help="rows of the longer CSV file")
    parser.add_argument("--submissions", type=int, default=200_000, help="that go through door and step for `memory`")
    parser.add_argument("--known", type=int, default=100_000, help="stored leads that new rules judge again")
    parser.add_argument("--scored", type=int, default=100_000, help="leads judged by two versions of the rules")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    bench, wanted = Bench(options), options.only.split(",")
    if "step" in wanted:
        with own_stack("steps") as (stack, _):
            bench.core("step")
            bench.step(stack)
    if "rules_diff" in wanted:
        with own_stack("rules") as (stack, directory):
            bench.core("rules_diff")
            bench.rules_diff(stack, directory)
    if "duplicates" in wanted:
        bench.core("duplicates")
        bench.duplicates()
    if "score" in wanted:
        bench.core("score")
        bench.score()
        with own_stack("score") as (stack, _):
            bench.core("score_step")
            bench.score_step(stack)
    if "learned" in wanted:
        bench.core("learned")
        bench.learned()
    if "calendar" in wanted:
        bench.core("calendar")
        bench.calendar()
    # Each line on servers of its own: what a million leads leave behind would be another's load.
    for parts in (("pipeline", "breach", "intake"), ("capture",), ("enrich",), ("memory",), ("csv",), ("rescore",)):
        if set(parts) & set(wanted):
            bench.on_a_pipeline([part for part in parts if part in wanted])
    print(f"\n{bench.machine}; seed {options.seed}; python -m tests.load.bench {' '.join(sys.argv[1:])}\n")
    print(table(bench.measures))
    raise SystemExit(0 if all(m.kept for m in bench.measures) else 1)


if __name__ == "__main__":
    main()
