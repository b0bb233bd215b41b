"""Reports, and the journal that says how much of one holds."""

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline_capture.core.csv_report import HEAD, ReportRow, defused, report_line, report_text
from leadline_capture.imports.journal import Busy, Foreign, Journal

FORMULA = "=+-@\t\r\n"


@settings(deadline=None)
@given(reasons=st.lists(st.one_of(st.text(max_size=20), st.text("=+-@\t\r\n\",;'＝", max_size=5)), max_size=4))
def test_no_cell_of_a_report_is_a_formula_and_every_row_is_one(reasons: list[str]) -> None:
    text = report_text([ReportRow(1, 2, "rejected", tuple(reasons)), ReportRow(2, 3, "accepted", (), "s")])
    first, second = csv.reader(io.StringIO(text, newline=""))
    assert len(first) == len(second) == len(HEAD) and second == ["2", "3", "accepted", "", "s"]
    assert not any(cell.startswith(tuple(FORMULA)) for cell in first)
    assert first[3].removeprefix("'") == "; ".join(reasons) or first[3] == "; ".join(reasons)


@settings(deadline=None)
@given(cell=st.text(max_size=10))
def test_a_cell_is_changed_only_if_it_must_be(cell: str) -> None:
    dangerous = cell[:1] in tuple("=+-@\t\r\n＝＋－＠") and cell != ""
    assert defused(cell) == (f"'{cell}" if dangerous else cell)


def rows(*numbers: int) -> list[ReportRow]:
    return [ReportRow(n, n + 1, "accepted", ("odd",) if n % 2 else (), f"s{n}") for n in numbers]


def test_what_was_told_after_the_last_checkpoint_is_told_again(tmp_path: Path) -> None:
    report = tmp_path / "r.csv"
    first = Journal(report, "one")
    first.open()
    first.told(rows(1, 2))
    first.checkpoint()
    first.told(rows(3))
    first.close()  # the report was written further than the journal says
    second = Journal(report, "one")
    second.open()
    assert (second.progress.row, second.progress.accepted, second.progress.noted) == (2, 2, 1)
    second.told([*rows(3), ReportRow(4, 5, "rejected", ("x",))])
    second.checkpoint(done=True)
    second.close()
    assert report.read_bytes().decode() == report_line(HEAD) + report_text(rows(1, 2, 3)) + "4,5,rejected,x,\r\n"
    third = Journal(report, "one")
    third.open()
    assert third.progress.done and (third.progress.accepted, third.progress.rejected) == (3, 1)
    third.close()


@pytest.mark.parametrize("torn", [b"", b"{", b'{"row": 9', b'"x'])
def test_a_torn_last_line_is_no_line(tmp_path: Path, torn: bytes) -> None:
    journal = Journal(tmp_path / "r.csv", "one")
    journal.open()
    journal.told(rows(1))
    journal.checkpoint()
    journal.close()
    with journal.path.open("ab") as file:
        file.write(torn)
    again = Journal(tmp_path / "r.csv", "one")
    again.open()
    assert again.progress.row == 1
    again.told(rows(2))
    again.checkpoint()
    again.close()
    last = Journal(tmp_path / "r.csv", "one")
    last.open()
    assert last.progress.row == 2
    last.close()


def test_one_import_at_a_time_and_each_its_own_report(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "r.csv", "one")
    journal.open()
    with pytest.raises(Busy):
        Journal(tmp_path / "r.csv", "one").open()
    journal.close()
    with pytest.raises(Foreign):
        Journal(tmp_path / "r.csv", "two").open()
    assert json.loads(journal.path.read_text().splitlines()[0]) == {"import": "one"}
