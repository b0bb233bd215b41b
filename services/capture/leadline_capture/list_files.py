"""Lists of persons as files: rows of text, whatever the encoding and the delimiter, read one by one."""

import csv
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from leadline_capture.command_errors import USAGE, CommandError

_DELIMITERS: Final = ",;\t|"
_LOOKED_AT: Final = 65_536  # characters
_LONGEST_CELL: Final = 1_000_000  # characters


@contextmanager
def rows_of(file: Path) -> Iterator[Iterator[list[str]]]:
    """The rows of a CSV file, its header first. Raises CommandError if it cannot be read."""
    try:
        with file.open(encoding=_encoding(file), newline="") as opened:
            beginning = opened.read(_LOOKED_AT)
            opened.seek(0)
            csv.field_size_limit(_LONGEST_CELL)
            yield _rows(csv.reader((line.replace("\0", "") for line in opened), delimiter=_delimiter(beginning)), file)
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.", USAGE) from None


def _rows(lines: Iterator[list[str]], file: Path) -> Iterator[list[str]]:
    number = 0
    try:
        for number, row in enumerate(lines, 1):  # noqa: B007 - named in the error
            yield row
    except csv.Error as error:
        raise CommandError(f"{file} is no CSV file after row {number}: {error}.", USAGE) from None


def _encoding(file: Path) -> str:
    """UTF-8 or UTF-16 by its mark, UTF-8 if the whole file is that, else the code page of Western Windows."""
    with file.open("rb") as opened:
        start = opened.read(4)
        if start.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
            return "utf-16"
    try:
        with file.open(encoding="utf-8") as opened:
            while opened.read(1 << 20):
                pass
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def _delimiter(beginning: str) -> str:
    """The one that splits the lines into the same number of cells, and most of them."""
    lines = [line for line in beginning.splitlines()[:50] if line.strip()]

    def worth(delimiter: str) -> tuple[int, int]:
        counts = [len(row) for row in csv.reader(lines, delimiter=delimiter)]
        return (sum(1 for count in counts if count == counts[0] > 1), counts[0]) if counts else (0, 0)

    return max(_DELIMITERS, key=worth)


def defused(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell[:1] in "=+-@\t\r" and cell[:1] else cell


def is_blank(row: Sequence[str]) -> bool:
    """Nothing in it: lists end with such rows."""
    return not any(cell.strip() for cell in row)
