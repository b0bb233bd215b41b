"""Lookup tables: read from CSV, read again when they change, kept when the new file cannot be used."""

import os
from pathlib import Path

import pytest

from leadline_enrich.core.rows import ACCOUNTS
from leadline_enrich.settings import EnrichSettings
from leadline_enrich.table_files import TableError
from leadline_enrich.tables import WatchedTable, read_table
from tests.unit.enrich.leads import FIRMOGRAPHICS

HEAD = "domain,employees,industry\n"


def written(file: Path, text: str) -> Path:
    """Replaces the file as an operator's tool does, and makes sure that it can be seen to have changed."""
    new = file.with_suffix(".new")
    new.write_text(text, encoding="utf-8")
    new.replace(file)
    return file


def test_the_tables_that_ship_are_without_fault() -> None:
    settings = EnrichSettings()
    firmographics = read_table(FIRMOGRAPHICS, settings.firmographics_file)
    accounts = read_table(ACCOUNTS, settings.accounts_file)
    assert firmographics.faults == accounts.faults == ()
    assert firmographics.rows["northhaul.example"].values["employees"] == 400
    assert accounts.rows["mueller-maschinen.example"].values["owner"] == "hana"
    assert set(accounts.rows) <= set(firmographics.rows)


def test_a_byte_order_mark_and_blanks_are_no_fault(tmp_path: Path) -> None:
    file = written(tmp_path / "t.csv", "\ufeffdomain,employees,industry\n acme.com , 400 ,logistics\n\n")
    assert read_table(FIRMOGRAPHICS, file).rows["acme.com"].values["employees"] == 400


def test_a_few_faulty_rows_are_left_out_and_named_by_line(tmp_path: Path) -> None:
    good = "".join(f"c{n}.com,{n},retail\n" for n in range(20))
    table = read_table(FIRMOGRAPHICS, written(tmp_path / "t.csv", HEAD + good + "c3.com,9,retail\nd.com,many,retail\n"))
    assert len(table.rows) == 20
    assert table.rows["c3.com"].values["employees"] == 3
    assert table.faults == (
        "t.csv: line 22: domain: stands in the file twice; the first row counts",
        "t.csv: line 23: employees: must be a whole number, without separators",
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no column domain, employees, industry; it must name them"),
        ("domain;employees;industry\n", "no column domain, employees, industry"),
        ("domain,employees\n", "no column industry"),
        (HEAD + "acme.com,many,x\n", "1 of 1 rows are faulty, first t.csv: line 2: employees"),
    ],
)
def test_a_file_that_is_no_such_table(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(TableError, match=message):
        read_table(FIRMOGRAPHICS, written(tmp_path / "t.csv", text))


def test_a_file_that_is_not_there_or_no_text(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"t.csv: cannot be read as UTF-8 text: FileNotFoundError"):
        read_table(FIRMOGRAPHICS, tmp_path / "t.csv")
    (tmp_path / "t.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(TableError, match="UnicodeDecodeError"):
        read_table(FIRMOGRAPHICS, tmp_path / "t.csv")


async def test_a_changed_file_is_taken_up_and_a_bad_one_is_not(tmp_path: Path) -> None:
    table = WatchedTable(FIRMOGRAPHICS, tmp_path / "t.csv")
    assert table.changed()
    await table.refresh()
    assert table.looked
    assert table.current is None
    assert not table.changed()

    written(table.file, HEAD + "acme.com,400,logistics\n")
    assert table.changed()
    await table.refresh()
    assert table.current is not None
    first = table.current

    written(table.file, "something else\n")
    await table.refresh()
    assert table.current is first

    written(table.file, HEAD + "acme.com,420,logistics\n")
    await table.refresh()
    assert table.current.rows["acme.com"].values["employees"] == 420


async def test_a_file_put_back_with_its_old_time_is_seen_all_the_same(tmp_path: Path) -> None:
    table = WatchedTable(FIRMOGRAPHICS, written(tmp_path / "t.csv", HEAD + "acme.com,400,logistics\n"))
    await table.refresh()
    before = table.file.stat()
    written(table.file, HEAD + "acme.com,500,logistics\n")
    os.utime(table.file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert table.changed()


def test_an_account_knows_the_owner_of_the_nearest_account_above_that_has_one(tmp_path: Path) -> None:
    file = tmp_path / "accounts.csv"
    file.write_text(
        "domain,name,status,owner,parent\n"
        "depot.example,,named,,Port.example\nport.example,,named,,group.example\ngroup.example,,customer,hana,\n"
        "a.example,,named,,b.example\nb.example,,named,,a.example\nc.example,,named,ben,nowhere.example\n"
    )
    rows = read_table(ACCOUNTS, file).rows
    above = {domain: (row.values.get("parent"), row.values.get("parent_owner")) for domain, row in rows.items()}
    assert above["depot.example"] == ("port.example", "hana")
    assert above["port.example"] == ("group.example", "hana")
    assert above["group.example"] == (None, None)
    assert above["a.example"] == ("b.example", None), "accounts that are each above the other have no owner above"
    assert above["c.example"] == ("nowhere.example", None)
