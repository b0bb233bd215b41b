"""Rows of the tables: which cells are values, and what is said of those that are not."""

from datetime import UTC, datetime

import pytest

from leadline_enrich.core.rows import ACCOUNTS, Column, Reading, RowError, mapped, parse_row
from tests.unit.enrich.leads import FIRMOGRAPHICS


def test_a_row_becomes_an_answer() -> None:
    cells = {
        "domain": "ACME.com",
        "employees": "400",
        "industry": "Logistics",
        "country": "de",
        "stated_at": "2026-03-01",
    }
    domain, answer = parse_row(FIRMOGRAPHICS, cells)
    assert domain == "acme.com"
    assert answer.values == {"employees": 400, "industry": "logistics", "country": "DE"}
    assert answer.stated_at == datetime(2026, 3, 1, tzinfo=UTC)


def test_empty_cells_are_unknown_and_not_zero() -> None:
    assert parse_row(FIRMOGRAPHICS, {"domain": "a.com", "employees": "", "industry": ""})[1].values == {}


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"domain": "acme"}, "domain: must be a domain"),
        ({"domain": "ann@acme.com"}, "domain: must be a domain"),
        ({"domain": "a.com", "employees": "1,200"}, "employees: must be a whole number"),
        ({"domain": "a.com", "employees": "-5"}, "employees: must be a whole number"),
        ({"domain": "a.com", "country": "Germany"}, "country: must be two letters"),
        ({"domain": "a.com", "stated_at": "01.03.2026"}, "stated_at: must be a date"),
    ],
)
def test_a_faulty_row_says_what_would_be_right_and_quotes_nothing(cells: dict[str, str], message: str) -> None:
    with pytest.raises(RowError, match=message) as caught:
        parse_row(FIRMOGRAPHICS, cells)
    assert not any(value and value in str(caught.value) for value in cells.values() if value not in ("a.com", "acme"))


def test_an_account_needs_a_status() -> None:
    assert parse_row(ACCOUNTS, {"domain": "a.com", "status": "customer", "owner": "hana"})[1].values["owner"] == "hana"
    with pytest.raises(RowError, match="status: is missing"):
        parse_row(ACCOUNTS, {"domain": "a.com", "status": ""})


@pytest.mark.parametrize(
    ("reading", "cell", "value"),
    [
        ("text", "Kubernetes, Kafka", "Kubernetes, Kafka"),
        ("lower", "Series B", "series b"),
        ("whole_number", "0", 0),
        ("number", "12.5", 12.5),
        ("country", "ch", "CH"),
        ("truth", "Yes", True),
        ("truth", "0", False),
    ],
)
def test_any_column_becomes_a_fact(reading: Reading, cell: str, value: object) -> None:
    kind = mapped("hub", {"funding": Column("Funding round", reading)}, "website", 0.8)
    domain, answer = parse_row(kind, {"website": "acme.com", "Funding round": cell})
    assert (domain, answer.values, answer.confidence) == ("acme.com", {"funding": value}, {"funding": 0.8})


@pytest.mark.parametrize(
    ("reading", "cell", "message"),
    [
        ("whole_number", "12.5", "must be a whole number"),
        ("whole_number", "\u0661", "must be a whole number"),
        ("number", "many", "must be a number such as 12.5"),
        ("number", "nan", "must be a number such as 12.5"),
        ("number", "inf", "must be a number such as 12.5"),
        ("truth", "perhaps", "must be true or false"),
    ],
)
def test_a_cell_of_the_wrong_kind_names_its_column(reading: Reading, cell: str, message: str) -> None:
    kind = mapped("hub", {"funding": Column("Funding round", reading)}, "website", 1.0)
    with pytest.raises(RowError, match=f"Funding round: {message}"):
        parse_row(kind, {"website": "acme.com", "Funding round": cell})


def test_a_row_may_say_how_sure_it_is() -> None:
    kind = mapped("hub", {"funding": Column("funding", "text")}, "domain", 1.0)
    cells = {"domain": "acme.com", "funding": "series b", "confidence": "0.4"}
    assert parse_row(kind, cells)[1].confidence == {"funding": 0.4}
    with pytest.raises(RowError, match="confidence: must be a number from 0 to 1"):
        parse_row(kind, cells | {"confidence": "1.4"})
