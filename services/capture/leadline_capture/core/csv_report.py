"""The report of an import: one row for each row of the file, and nothing of what the row said.

A cell that begins like a formula would be run by the program that opens the report: it gets an apostrophe in front.
"""

from collections.abc import Iterable
from typing import Final, Literal

from leadline_runtime.core.values import dataclass

Status = Literal["accepted", "rejected"]
HEAD: Final = ("row", "line", "status", "reasons", "submission_id")
# Also as full-width signs, which some programs take for the same.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass(frozen=True, slots=True)
class ReportRow:
    """What became of one row. `line`: where it begins in the file."""

    row: int
    line: int
    status: Status
    reasons: tuple[str, ...] = ()
    submission_id: str = ""


def defused(cell: str) -> str:
    """The cell as text that no spreadsheet calculates."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def report_line(cells: Iterable[object]) -> str:
    """A line of the report."""
    return ",".join(_quoted(defused(str(cell))) for cell in cells) + "\r\n"


def report_text(rows: Iterable[ReportRow]) -> str:
    """Lines of the report."""
    return "".join(
        report_line((row.row, row.line, row.status, "; ".join(row.reasons), row.submission_id)) for row in rows
    )


def _quoted(cell: str) -> str:
    if any(sign in cell for sign in ',"\r\n;\t'):
        return '"' + cell.replace('"', '""') + '"'
    return cell
