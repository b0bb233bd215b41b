"""How long a training takes, and how fast a model is served, on a table of made-up leads."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

from leadline_score.core.learned import assess
from leadline_score.learned_file import compile_model
from leadline_score.training.choosing import Terms
from leadline_score.training.table import read_table
from leadline_score.training.target import read_target
from leadline_score.training.train import Order, closed_rows, train
from tests.unit.score.learned.tables import education, write

SERVED = 20_000  # leads
TRIES = 5
FIELDS = {
    "Lead Source": "source",
    "Total Time Spent on Website": "employees",
    "What is your current occupation": "interest",
    "City": "state",
    "Do Not Email": "segment",
}
Told = tuple[str, float, str, dict[str, Any]]


def learned_measures(rows: int, seed: int) -> Iterator[Told]:
    """Seconds from file to model, and microseconds for one lead of the model that came of it."""
    with tempfile.TemporaryDirectory() as folder:
        file = write(Path(folder) / "leads.csv", education(rows, seed))
        _trained(file, seed)  # scikit-learn is loaded once, which takes longer than to train
        started = perf_counter()
        model = _trained(file, seed)
        yield "learned_train_s", perf_counter() - started, "s", {"ceiling": 30}
    compiled = compile_model(model)
    leads = [{FIELDS[k]: v for k, v in row.items() if k in FIELDS} for row in education(SERVED, seed + 1)]
    times = []
    for _ in range(TRIES):
        started = perf_counter()
        for lead in leads:
            assess(compiled, lead)
        times.append((perf_counter() - started) / SERVED * 1e6)
    yield "learned_serve_us", min(times), "µs", {"ceiling": 50}


def _trained(file: Path, seed: int) -> Any:
    table = read_table(file)
    table, target = closed_rows(table, read_target("Converted", table.columns["Converted"]))
    return train(table, Order(target, None, Terms(FIELDS), seed, "bench")).model
