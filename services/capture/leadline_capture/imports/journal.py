"""How far an import is, on disk: after a kill it goes on behind the last row whose fate the report tells durably."""

import fcntl
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

from leadline_capture.core.csv_report import HEAD, ReportRow, report_line, report_text
from leadline_runtime.core.values import dataclass


class Busy(Exception):
    """Another process works on the same import."""


class Foreign(Exception):
    """The journal belongs to another import."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Counts of rows so far. `row`: the last one whose fate is known, all before it included."""

    row: int = 0
    accepted: int = 0
    rejected: int = 0
    noted: int = 0
    report_bytes: int = 0
    done: bool = False

    def with_rows(self, rows: Sequence[ReportRow]) -> "Progress":
        """The counts when the fates of the next rows are known."""
        accepted = sum(row.status == "accepted" for row in rows)
        return Progress(
            row=rows[-1].row,
            accepted=self.accepted + accepted,
            rejected=self.rejected + len(rows) - accepted,
            noted=self.noted + sum(row.status == "accepted" and bool(row.reasons) for row in rows),
        )


class Journal:
    """A report and, beside it, the journal that says how much of it holds. Not for two processes at a time."""

    def __init__(self, report: Path, import_id: str) -> None:
        self.report, self.path = report, report.with_name(report.name + ".journal")
        self.import_id = import_id
        self.progress = Progress()

    def open(self) -> None:
        """Continue, or begin. Raises Busy, Foreign, OSError."""
        self._file: TextIO = self.path.open("a+", encoding="utf-8")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._file.close()
            raise Busy from None
        self._file.seek(0)
        text = self._file.read()
        lines = [found for line in text.splitlines() if (found := _read(line)) is not None]
        if text and not text.endswith("\n"):
            self._file.write("\n")  # a kill tore the last line: what follows must not become a part of it
        if lines and lines[0].get("import") != self.import_id:
            self._file.close()
            raise Foreign
        if not lines:
            if self.report.exists() and self.report.stat().st_size:
                self._file.close()
                self.path.unlink()
                raise Foreign  # somebody's file that is no report of ours is not written over
            self._append({"import": self.import_id})
        if len(lines) > 1:
            self.progress = Progress(**lines[-1])
        # What stands in the report beyond the last checkpoint is written again.
        self._report = self.report.open("ab")
        self._report.truncate(self.progress.report_bytes)
        if not self.progress.report_bytes:
            self._report.write(report_line(HEAD).encode())

    def told(self, rows: Sequence[ReportRow]) -> None:
        """The fates of the next rows; durable with the next checkpoint."""
        if not rows:
            return
        self._report.write(report_text(rows).encode())
        self.progress = self.progress.with_rows(rows)

    def checkpoint(self, *, done: bool = False) -> None:
        """Make it durable: first the report, then the line that says it holds."""
        self._report.flush()
        os.fsync(self._report.fileno())
        told = {**asdict(self.progress), "report_bytes": self._report.tell(), "done": done}
        self.progress = Progress(**told)
        self._append(told)

    def close(self) -> None:
        """Let go of both files."""
        self._report.close()
        self._file.close()

    def _append(self, line: Mapping[str, Any]) -> None:
        self._file.write(json.dumps(line) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())


def _read(line: str) -> dict[str, Any] | None:
    """A line of the journal; None for one that was torn by a kill."""
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
