"""Measures: one JSON line each as they come, and a table at the end. A ratio names its baseline of the same run."""

import json
import os
import platform
from dataclasses import asdict, dataclass
from statistics import median
from time import perf_counter


def machine() -> str:
    """What this machine is, in a few words: a rate means nothing without it."""
    model = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo", encoding="ascii", errors="replace") as info:  # noqa: PTH123
            model = next(line.partition(":")[2].strip() for line in info if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    return f"{os.cpu_count()} x {model}, Python {platform.python_version()}"


def loop_rate(times: int = 7) -> float:
    """Millions of additions that one core does in a second of plain Python, the median of some tries.

    What else runs on the host halves or doubles it within minutes: a rate of ours means nothing without it.
    """
    rates = []
    for _ in range(times):
        started, total = perf_counter(), 0
        for n in range(1_000_000):
            total += n
        rates.append(1 / (perf_counter() - started))
    return median(rates)


@dataclass(frozen=True)
class Measure:
    """One number with what it was measured against. `floor` or `ceiling` is what the project promises of it."""

    measure: str
    value: float
    unit: str
    seed: int
    machine: str
    baseline: str | None = None
    ratio: float | None = None
    floor: float | None = None
    ceiling: float | None = None

    @property
    def kept(self) -> bool:
        """Is the promise kept? A floor or ceiling of a measure with a baseline speaks of the ratio."""
        number = self.value if self.ratio is None else self.ratio
        return (self.floor is None or number >= self.floor) and (self.ceiling is None or number <= self.ceiling)

    def line(self) -> str:
        """The measure as one JSON line."""
        return json.dumps({k: v for k, v in asdict(self).items() if k not in ("floor", "ceiling")})


def table(measures: list[Measure]) -> str:
    """All measures for a person."""
    width = max([28, *(len(m.measure) + 1 for m in measures)])
    against = max([20, *(len(m.baseline or "") + 1 for m in measures)])
    head = f"{'measure':<{width}}{'value':>12} {'unit':<9}{'against':<{against}}{'ratio':>7}  {'promise':<12}"
    rows = [head, "-" * len(head)]
    for m in measures:
        promise = f">= {m.floor:g}" if m.floor is not None else f"<= {m.ceiling:g}" if m.ceiling is not None else ""
        mark = "" if not promise else "kept" if m.kept else "NOT KEPT"
        ratio = f"{m.ratio:.2f}" if m.ratio is not None else ""
        told = f"{m.measure:<{width}}{m.value:>12,.1f} {m.unit:<9}{m.baseline or '':<{against}}{ratio:>7}  {promise:<8}"
        rows.append(told + mark)
    return "\n".join(rows)
