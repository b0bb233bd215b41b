"""What separates the values of a CSV file: whichever of the usual ones gives the most even table."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import islice
from typing import Final

from leadline_capture.core.csv_rows import rows

DELIMITERS: Final = (",", ";", "\t", "|")
NAMES: Final = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}
_LOOKED_AT: Final = 200  # rows
# Excel says it itself in the first line, where the country's list separator is another.
_SAID: Final = re.compile(r'"?sep=(?P<delimiter>.)"?\r?\n?', re.IGNORECASE)


def said_delimiter(first_line: str) -> str | None:
    """The delimiter of a first line `sep=;`, which is no row; None for any other line."""
    found = _SAID.fullmatch(first_line)
    return found["delimiter"] if found and found["delimiter"] in DELIMITERS else None


def delimiter_of(lines: Sequence[str]) -> str:
    """The delimiter of a file that begins with these lines. A file of one column has none: a comma does no harm."""
    scored = [(*_evenness(lines, each), -n, each) for n, each in enumerate(DELIMITERS)]
    return max(scored)[-1]


def _evenness(lines: Sequence[str], delimiter: str) -> tuple[float, int]:
    """How many rows have as many values as the header, weighed; and how many values that are."""
    found = [row for row in islice(rows(lines, delimiter), _LOOKED_AT) if row.fault is None]
    if not found or len(found[0].cells) < 2:
        return 0.0, 0
    width = len(found[0].cells)
    widths = Counter(len(row.cells) for row in found[1:])
    if not widths:
        return 1.0, width
    # A row may be cut short by its program; one that is longer has the delimiter in its text.
    even = sum(count if own == width else count / 4 for own, count in widths.items() if own <= width)
    return round(even / widths.total(), 2), width
