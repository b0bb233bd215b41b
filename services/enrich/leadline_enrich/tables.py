"""Lookup tables by domain, read from CSV files and read again when the files change."""

import asyncio
import csv
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import field
from pathlib import Path

from leadline_enrich.core.answers import Answer
from leadline_enrich.core.rows import RowError, TableKind, parse_row
from leadline_enrich.metrics import TABLE_FAILED, TABLE_FAULTS, TABLE_ROWS
from leadline_runtime.core.values import dataclass
from leadline_runtime.logs import logger

log = logger(__name__)
# A file with more faulty rows than this is likely the wrong file, or written to while it was read.
FAULTY_SHARE = 0.1
SHOWN = 5


class TableError(ValueError):
    """A file that cannot be used as this table: which one, where, and what would be right."""


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of one file, and its digest: another digest is another table."""

    rows: Mapping[str, Answer]
    digest: bytes
    faults: tuple[str, ...] = ()


def read_table(kind: TableKind, file: Path) -> Table:
    """Read a CSV file. Raises TableError for a missing file or column, or for too many faulty rows."""
    try:
        data = file.read_bytes()
        text = data.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise TableError(f"{file.name}: cannot be read as UTF-8 text: {type(error).__name__}") from None
    return _parse(kind, file.name, text.splitlines(), hashlib.sha256(data).digest())


def _parse(kind: TableKind, name: str, lines: Iterable[str], digest: bytes) -> Table:
    reader = csv.DictReader(lines, restval="")
    missing = [column for column in kind.columns if column not in (reader.fieldnames or ())]
    if missing:
        known = ",".join((*kind.columns, *kind.optional))
        raise TableError(f"{name}: line 1: no column {', '.join(missing)}; the first line must name them: {known}")
    rows: dict[str, Answer] = {}
    faults: list[str] = []
    try:
        for cells in reader:
            try:
                domain, answer = parse_row(kind, {k: v.strip() for k, v in cells.items() if isinstance(v, str)})
                if domain in rows:
                    raise RowError("domain: stands in the file twice; the first row counts")
            except RowError as error:
                faults.append(f"{name}: line {reader.line_num}: {error}")
                continue
            rows[domain] = answer
    except csv.Error:
        raise TableError(f"{name}: line {reader.line_num}: is no CSV; quote cells that hold commas") from None
    if len(faults) > FAULTY_SHARE * (len(rows) + len(faults)):
        raise TableError(f"{len(faults)} of {len(rows) + len(faults)} rows are faulty, first {faults[0]}")
    return Table(rows, digest, tuple(faults))


@dataclass
class WatchedTable:
    """The newest usable content of a file. `current` is None until one was read."""

    kind: TableKind
    file: Path
    current: Table | None = None
    _stamp: tuple[int, int, int] | None = None
    _loading: "asyncio.Task[None] | None" = field(default=None, repr=False)

    @property
    def looked(self) -> bool:
        """Was the file ever read, or found not to be readable?"""
        return self._loading is not None and (self.current is not None or self._loading.done())

    def changed(self) -> bool:
        """Is there something to be read, or being read?"""
        if self._loading is None or not self._loading.done():
            return True
        return _stamp_of(self.file) != self._stamp

    async def refresh(self) -> None:
        """Take up a changed file, in a thread; a file that cannot be used leaves the last good one in force."""
        if self._loading is None or self._loading.done():
            self._loading = asyncio.create_task(self._load(_stamp_of(self.file)))
        # Whoever waits may lose patience; the loading goes on for the next one.
        await asyncio.shield(self._loading)

    async def close(self) -> None:
        """Wait until nothing is being loaded."""
        if self._loading is not None:
            await asyncio.wait([self._loading])

    async def _load(self, stamp: tuple[int, int, int] | None) -> None:
        name = self.kind.name
        try:
            table = await asyncio.to_thread(read_table, self.kind, self.file)
        except TableError as error:
            TABLE_FAILED.labels(name).set(1)
            log.error("a table cannot be used; the last good one stays in force", table=name, fault=str(error))
        else:
            self.current = table
            TABLE_FAILED.labels(name).set(0)
            TABLE_ROWS.labels(name).set(len(table.rows))
            TABLE_FAULTS.labels(name).set(len(table.faults))
            log.info("table in force", table=name, rows=len(table.rows), faulty=len(table.faults))
            if table.faults:
                log.warning("rows of a table were left out", table=name, faults=table.faults[:SHOWN])
        self._stamp = stamp


def _stamp_of(file: Path) -> tuple[int, int, int] | None:
    try:
        stat = file.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size, stat.st_ino
