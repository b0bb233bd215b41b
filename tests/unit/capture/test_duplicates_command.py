"""`leadline duplicates find`: a list looked at before it is imported."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from leadline_capture import commands

Result = Any
Run = Callable[..., Result]
LIST = """Id;Vorname;Nachname;Geburtsdatum;E-Mail;Ort
1;Ann;Krüger;04.06.1971;ann.kr@x.example;Köln
2;Bob;Lang;01.02.1980;bob@y.example;Kiel

3;Anne;Krueger;06.04.1971;ann.kr@x.example;Köln
4;=cmd();Weber;03.03.1990;w@z.example;Bonn
5;=cmd();Weber;03.03.1990;w@z.example;Bonn
"""


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.delenv("LEADLINE_RULES_DIR", raising=False)
    app = typer.Typer()
    commands.register(app)
    return lambda *arguments: CliRunner().invoke(app, ["duplicates", "find", *map(str, arguments)])


@pytest.fixture
def people(tmp_path: Path) -> Path:
    file = tmp_path / "people.csv"
    file.write_text(LIST, encoding="utf-8-sig")
    return file


def fault(result: Result) -> str:
    assert getattr(result.exception, "exit_code", None) == 2, result
    return str(result.exception)


def test_pairs_are_printed_with_rows_probability_and_reasons(run: Run, people: Path) -> None:
    result = run(people)
    assert result.exit_code == 0, result
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert {(row["row_1"], row["row_2"], row["id_1"], row["id_2"]) for row in rows} == {
        ("1", "3", "1", "3"),
        ("4", "5", "4", "5"),
    }
    ann = next(row for row in rows if row["row_1"] == "1")
    assert (ann["line_1"], ann["line_2"]) == ("2", "5")
    assert 0.5 <= float(ann["probability"]) <= 1
    assert "e-mail equal" in ann["reasons"] and "day and month changed places" in ann["reasons"]
    assert "E-Mail as email" in result.stderr and "Not compared: Id" in result.stderr


def test_cells_that_are_formulas_are_defused(run: Run, people: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(run(people).stdout)))
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@"))]
    assert any(row["record_1"].startswith("'=cmd()") for row in rows)


def test_programs_read_json(run: Run, people: Path) -> None:
    told = json.loads(run(people, "--json").stdout)
    assert told["rows"] == 5 and told["columns"]["Geburtsdatum"] == "birth_date"
    assert sorted(pair["rows"] for pair in told["pairs"]) == [[1, 3], [4, 5]]
    assert all(pair["reasons"] and pair["probability"] >= told["threshold"] for pair in told["pairs"])


def test_a_person_can_say_what_columns_hold(run: Run, people: Path) -> None:
    told = json.loads(run(people, "--json", "--columns", "Vorname=label,e-mail=text").stdout)
    assert told["columns"]["Vorname"] == "label" and told["columns"]["E-Mail"] == "text"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
def test_any_usual_encoding_is_read(run: Run, tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "list.csv"
    file.write_text(LIST, encoding=encoding)
    assert "Krüger" in run(file).stdout


def test_what_is_wrong_is_said_at_once(run: Run, people: Path, tmp_path: Path) -> None:
    said = fault(run(people, "--columns", "Nobody=email,Ort=place,oops"))
    assert "no column 'Nobody'" in said and "'place' is no meaning" in said and "'oops' is not HEADER=MEANING" in said
    assert "--threshold" in fault(run(people, "--threshold", "1.5"))
    assert "cannot be read" in fault(run(tmp_path / "gone.csv"))
    empty = tmp_path / "empty.csv"
    empty.write_text("\n")
    assert "is empty" in fault(run(empty))
    numbers = tmp_path / "numbers.csv"
    numbers.write_text("id,a\n1,2\n2,3\n")
    assert "No column" in fault(run(numbers))
