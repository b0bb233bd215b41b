"""Tables are read as they come; what cannot be read is said in a sentence."""

from pathlib import Path

import pytest

from leadline_score.core.cells import instant_of, normal, number, truth
from leadline_score.training.bins import edges_of
from leadline_score.training.errors import TrainingError
from leadline_score.training.profiles import profile
from leadline_score.training.table import column_named, read_table
from leadline_score.training.target import read_target
from tests.unit.score.learned import tables
from tests.unit.score.learned.trained import closed


@pytest.mark.parametrize(
    ("delimiter", "encoding", "quoting"),
    [(",", "utf-8", 0), (";", "utf-8-sig", 1), ("\t", "cp1252", 0), ("|", "utf-16", 1)],
)
def test_any_delimiter_and_encoding(tmp_path: Path, delimiter: str, encoding: str, quoting: int) -> None:
    rows = [{"Städte": "Zürich, Höngg; West", "n": str(place), "y": "ja"} for place in range(30)]
    table = read_table(tables.write(tmp_path / "t.csv", rows, delimiter, encoding, quoting))
    assert table.columns == {"Städte": ["Zürich, Höngg; West"] * 30, "n": [str(n) for n in range(30)], "y": ["ja"] * 30}


def test_ragged_rows_and_unnamed_columns(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text("a,b,,a\n" + "1,2,,x,,\n" * 40 + "1\n" + "1,2,3,4,5\n")
    table = read_table(file)
    assert list(table.columns) == ["a", "b", "a (2)"]
    assert (table.rows, table.odd, table.columns["b"][-1]) == (41, 1, "")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"), (b"PK\x03\x04....", "Export it as CSV"), (b"just one column\n1\n", "has 1 column"),
        (b"a,b\n" + b"1,2,3\n" * 9, "more fields than there are column names"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_said(tmp_path: Path, content: bytes, says: str) -> None:
    (tmp_path / "t.csv").write_bytes(content)
    with pytest.raises(TrainingError, match=says):
        read_table(tmp_path / "t.csv")


def test_a_file_or_column_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="cannot be read"):
        read_table(tmp_path / "none.csv")
    table = read_table(tables.write(tmp_path / "t.csv", [{"Won": 1, "b": 2}]))
    assert column_named(table, "won", "--target") == "Won"
    with pytest.raises(TrainingError, match=r"--target names no column of the table\. It has: Won, b"):
        column_named(table, "lost", "--target")


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1,234.50", 1234.5), ("1.234,50", 1234.5), ("$1,200", 1200), ("45 %", 45), ("€ 3.5k", 3500), ("(20)", -20),
        ("1,5", 1.5), ("1,500", 1500), ("-7", -7), ("2e3", 2000), ("10-50", None), ("n/a", None), ("inf", None),
        ("3+", None),
    ],
)  # fmt: skip
def test_numbers(written: str, value: float | None) -> None:
    assert number(written) == value


def test_words_yes_and_instants() -> None:
    assert normal("  Select ") is normal("N/A") is normal("unknown") is normal("") is normal(None) is None
    assert normal(" Direct   Traffic") == normal("direct traffic") == "direct traffic"
    assert (truth("Ja"), truth("0"), truth("maybe"), truth("1.0")) == (True, False, None, True)
    assert instant_of("26-02-2018 19:58") == instant_of("2018-02-26T19:58:00Z") == instant_of("Feb 26, 2018 7:58 PM")
    assert instant_of("03/04/2021", day_first=True) == instant_of("2021-04-03")
    assert instant_of("1519675080") == instant_of("1519675080000") == instant_of("2018-02-26 19:58")
    assert instant_of("2019-11") == instant_of("2019-11-01")
    assert instant_of("12.5") is None


def test_a_sentinel_gets_a_range_of_its_own() -> None:
    edges = edges_of([999.0] * 900 + [float(n % 20) for n in range(100)], 25)
    assert any(19 <= edge < 999 for edge in edges)


@pytest.mark.parametrize(
    ("cells", "holds", "why"),
    [
        (["1"] * 300, "nothing", "constant"), ([""] * 300, "nothing", "empty"),
        (["Yes", "no", "unknown"] * 100, "yes_no", ""),
        ([str(n) for n in range(5000, 5300)], "nothing", "identifier"),
        ([f"{n * n * 7.5}" for n in range(300)], "number", ""),
        (["2021-03-04", "2021-03-05", ""] * 100, "date", ""),
        (["a", "b", "12"] * 100, "category", ""),
        ([f"p{n % 7}@x.com" for n in range(300)], "nothing", "personal"),
        ([f"+49 30 1234{n:03}" for n in range(300)], "nothing", "personal"),
        (["1-10", "11-50", "1000-1999"] * 100, "category", ""),
    ],
)  # fmt: skip
def test_what_a_column_holds(cells: list[str], holds: str, why: str) -> None:
    column = profile("column", cells)
    assert column.holds == holds
    assert column.why.startswith(why)


def test_a_year_that_has_gone_by_is_no_feature_but_a_year_of_birth_is() -> None:
    assert profile("arrival_year", ["2017", "2018"] * 100).why.startswith("absolute time")
    assert profile("Year_Birth", ["1990", "1991", "1992"] * 100).holds == "number"


@pytest.mark.parametrize(
    ("cells", "positive", "negative", "left_out"),
    [
        (["0", "1"], ("1",), ("0",), ()), (["Yes", "No", ""], ("yes",), ("no",), ()),
        (["Won", "Lost", "Prospecting"], ("won",), ("lost",), ("prospecting",)),
        (["Canceled", "Not_Canceled"], ("canceled",), ("not_canceled",), ()), (["1", "2"], ("2",), ("1",), ()),
        (["Closed Won", "Closed Lost", "Negotiation"], ("closed won",), ("closed lost",), ("negotiation",)),
    ],
)  # fmt: skip
def test_the_outcome_is_told_from_the_other_end(
    cells: list[str], positive: tuple[str, ...], negative: tuple[str, ...], left_out: tuple[str, ...]
) -> None:
    target = read_target("end", cells)
    assert (target.positive, target.negative, target.left_out) == (positive, negative, left_out)


def test_an_outcome_that_is_not_clear_is_asked_for() -> None:
    with pytest.raises(TrainingError, match="Name it with --positive; it holds: blue, green, red"):
        read_target("end", ["red", "green", "blue"])
    assert read_target("end", ["red", "green", "blue"], "Red").negative == ("blue", "green")
    with pytest.raises(TrainingError, match="--positive names no value"):
        read_target("end", ["red", "green"], "black")
    with pytest.raises(TrainingError, match="not two outcomes"):
        read_target("amount", [str(n) for n in range(100)])
    with pytest.raises(TrainingError, match="one value only"):
        read_target("end", ["yes", "yes"])


def test_too_few_rows_are_refused_with_the_minimum() -> None:
    with pytest.raises(TrainingError, match="At least 200 rows and 40 of each end"):
        closed(tables.honest(150), "won")


def test_rows_exported_twice_count_once() -> None:
    rows = tables.education(400)
    table, _ = closed([*rows, *rows[:90]], "Converted")
    assert (table.rows, table.repeated) == (400, 90)
