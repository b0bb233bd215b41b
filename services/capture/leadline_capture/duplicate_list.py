"""A list from a file, searched for rows that may be one person's; what is done is told on stderr."""

import sys
import zlib
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Final

from leadline_capture.core.csv_columns import is_header, titles
from leadline_capture.core.csv_delimiter import delimiter_of, said_delimiter
from leadline_capture.core.csv_rows import Row
from leadline_capture.core.csv_rows import rows as rows_of
from leadline_capture.core.linkage_finding import Found, find
from leadline_capture.core.linkage_guessing import guessed, with_dates
from leadline_capture.core.linkage_reading import Column, Layout, Reader
from leadline_capture.core.linkage_words import MEANINGS, LinkageWords, Meaning
from leadline_capture.imports.reading import Lines, examine
from leadline_runtime.command_errors import USAGE, CommandError
from leadline_runtime.core.values import dataclass

MOST_ROWS: Final = 1_000_000
_LOOKED_AT: Final = 2000  # rows, to guess what the columns hold
_MOST_FAULTS: Final = 20
_TELL_FROM: Final = 20_000


@dataclass(frozen=True, slots=True)
class Table:
    """A list as read. `places`: number of each row, from 1, and the line at which it begins in the file; `faulty`: rows
    that could not be read."""

    header: list[str]
    places: list[tuple[int, int]]
    rows: list[list[str]]
    faulty: list[str]


@dataclass(frozen=True, slots=True)
class Searched:
    """What was found in a list. `places`: see Table; `shown`: a record's cells, for a person to know it by; `ids`: its
    own id, if the list has one for each."""

    layout: Layout
    found: Found
    threshold: float
    places: Sequence[tuple[int, int]]
    shown: Sequence[tuple[str, ...]]
    ids: Sequence[str] | None


def searched(file: Path, columns: Sequence[str], threshold: float, vocabulary: LinkageWords) -> Searched:
    """The pairs of a list from `threshold` on. Raises CommandError for what a person can put right."""
    if not 0 < threshold <= 1:
        raise CommandError(f"--threshold must be above 0 and at most 1, not {threshold:g}.", USAGE)
    table = _read(file)
    header, rows = table.header, table.rows
    for fault in table.faulty[:_MOST_FAULTS]:
        _tell(f"Not read, {fault}.")
    layout = _mapped(header, rows, columns, vocabulary)
    _tell_columns(layout)
    if not layout.meanings:
        raise CommandError(
            f"No column of {file} could be understood: name them, as --columns '{header[0]}=full_name'; "
            f"meanings are {', '.join(MEANINGS)}.", USAGE,
        )  # fmt: skip
    reader = Reader(layout, vocabulary)
    records = [reader.values(row) for row in rows]
    found = find(layout, records, vocabulary.short_forms, threshold, _progress if len(rows) >= _TELL_FROM else None)
    _tell_found(len(rows), found, threshold)
    compared = [column.index for column in layout.columns if column.meaning != "label"]
    shown = {n: tuple(_cell(rows[n], i) for i in compared) for pair in found.pairs for n in (pair.one, pair.other)}
    return Searched(
        layout, found, threshold, table.places, [shown.get(n, ()) for n in range(len(rows))], _own_ids(layout, rows)
    )


def _read(file: Path) -> Table:
    """The rows of a file. Raises CommandError."""
    try:
        encoding = examine(file).encoding
        lines = Lines(file, encoding)
    except (OSError, EOFError, zlib.error) as error:
        why = getattr(error, "strerror", None) or "it is no whole gzip file"
        raise CommandError(f"{file} cannot be read: {why}.", USAGE) from None
    try:
        head = list(islice(lines, _LOOKED_AT))
        said = said_delimiter(head[0]) if head else None
        if said:
            head = head[1:]
        return _table(file, rows_of(chain(head, lines), said or delimiter_of(head)))
    finally:
        lines.close()


def _table(file: Path, found: Iterator[Row]) -> Table:
    first = next(found, None)
    if first is None:
        raise CommandError(f"{file} is empty: a header and rows are expected.", USAGE)
    titled = is_header(first.cells)
    table = Table(titles(first.cells if titled else [""] * len(first.cells)), [], [], [])
    for row in found if titled else chain([first], found):
        if len(table.rows) == MOST_ROWS:
            raise CommandError(f"{file} has more than {MOST_ROWS:,} rows: split it, as by country.", USAGE)
        if row.fault is not None:
            table.faulty.append(f"row {row.number} (line {row.line}): {row.fault}")
            continue
        table.places.append((row.number if titled else row.number + 1, row.line))
        table.rows.append([sys.intern(cell.strip()) for cell in row.cells])
    return table


def _mapped(
    header: Sequence[str], rows: Sequence[Sequence[str]], columns: Sequence[str], vocabulary: LinkageWords
) -> Layout:
    """The guessed columns, with those that somebody named."""
    some = rows[:: max(1, len(rows) // _LOOKED_AT)]
    layout = guessed(header, some, vocabulary)
    named = _named(header, columns)
    if not named:
        return layout
    return with_dates([Column(c.header, c.index, named.get(c.index, c.meaning)) for c in layout.columns], some)


def _named(header: Sequence[str], columns: Sequence[str]) -> dict[int, Meaning]:
    folded = [name.casefold() for name in header]
    found: dict[int, Meaning] = {}
    faults = []
    for entry in (part for given in columns for part in given.split(",") if part.strip()):
        name, equals, meaning = entry.rpartition("=")
        name, meaning = name.strip(), meaning.strip()
        if not equals:
            faults.append(f"{entry.strip()!r} is not HEADER=MEANING")
        elif name.casefold() not in folded:
            faults.append(f"there is no column {name!r}; there are {', '.join(header)}")
        elif meaning not in MEANINGS:
            faults.append(f"{meaning!r} is no meaning; there are {', '.join(MEANINGS)}")
        else:
            found[folded.index(name.casefold())] = meaning  # type: ignore[assignment]
    if faults:
        raise CommandError(f"--columns: {'; '.join(faults)}.", USAGE)
    return found


def _own_ids(layout: Layout, rows: Sequence[Sequence[str]]) -> list[str] | None:
    """The first column with a different value in each row that is compared with nothing."""
    for column in layout.columns:
        if column.meaning == "label":
            values = [_cell(row, column.index) for row in rows]
            if all(values) and len(set(values)) == len(values):
                return values
    return None


def _cell(row: Sequence[str], index: int) -> str:
    return row[index] if index < len(row) else ""


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _tell_columns(layout: Layout) -> None:
    taken = ", ".join(f"{c.header} as {c.meaning}" for c in layout.columns if c.meaning != "label")
    left = ", ".join(c.header for c in layout.columns if c.meaning == "label")
    _tell(f"Compared: {taken or 'nothing'}.{f' Not compared: {left}.' if left else ''} --columns changes that.")


def _tell_found(rows: int, found: Found, threshold: float) -> None:
    _tell(f"{rows:,} rows, {found.compared:,} pairs compared, {len(found.pairs):,} from {threshold:g} on.")
    if found.cut:
        _tell(
            f"Up to {found.cut:,} pairs were left out: what they share is shared by very many (a city, a common name)."
        )


def _progress(what: str, done: int, whole: int) -> None:
    _tell(f"{done:,} of {whole:,} {what}")
