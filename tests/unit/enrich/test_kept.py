"""Answers in a cache: they prove what they are, and tell nothing of whom they are about."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline_enrich.core.answers import NOT_FOUND, Answer
from leadline_enrich.core.kept import Kept, Seal
from leadline_enrich.core.questions import Question

SEAL = Seal("vendor", "digest", bytes(range(32)))
ASKED = Question("acme.example", email="ann@acme.example")
KEY, NOW = SEAL.key(ASKED), 1_700_000_000
FOUND = Answer(
    status="found",
    values={"employees": 400, "industry": "logistik & mehr"},
    stated_at=datetime(2026, 3, 1, tzinfo=UTC),
    confidence={"employees": 0.5},
)


@pytest.mark.parametrize("answer", [FOUND, NOT_FOUND, Answer(status="found")])
def test_what_was_kept_comes_back(answer: Answer) -> None:
    kept = Kept(answer, NOW + 60)
    assert SEAL.open(SEAL.close(kept, KEY), KEY, NOW) == kept


def test_its_time_ends_even_if_the_cache_kept_it_longer() -> None:
    data = SEAL.close(Kept(FOUND, NOW), KEY)
    assert SEAL.open(data, KEY, NOW - 1) is not None
    assert SEAL.open(data, KEY, NOW) is None


def test_the_key_tells_nothing_of_the_person() -> None:
    assert "ann" not in KEY
    assert "acme" not in KEY


@pytest.mark.parametrize(
    "other",
    [
        Seal("other", "digest", SEAL.secret),
        Seal("vendor", "asked otherwise", SEAL.secret),
        Seal("vendor", "digest", bytes(32)),
    ],
)
def test_another_provider_template_or_secret_proves_nothing(other: Seal) -> None:
    assert other.key(ASKED) != KEY
    assert other.open(SEAL.close(Kept(FOUND, NOW + 60), KEY), other.key(ASKED), NOW) is None


def test_an_answer_under_another_question_proves_nothing() -> None:
    data = SEAL.close(Kept(FOUND, NOW + 60), KEY)
    assert SEAL.open(data, SEAL.key(Question("acme.example", email="bob@acme.example")), NOW) is None


@settings(max_examples=100)
@given(st.binary(max_size=80))
def test_no_other_bytes_are_believed(data: bytes) -> None:
    assert SEAL.open(data, KEY, NOW) is None


@settings(max_examples=60)
@given(st.data())
def test_a_changed_byte_is_found_out(data: st.DataObject) -> None:
    kept = bytearray(SEAL.close(Kept(FOUND, NOW + 60), KEY))
    kept[data.draw(st.integers(0, len(kept) - 1))] ^= data.draw(st.integers(1, 255))
    assert SEAL.open(bytes(kept), KEY, NOW) is None
