"""`make bench`: every promised number, measured here and now, one JSON line each and a table at the end.

python -m tests.load.bench
    [--only step,pipeline,intake,breach,capture,enrich,memory,duplicates,csv,score,score_step,route,route_core,rescore,
            learned,rules_diff,calendar,sla_arm,burst,overdue,tick,board]
    [--leads 20000] [--armed 1000000] [--stored 1000000] [--rows 100000] [--listed 200000] [--submissions 200000]
    [--known 100000] [--scored 100000] [--due 10000] [--timers 10000000] [--seed 7]
"""

import argparse
import sys
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from leadline_local import stack as local_stack
from leadline_local.endpoints import Endpoints
from tests.load import parts_alone, parts_of_clocks, parts_on_pipelines, parts_on_servers
from tests.load.measure import table
from tests.load.telling import Bench
from tests.support.pipeline import Pipeline

PARTS = (
    *parts_alone.PARTS,
    *parts_on_servers.PARTS,
    *parts_of_clocks.PARTS,
    *(name for line in parts_on_pipelines.PARTS for name in line),
)
PARTITIONS = 4  # one instance of each service on a small machine: each partition costs every fetch and every batch


@contextmanager
def own_stack(name: str) -> Iterator[tuple[Endpoints, Path]]:
    """Servers for this run alone, thrown away afterwards."""
    directory = Path(tempfile.mkdtemp(prefix=f"leadline-{name}-"))
    try:
        yield local_stack.up(directory / "stack", report=lambda line: print(line, file=sys.stderr)), directory
    finally:
        local_stack.down(directory / "stack")
        local_stack.purge(directory / "stack")


def measure(bench: Bench, wanted: Collection[str]) -> None:
    """Take these parts, one after the other."""
    for name, alone in parts_alone.PARTS.items():
        if name in wanted:
            bench.core(name)
            alone(bench)
    for name, on_servers in {**parts_on_servers.PARTS, **parts_of_clocks.PARTS}.items():
        if name in wanted:
            with own_stack(name) as (stack, directory):
                bench.core(name)
                on_servers(bench, stack, directory)
    for line in parts_on_pipelines.PARTS:
        if any(name in wanted for name in line):
            _on_a_pipeline(bench, [name for name in line if name in wanted], line)


def _on_a_pipeline(bench: Bench, names: list[str], line: parts_on_pipelines.Line) -> None:
    with own_stack(names[0]) as (stack, directory):
        pipeline = Pipeline(stack, directory / "programs", partitions=PARTITIONS)
        pipeline.prepare()
        try:
            for name in names:
                bench.core(name)
                line[name](bench, pipeline)
        finally:
            pipeline.stop()


def options() -> argparse.Namespace:
    """What is asked for. Exit 2 for a part that there is not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default=",".join(PARTS))
    parser.add_argument("--leads", type=int, default=20_000)
    parser.add_argument("--records", type=int, default=40_000, help="of each contender of the step rates")
    parser.add_argument("--armed", type=int, default=1_000_000, help="clocks armed while breaches are measured")
    parser.add_argument("--due", type=int, default=10_000, help="promises due at once, and after an outage")
    parser.add_argument("--timers", type=int, default=10_000_000, help="at most, in the table that is looked at")
    parser.add_argument("--stored", type=int, default=1_000_000, help="leads that capture knows already")
    parser.add_argument("--rows", type=int, default=100_000, help="of the list searched for duplicates")
    parser.add_argument("--listed", type=int, default=200_000, help="rows of the longer CSV file")
    parser.add_argument("--submissions", type=int, default=200_000, help="that go through door and step for `memory`")
    parser.add_argument("--known", type=int, default=100_000, help="stored leads that new rules judge again")
    parser.add_argument("--scored", type=int, default=100_000, help="leads judged by two versions of the rules")
    parser.add_argument("--seed", type=int, default=7)
    found = parser.parse_args()
    found.only = found.only.split(",")
    if strange := sorted(set(found.only) - set(PARTS)):
        parser.error(f"there is no part {', '.join(strange)}; there are {', '.join(PARTS)}")
    return found


def main() -> None:
    """Measure what is asked for; exit 1 if a promise is not kept."""
    asked = options()
    bench = Bench(asked)
    measure(bench, asked.only)
    print(f"\n{bench.machine}; seed {asked.seed}; python -m tests.load.bench {' '.join(sys.argv[1:])}\n")
    print(table(bench.measures))
    raise SystemExit(0 if all(m.kept for m in bench.measures) else 1)


if __name__ == "__main__":
    main()
