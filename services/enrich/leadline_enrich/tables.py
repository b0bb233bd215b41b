"""Lookup tables by domain, read from CSV or Parquet files and read again when the files change."""

import asyncio
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path

from leadline_enrich.core.answers import NOT_FOUND, UNAVAILABLE, Answer
from leadline_enrich.core.rows import RowError, TableKind, parse_row
from leadline_enrich.metrics import TABLE_FAILED, TABLE_FAULTS, TABLE_ROWS
from leadline_enrich.table_files import TableError, rows_of
from leadline_runtime.core.values import dataclass
from leadline_runtime.logs import logger

log = logger(__name__)
# A file with more faulty rows than this is likely the wrong file, or written to while it was read.
FAULTY_SHARE = 0.1
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of one file, how many had to be left out, and what was wrong with the first of those."""

    rows: Mapping[str, Answer]
    faulty: int = 0
    faults: tuple[str, ...] = ()


def read_table(kind: TableKind, file: Path) -> Table:
    """Read a file, row by row. Raises TableError for a missing file or column, or for too many faulty rows."""
    rows: dict[str, Answer] = {}
    faulty, faults = 0, list[str]()
    for place, cells in rows_of(kind, file):
        try:
            domain, answer = parse_row(kind, cells)
            if domain in rows:
                raise RowError(f"{kind.key}: stands in the file twice; the first row counts")
        except RowError as error:
            faulty += 1
            if len(faults) < SHOWN:
                faults.append(f"{file.name}: {place}: {error}")
            continue
        rows[domain] = answer
    if faulty > FAULTY_SHARE * (len(rows) + faulty):
        raise TableError(f"{faulty} of {len(rows) + faulty} rows are faulty, first {faults[0]}")
    return Table(kind.linked(rows), faulty, tuple(faults))


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

    def answer(self, domain: str) -> Answer:
        """What the table in force says of a domain."""
        return UNAVAILABLE if self.current is None else self.current.rows.get(domain, NOT_FOUND)

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
            TABLE_FAULTS.labels(name).set(table.faulty)
            log.info("table in force", table=name, rows=len(table.rows), faulty=table.faulty)
            if table.faults:
                log.warning("rows of a table were left out", table=name, faults=table.faults)
        self._stamp = stamp


def _stamp_of(file: Path) -> tuple[int, int, int] | None:
    try:
        stat = file.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size, stat.st_ino
