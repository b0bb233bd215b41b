"""An import from a terminal: rows to the door, their fates into the report, progress to stderr."""

import asyncio
import sys
from collections.abc import Callable
from time import monotonic
from typing import Final

from leadline_capture.core.csv_report import ReportRow
from leadline_capture.imports.door import RemoteDoor
from leadline_capture.imports.journal import Journal, Progress
from leadline_capture.imports.planning import Rows, Table
from leadline_capture.imports.sending import Sender

_CHECKPOINT_S: Final = 0.5


class FileChanged(Exception):
    """The file is not the one that was looked at any more."""


def run_import(table: Table, journal: Journal, door: RemoteDoor) -> Progress:
    """Send every row that has no fate yet. Whatever ends it, the report tells the fate of all rows before."""
    return asyncio.run(_run(table, journal, door))


async def _run(table: Table, journal: Journal, door: RemoteDoor) -> Progress:
    rows = Rows(table, journal.progress.row)
    shown = Shown(table.file.size, journal.progress.row, lambda: rows.lines.position)
    last = monotonic()

    async def tell(fates: list[ReportRow]) -> None:
        nonlocal last
        journal.told(fates)
        if monotonic() - last >= _CHECKPOINT_S:
            _check_same(table)
            journal.checkpoint()
            last = monotonic()
        shown.show(journal.progress.row)

    try:
        async with door:
            await Sender(door, tell).send_all(rows)
        _check_same(table)
        journal.checkpoint(done=True)
    except BaseException:
        journal.checkpoint()
        raise
    finally:
        rows.lines.close()
        shown.end(journal.progress.row)
    return journal.progress


def _check_same(table: Table) -> None:
    """Rows are named by their place: of a file that was written meanwhile nothing can be told."""
    now = table.file.path.stat()
    if (now.st_size, now.st_mtime_ns) != (table.file.size, table.file.changed_at):
        raise FileChanged


class Shown:
    """Progress for a person: one line that is written over on a terminal, a line now and then elsewhere."""

    def __init__(self, size: int, before: int, position: Callable[[], int]) -> None:
        self._size, self._before, self._position = max(size, 1), before, position
        self._began = self._last = monotonic()
        self._terminal = sys.stderr.isatty()

    def show(self, rows: int) -> None:
        """Say how far it is, not too often."""
        if monotonic() - self._last >= (0.2 if self._terminal else 5.0):
            self._last = monotonic()
            self._write(rows, min(self._position() / self._size, 1.0))

    def end(self, rows: int) -> None:
        """The last line stays."""
        if self._terminal:
            self._write(rows, None)
            print(file=sys.stderr)

    def _write(self, rows: int, part: float | None) -> None:
        rate = (rows - self._before) / max(monotonic() - self._began, 0.001)
        told = f"{rows:,} rows, {rate:,.0f} a second" + (f", {part:.0%} of the file read" if part else "")
        print(f"\r\x1b[K{told}" if self._terminal else told, end="" if self._terminal else "\n", file=sys.stderr)
        sys.stderr.flush()
