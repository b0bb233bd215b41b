"""Whatever a program writes as CSV comes back as it was, and nothing that is broken takes the rest with it."""

import csv
import tempfile
from itertools import islice
from pathlib import Path

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from leadline_capture.core import csv_rows
from leadline_capture.core.csv_delimiter import DELIMITERS, delimiter_of
from leadline_capture.core.csv_encoding import EncodingFinder
from leadline_capture.core.csv_rows import LONGEST_LINE, TOO_LONG, UNCLOSED, rows
from leadline_capture.imports.reading import Lines, examine
from tests.unit.capture_import.tables import written

ENCODINGS = {
    "utf-8": [(b"", "utf-8"), (b"\xef\xbb\xbf", "utf-8")],
    "utf-16-le": [(b"\xff\xfe", "utf-16-le")],
    "utf-16-be": [(b"\xfe\xff", "utf-16-be")],
    "cp1252": [(b"", "cp1252")],
}
WEST = st.characters(codec="cp1252", exclude_categories=["Cs", "Cc"])
ANY = st.one_of(WEST, st.characters(exclude_categories=["Cs", "Cc"]), st.sampled_from(' \n\r,;\t|"=\x00'))


def cells(alphabet: st.SearchStrategy[str]) -> st.SearchStrategy[list[list[str]]]:
    """Tables of two to five columns whose rows all hold something."""
    cell = st.text(st.one_of(alphabet, st.sampled_from(' \n\r,;\t|"')), max_size=12)
    return st.integers(2, 5).flatmap(
        lambda width: st.lists(
            st.lists(cell, min_size=width, max_size=width).filter(lambda row: any(map(str.strip, row))),
            min_size=1,
            max_size=8,
        )
    )


def read(data: bytes, delimiter: str, encoding: str | None = None) -> list[tuple[str, ...]]:
    """A file's rows through the disk."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        path.write_bytes(data)
        lines = Lines(path, encoding or examine(path).encoding)
        try:
            found = list(rows(lines, delimiter))
        finally:
            lines.close()
    assert [row.fault for row in found] == [None] * len(found)
    assert [row.number for row in found] == list(range(len(found)))
    return [row.cells for row in found]


@settings(deadline=None)
@given(
    table=cells(ANY),
    delimiter=st.sampled_from(DELIMITERS),
    quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL, csv.QUOTE_NONNUMERIC]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    marked=st.sampled_from([(b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")]),
)
def test_what_csv_writer_writes_comes_back(
    table: list[list[str]], delimiter: str, quoting: int, end: str, marked: tuple[bytes, str]
) -> None:
    mark, encoding = marked
    # Python's writer quotes only the line end that it writes itself: another one in a bare value can be read two ways.
    assume(quoting != csv.QUOTE_MINIMAL or not set("\r\n") & set("".join(map("".join, table))) - set(end))
    data = written(table, encoding, mark, delimiter=delimiter, quoting=quoting, lineterminator=end)
    assert read(data, delimiter) == [tuple(row) for row in table]


@settings(deadline=None)
@given(table=cells(ANY))
def test_utf8_needs_no_mark(table: list[list[str]]) -> None:
    assume("\x00" not in "".join(map("".join, table)))
    assert read(written(table), ",") == [tuple(row) for row in table]


@settings(deadline=None)
@given(table=cells(WEST))
def test_what_is_no_utf8_is_what_windows_writes(table: list[list[str]]) -> None:
    data = written([*table, ["für", "x"]], "cp1252")
    assume(not _is_utf8(data))
    assert read(data, ",")[:-1] == [tuple(row) for row in table]


@settings(deadline=None)
@given(data=st.binary(max_size=300), pieces=st.lists(st.integers(1, 40), max_size=20))
def test_where_the_pieces_are_cut_does_not_matter(data: bytes, pieces: list[int]) -> None:
    whole, cut = EncodingFinder(), EncodingFinder()
    whole.feed(data)
    at = 0
    for size in [*pieces, len(data)]:
        cut.feed(data[at : at + size])
        at += size
    assert cut.found() == whole.found()


@settings(deadline=None)
@given(data=st.binary(max_size=600), delimiter=st.sampled_from(DELIMITERS))
def test_any_bytes_are_rows_or_faults_and_never_an_exception(data: bytes, delimiter: str) -> None:
    assume(not data.startswith(b"\x1f\x8b"))  # is read as gzip, and refused whole
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        path.write_bytes(data)
        lines = Lines(path, examine(path).encoding)
        found = list(rows(lines, delimiter))
        lines.close()
    assert [row.number for row in found] == list(range(len(found)))
    assert all(row.fault is None or row.cells == () for row in found)


@settings(deadline=None)
@given(
    before=st.lists(st.sampled_from(["1,2\n", '3,"x\ny"\n', "\n"]), max_size=5),
    after=st.lists(st.sampled_from(["5,6\n", "7,8\n"]), min_size=1, max_size=5),
)
def test_a_quote_that_is_never_closed_costs_its_own_row(before: list[str], after: list[str]) -> None:
    lines = [f"{line}\n" for line in "".join(["a,b\n", *before, '9,"open\n', *after]).splitlines()]
    found = [row for row in rows(lines, ",") if row.number]
    assert [row.fault for row in found].count(UNCLOSED) == 1
    assert len(found) == sum(each != "\n" for each in before) + 1 + len(after)
    assert [list(row.cells) for row in found[-len(after) :]] == [line.strip().split(",") for line in after]


def test_a_value_without_end_is_given_up() -> None:
    lines = ["a,b\n", f"1,{'x' * 70_000}\n", '2,"' + "y\n", *["z\n"] * 2000, "3,4\n"]
    found = list(islice(rows(lines, ","), 3))
    assert [row.fault for row in found] == [None, TOO_LONG, UNCLOSED]


def test_a_line_without_end_is_one_fault_and_does_not_fill_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b\n" + b"x," * (LONGEST_LINE * 2) + b"\n1,2\n")
    lines = Lines(path, "utf-8")
    found = list(rows(lines, ","))
    lines.close()
    assert [(row.cells, row.fault) for row in found] == [(("a", "b"), None), ((), TOO_LONG), (("1", "2"), None)]


@settings(deadline=None)
@given(
    rows_=st.lists(st.lists(st.text("ab1 @.", min_size=1, max_size=6), min_size=3, max_size=3), min_size=2, max_size=9),
    delimiter=st.sampled_from(DELIMITERS),
)
def test_the_delimiter_is_found(rows_: list[list[str]], delimiter: str) -> None:
    lines = written(rows_, delimiter=delimiter).decode().splitlines(keepends=True)
    assert delimiter_of(lines) == delimiter


def test_commas_in_text_do_not_hide_the_semicolon() -> None:
    lines = ["Firma;Ort, Land;Betrag\n", "A, B;Köln, DE;1,50\n", "C;Bern, CH;2,00\n"]
    assert delimiter_of(lines) == ";"
    assert delimiter_of(["email\n", "ann@x.example\n"]) == ","
    assert csv_rows.LONGEST_VALUE < LONGEST_LINE


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
