"""A table as it comes: any delimiter, any usual encoding, quotes, a byte order mark, ragged rows."""

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from pathlib import Path

from leadline_runtime.core.values import dataclass
from leadline_score.training.errors import TrainingError

DELIMITERS = (",", ";", "\t", "|")
LOOKED_AT = 200  # rows that tell the delimiter
MAX_ODD = 0.05  # of the rows may have too many fields before the table is refused
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


@dataclass(frozen=True, slots=True)
class Table:
    """Columns of text, all of one length; `odd` rows had too many fields and were left out."""

    columns: dict[str, list[str]]
    digest: str
    delimiter: str
    encoding: str
    odd: int = 0
    repeated: int = 0

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(next(iter(self.columns.values()), []))

    def only(self, places: Sequence[int], repeated: int = 0) -> "Table":
        """The table with these rows alone."""
        columns = {name: [cells[i] for i in places] for name, cells in self.columns.items()}
        return Table(columns, self.digest, self.delimiter, self.encoding, self.odd, repeated)


def read_table(path: Path) -> Table:
    """Read a file. Raises TrainingError for what is no table."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise TrainingError(f"{path.name} cannot be read: {error.strerror}. Give the path of a CSV file.") from None
    if not data.strip():
        raise TrainingError(f"{path.name} is empty. Give a CSV file with one row of column names and a row per lead.")
    if data[:4] in (b"PAR1", b"PK\x03\x04") or data[:2] == b"\x1f\x8b":
        raise TrainingError(f"{path.name} is no text: it is packed or of another format. Export it as CSV.")
    text, encoding = _decoded(data)
    delimiter = _delimiter(text)
    return _parsed(text, delimiter, encoding, hashlib.sha256(data).hexdigest(), path.name)


def _decoded(data: bytes) -> tuple[str, str]:
    marked = [encoding for mark, encoding in _MARKS if data.startswith(mark)]
    for encoding in (*marked, "utf-8", "cp1252"):
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1"), "latin-1"


def _delimiter(text: str) -> str:
    """That which cuts the first rows most evenly into the most fields."""
    head = "\n".join(text.splitlines()[:LOOKED_AT])
    found: dict[str, tuple[float, int]] = {}
    for delimiter in DELIMITERS:
        widths = Counter(len(row) for row in _rows(head, delimiter) if any(row))
        if widths:
            width, often = widths.most_common(1)[0]
            found[delimiter] = (often / sum(widths.values()) if width > 1 else 0.0, width)
    best = max(found, key=lambda each: (round(found[each][0], 1), found[each][1]), default=",")
    return best if found.get(best, (0.0, 1))[1] > 1 else ","


def _rows(text: str, delimiter: str) -> Iterator[list[str]]:
    csv.field_size_limit(10_000_000)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
    except csv.Error as error:
        raise TrainingError(f"The table cannot be read as CSV: {error}. Export it again, with quotes.") from None


def _parsed(text: str, delimiter: str, encoding: str, digest: str, name: str) -> Table:
    rows = (row for row in _rows(text.replace("\0", ""), delimiter) if any(cell.strip() for cell in row))
    header = next(rows, None)
    names = _names(header or [])
    if len(names) < 2:
        raise TrainingError(
            f"{name} has {len(names)} column as it was read (fields separated by {delimiter!r}). "
            "Give a table with at least one column beside the outcome, separated by comma, semicolon, tab or |."
        )
    cells: list[list[str]] = [[] for _ in names]
    kept = odd = 0
    known: dict[str, str] = {}
    for row in rows:
        while len(row) > len(names) and not row[-1].strip():
            row.pop()
        if len(row) > len(names):
            odd += 1
            continue
        kept += 1
        for column, cell in zip_longest(cells, row, fillvalue=""):
            assert isinstance(column, list)  # no row is longer than the names
            column.append(known.setdefault(cell, cell.strip()))
    if odd > MAX_ODD * (kept + odd):
        raise TrainingError(
            f"{odd} of {kept + odd} rows of {name} have more fields than there are column names ({len(names)}). "
            "Export the table with quotes around values that hold the separator."
        )
    columns = {n: c for n, c in zip(names, cells, strict=True) if not (n.startswith("(column ") and not any(c))}
    return Table(columns, digest, delimiter, encoding, odd)


def _names(header: Sequence[str]) -> list[str]:
    """Column names, each once; one without a name is called by its place."""
    found: list[str] = []
    for place, cell in enumerate(header, start=1):
        name = " ".join(cell.replace("\ufeff", "").split()) or f"(column {place})"
        again = 2
        while name in found:
            name, again = f"{name.removesuffix(f' ({again - 1})')} ({again})", again + 1
        found.append(name)
    return found


def column_named(table: Table, wanted: str, option: str) -> str:
    """The column that a person means: as written, or in other case. Raises TrainingError naming what there is."""
    if wanted in table.columns:
        return wanted
    found = [name for name in table.columns if name.casefold() == " ".join(wanted.split()).casefold()]
    if len(found) == 1:
        return found[0]
    raise TrainingError(f"{option} names no column of the table. It has: {', '.join(table.columns)}.")
