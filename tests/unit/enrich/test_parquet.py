"""Tables in Parquet: the same facts as from CSV, and a bad file named as such."""

import builtins
from pathlib import Path
from typing import Any

import duckdb
import pytest

from leadline_enrich.core.rows import Column, mapped
from leadline_enrich.table_files import TableError
from leadline_enrich.tables import WatchedTable, read_table
from tests.unit.enrich.leads import FIRMOGRAPHICS

HUB = mapped(
    "hub",
    {
        "employees": Column("Head count", "whole_number"),
        "funded": Column("funded", "truth", optional=True),
        "revenue": Column("revenue", "number", optional=True),
    },
    "website",
    1.0,
)


def parquet(file: Path, query: str) -> Path:
    """Writes what a query gives."""
    with duckdb.connect(":memory:") as writer:
        writer.execute(f"COPY ({query}) TO '{file}' (FORMAT parquet)")
    return file


def test_typed_columns_become_facts(tmp_path: Path) -> None:
    query = (
        "SELECT * FROM (VALUES ('acme.com', 400.0::DOUBLE, true, 12.5, DATE '2026-03-01', 'other'),"
        " ('Bücher.example', NULL, NULL, 'nan'::DOUBLE, NULL, NULL))"
        ' AS t (website, "Head count", funded, revenue, stated_at, unused)'
    )
    table = read_table(HUB, parquet(tmp_path / "hub.parquet", query))
    assert table.faults == ()
    acme = table.rows["acme.com"]
    assert acme.values == {"employees": 400, "funded": True, "revenue": 12.5}
    assert acme.stated_at is not None
    assert acme.stated_at.isoformat() == "2026-03-01T00:00:00+00:00"
    assert table.rows["xn--bcher-kva.example"].values == {}


def test_many_rows_of_which_some_are_faulty(tmp_path: Path) -> None:
    query = (
        "SELECT 'c' || n || '.com' AS domain, CASE WHEN n % 100 = 0 THEN '-1' ELSE n::VARCHAR END AS employees,"
        " 'retail' AS industry FROM range(20000) AS t (n)"
    )
    table = read_table(FIRMOGRAPHICS, parquet(tmp_path / "t.parquet", query))
    assert (len(table.rows), table.faulty, len(table.faults)) == (19_800, 200, 5)
    assert table.faults[0] == "t.parquet: row 1: employees: must be a whole number, without separators"
    assert table.rows["c19999.com"].values["employees"] == 19_999


def test_a_file_without_a_column_or_of_another_kind(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"t.parquet: its schema: no column industry; it must name them: domain"):
        read_table(FIRMOGRAPHICS, parquet(tmp_path / "t.parquet", "SELECT 'a.com' AS domain, 1 AS employees"))
    (tmp_path / "no.parquet").write_bytes(b"domain,employees,industry\n")
    with pytest.raises(TableError, match=r"no.parquet: cannot be read as Parquet: "):
        read_table(FIRMOGRAPHICS, tmp_path / "no.parquet")
    with pytest.raises(TableError, match=r"missing.parquet: cannot be read as Parquet: "):
        read_table(FIRMOGRAPHICS, tmp_path / "missing.parquet")


async def test_a_bad_file_leaves_the_last_good_one_in_force(tmp_path: Path) -> None:
    query = "SELECT 'a.com' AS domain, {} AS employees, 'retail' AS industry"
    table = WatchedTable(FIRMOGRAPHICS, parquet(tmp_path / "t.parquet", query.format(5)))
    await table.refresh()
    (tmp_path / "t.parquet").write_bytes(b"half a fi")
    assert table.changed()
    await table.refresh()
    assert table.answer("a.com").values["employees"] == 5
    parquet(tmp_path / "t.parquet", query.format(6))
    await table.refresh()
    assert table.answer("a.com").values["employees"] == 6


def test_without_its_reader_the_error_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    importing = builtins.__import__

    def without(name: str, *more: Any, **named: Any) -> Any:
        if name == "duckdb":
            raise ImportError(name)
        return importing(name, *more, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(TableError, match=r"install leadline-enrich\[parquet\], or convert the file to CSV"):
        read_table(FIRMOGRAPHICS, tmp_path / "t.parquet")
