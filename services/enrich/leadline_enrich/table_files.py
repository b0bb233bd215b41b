"""Rows of a table's file as text cells, one after the other: CSV, and Parquet where its reader is installed."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from math import isnan
from pathlib import Path
from typing import Any

from leadline_enrich.core.rows import TableKind

AT_ONCE = 5000
Row = tuple[str, Mapping[str, str]]


class TableError(ValueError):
    """A file that cannot be used as this table: which one, where, and what would be right."""


def rows_of(kind: TableKind, file: Path) -> Iterator[Row]:
    """Each row's place in the file and its cells by column. Raises TableError."""
    return _parquet(kind, file) if file.suffix == ".parquet" else _csv(kind, file)


def _csv(kind: TableKind, file: Path) -> Iterator[Row]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines, restval="")
            _check(kind, file, "line 1", reader.fieldnames or ())
            try:
                for cells in reader:
                    named = {k: v.strip() for k, v in cells.items() if isinstance(v, str)}
                    yield f"line {reader.line_num}", named
            except csv.Error:
                raise TableError(
                    f"{file.name}: line {reader.line_num}: is no CSV; quote cells that hold commas"
                ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise TableError(f"{file.name}: cannot be read as UTF-8 text: {type(error).__name__}") from None


def _parquet(kind: TableKind, file: Path) -> Iterator[Row]:
    try:
        import duckdb  # noqa: PLC0415  (an extra: who has no Parquet files does without its 70 MB)
    except ImportError:
        need = "reading Parquet needs an extra: install leadline-enrich[parquet], or convert the file to CSV"
        raise TableError(f"{file.name}: {need}") from None
    alone: dict[str, Any] = {"autoinstall_known_extensions": False, "autoload_known_extensions": False, "threads": 1}
    with duckdb.connect(":memory:", config=alone) as reader:
        try:
            named = [column[0] for column in reader.execute(_SELECT.format("*", " LIMIT 0"), [str(file)]).description]
            _check(kind, file, "its schema", named)
            wanted = [column for column in (*kind.columns, *kind.optional) if column in named]
            listed = ", ".join('"' + column.replace('"', '""') + '"' for column in wanted)
            found = reader.execute(_SELECT.format(listed, ""), [str(file)])
            number = 0
            while rows := found.fetchmany(AT_ONCE):
                for values in rows:
                    number += 1
                    yield f"row {number}", dict(zip(wanted, map(_text, values), strict=True))
        except duckdb.Error as error:
            raise TableError(f"{file.name}: cannot be read as Parquet: {type(error).__name__}") from None


_SELECT = "SELECT {} FROM read_parquet(?){}"


def _check(kind: TableKind, file: Path, where: str, named: Sequence[str]) -> None:
    missing = [column for column in kind.columns if column not in named]
    if missing:
        known = ",".join((*kind.columns, *kind.optional))
        raise TableError(f"{file.name}: {where}: no column {', '.join(missing)}; it must name them: {known}")


def _text(value: Any) -> str:
    """A typed value as CSV would have it. A whole number that was stored as a fraction is whole."""
    if value is None or (isinstance(value, float) and isnan(value)):
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, date | datetime) else str(value).strip()
