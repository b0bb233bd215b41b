"""Models trained in tests, each once."""

import tempfile
from functools import lru_cache
from pathlib import Path

from leadline_score.training.choosing import Terms
from leadline_score.training.table import Table, read_table
from leadline_score.training.target import Target, read_target
from leadline_score.training.train import Order, Trained, closed_rows, train
from tests.unit.score.learned import tables


def table_of(rows: tables.Rows, delimiter: str = ",") -> Table:
    """The rows, as read from a file."""
    with tempfile.TemporaryDirectory() as folder:
        return read_table(tables.write(Path(folder) / "leads.csv", rows, delimiter))


def trained(rows: tables.Rows, target: str, time: str | None = None, terms: Terms | None = None) -> Trained:
    """What comes of training on the rows."""
    table, ends = closed(rows, target)
    return train(table, Order(ends, time, terms or Terms(), 7, "leadline score train leads.csv"))


def closed(rows: tables.Rows, target: str) -> tuple[Table, Target]:
    """The rows whose end is known."""
    table = table_of(rows)
    return closed_rows(table, read_target(target, table.columns[target]))


@lru_cache
def education() -> Trained:
    """Of an education company's leads."""
    return trained(tables.education(), "Converted")


@lru_cache
def calls() -> Trained:
    """Of a bank's calls."""
    return trained(tables.calls(), "y")


@lru_cache
def opportunities() -> Trained:
    """Of a CRM's opportunities, ordered by time."""
    return trained(tables.opportunities(), "deal_stage", "created_on")


@lru_cache
def honest() -> Trained:
    """Of a table without a leak."""
    return trained(tables.honest(), "won")


def verdicts(made: Trained) -> dict[str, str]:
    """By column, what became of it."""
    return {each.column: each.verdict for each in made.model.columns}


def why(made: Trained, column: str) -> str:
    """Why that became of a column."""
    return next(each.why for each in made.model.columns if each.column == column)
