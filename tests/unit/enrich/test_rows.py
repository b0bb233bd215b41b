"""Rows of the tables, and the bytes a cache keeps of them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline_enrich.core.answers import NOT_FOUND, Answer
from leadline_enrich.core.rows import (
    ACCOUNTS,
    FIRMOGRAPHICS,
    RowError,
    cache_key,
    from_cache,
    parse_row,
    to_cache,
)

DIGEST = bytes(range(32))
KEY = cache_key("firmographics", DIGEST, "acme.com")
ANSWER = Answer(status="found", values={"employees": 400}, stated_at=datetime(2026, 3, 1, tzinfo=UTC))


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


@pytest.mark.parametrize("answer", [ANSWER, NOT_FOUND, Answer(status="found", values={"industry": "logistik & mehr"})])
def test_what_was_kept_comes_back(answer: Answer) -> None:
    assert from_cache(to_cache(answer, KEY, DIGEST), KEY, DIGEST) == answer


def test_another_key_or_another_table_proves_nothing() -> None:
    data = to_cache(ANSWER, KEY, DIGEST)
    assert from_cache(data, cache_key("firmographics", DIGEST, "other.com"), DIGEST) is None
    assert from_cache(data, KEY, bytes(32)) is None


@settings(max_examples=100)
@given(st.binary(max_size=80))
def test_no_other_bytes_are_believed(data: bytes) -> None:
    assert from_cache(data, KEY, DIGEST) is None


@settings(max_examples=60)
@given(st.data())
def test_a_changed_byte_is_found_out(data: st.DataObject) -> None:
    kept = bytearray(to_cache(ANSWER, KEY, DIGEST))
    kept[data.draw(st.integers(0, len(kept) - 1))] ^= data.draw(st.integers(1, 255))
    assert from_cache(bytes(kept), KEY, DIGEST) is None
