"""The measures of possible duplicates: quality on every list, and what a large list costs against a small one."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from tests.load.linkage import LISTS, measured

Told = tuple[str, float, str, dict[str, Any]]


def duplicate_measures(rows: int, seed: int) -> Iterator[Told]:
    """Measure, value, unit, and what is promised of it."""
    for name, made in LISTS.items():
        found = measured(made(seed))
        promised = {"f1": {"floor": 99}} if name == "febrl1" else {"precision": {"floor": 95}, "recall": {"floor": 60}}
        for number in ("f1", "precision", "recall"):
            yield f"duplicates_{number}.{name}", 100 * getattr(found, number), "%", promised.get(number, {})
    few, _ = _alone(rows // 10, seed)
    seconds, (pairs, memory) = _alone(rows, seed)
    yield "duplicates_pairs_rate", pairs / seconds, "pairs/s", {}
    yield f"duplicates_s.{rows}_rows", seconds, "s", {}
    yield f"duplicates_rss_mb.{rows}_rows", memory, "MB", {}
    against = {"baseline": f"duplicates_s.{rows // 10}_rows", "ratio": round(seconds / few / 10, 2)}
    yield "duplicates_s_per_row", seconds / rows * 1e6, "us", {"ceiling": 1.6, **against}


def _alone(rows: int, seed: int) -> tuple[float, tuple[int, float]]:
    """Seconds, pairs and the most memory of a list of so many rows, in a process of its own."""
    argv = [sys.executable, "-m", "tests.load.linkage", str(rows), str(seed)]
    made = subprocess.run(argv, capture_output=True, text=True, check=True, timeout=1800)
    seconds, pairs, memory, *_ = made.stdout.split()
    return float(seconds), (int(pairs), float(memory))
