"""CSV files for tests: written as programs write them, read as the import does."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from leadline_capture.core.csv_lead import Imported
from leadline_capture.import_rules import COLUMNS
from leadline_capture.imports.planning import Options, Rows, Table, understand
from leadline_capture.imports.reading import examine
from leadline_runtime.rules import load_rules

WORDS = load_rules(COLUMNS).rules
DATA = Path(__file__).resolve().parents[2] / "data" / "csv"


def written(rows: Sequence[Sequence[str]], encoding: str = "utf-8", mark: bytes = b"", **dialect: Any) -> bytes:
    """A file as Python's own writer makes it."""
    text = io.StringIO(newline="")
    csv.writer(text, **dialect).writerows(rows)
    return mark + text.getvalue().encode(encoding)


def table_of(path: Path, **options: Any) -> Table:
    """The file, understood."""
    return understand(examine(path), Options(**options), WORDS)


def leads_of(path: Path, after: int = 0, **options: Any) -> list[Imported]:
    """Its rows as leads."""
    rows = Rows(table_of(path, **options), after)
    try:
        return list(rows)
    finally:
        rows.lines.close()


def payloads(leads: Sequence[Imported]) -> list[dict[str, Any]]:
    """What the rows say, without their ids; None for a row that was not read."""
    return [
        {k: v for k, v in (each.payload or {}).items() if k not in ("id", "source", "historical")} for each in leads
    ]
