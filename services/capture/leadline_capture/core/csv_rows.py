"""Rows of a CSV file from its lines. A broken row is one faulty row and never swallows the good ones after it.

Quotes are `"`, doubled inside (RFC 4180); a quoted value may hold line ends and delimiters.
"""

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Final

from leadline_runtime.core.values import dataclass

# Characters of one line. Whoever makes the lines cuts longer ones here, so that no file fills the memory.
LONGEST_LINE: Final = 262_144
# Where a quote that is never closed is given up.
LONGEST_VALUE: Final = 65_536
_MOST_LINES: Final = 1_000

UNCLOSED: Final = "a quote is opened and not closed; close it, or double it if it belongs to the value"
TOO_LONG: Final = f"a value is longer than {LONGEST_VALUE} characters"


@dataclass(frozen=True, slots=True)
class Row:
    """One row. `number` counts rows from 1, the header's is 0; `line` is where it begins. `fault`: why it is unread."""

    number: int
    line: int
    cells: tuple[str, ...]
    fault: str | None = None


class _Lines(Iterator[str]):
    """Lines that can be given back. `taken` are those of the row in hand."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._source, self._again = iter(lines), deque[str]()
        self.taken: list[str] = []
        self.passed = 0

    def __next__(self) -> str:
        if len(self.taken) >= _MOST_LINES:
            raise csv.Error("too many lines")
        line = self._again.popleft() if self._again else next(self._source)
        self.taken.append(line)
        return line

    def settle(self, lines: int | None = None) -> None:
        """The row in hand ends after so many of its lines; the others are read again."""
        count = len(self.taken) if lines is None else lines
        self._again.extendleft(reversed(self.taken[count:]))
        self.passed += count
        self.taken = []


def rows(lines: Iterable[str], delimiter: str) -> Iterator[Row]:
    """Every row that holds anything, the header first. Lines end as they do in the file."""
    csv.field_size_limit(LONGEST_VALUE)
    taken, number = _Lines(lines), 0
    reader = csv.reader(taken, delimiter=delimiter, strict=True)
    while True:
        fault: str | None = None
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            cells, fault = _again(taken.taken, delimiter)
        if any(len(each) >= LONGEST_LINE for each in taken.taken):
            cells, fault = [], TOO_LONG
        line = taken.passed + 1
        taken.settle(None if fault is None else 1)
        if fault is not None or any(map(str.strip, cells)):
            yield Row(number, line, tuple(cells), fault)
            number += 1


def _again(taken: list[str], delimiter: str) -> tuple[list[str], str | None]:
    """A row that is not quoted as it should be. On one line it can be read all the same (`"12" pipe`); over several,
    nobody knows where it ends: its first line is the faulty row, and what follows is read anew."""
    if len(taken) > 1:
        return [], UNCLOSED
    reader = csv.reader(taken, delimiter=delimiter)
    try:
        cells = next(reader)
    except (csv.Error, StopIteration):
        return [], TOO_LONG
    return (cells, None) if _ends_on(taken[0], delimiter) else ([], UNCLOSED)


def _ends_on(line: str, delimiter: str) -> bool:
    """Whether the row ends with this line: inside a quote, the next one would be taken in."""
    return len(list(csv.reader([line.rstrip("\r\n") + "\n", "x\n"], delimiter=delimiter))) == 2
