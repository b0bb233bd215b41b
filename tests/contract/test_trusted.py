"""Parts made without validation are the parts that validation would make, to the byte."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from pydantic import ValidationError

from leadline_schemas.codec import decode_model, encode_model
from leadline_schemas.enriched import Effective, Fact
from leadline_schemas.event import trusted
from leadline_schemas.scored import Contribution, Dimension

NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)
CONTRIBUTION = {
    "rule": "intent.evaluation.pricing_page", "group": "evaluation", "event": UUID(int=7), "at": NOW, "raw": 20,
    "decayed": "20.000", "after_rule": "20.000", "after_group": "20.000", "counted": "20.000", "why": "pricing page",
}  # fmt: skip


def test_a_trusted_part_equals_a_validated_one_and_reads_back_from_its_bytes() -> None:
    shuffled = dict(reversed(CONTRIBUTION.items()))
    made, validated = trusted(Contribution)(**shuffled), Contribution(**shuffled)
    assert made == validated
    assert encode_model(made) == encode_model(validated)
    assert decode_model(Contribution, encode_model(made), "contribution") == made


def test_what_is_not_given_has_its_default() -> None:
    points = {"value": "0.000", "known": "0.000", "positives": "0.000", "after_cap": "0.000", "penalties": "0.000"}
    assert trusted(Dimension)(**points) == Dimension(**points)
    assert trusted(Fact)(provider="accounts", at=NOW) == Fact(provider="accounts", at=NOW)
    assert trusted(Effective)() == Effective()


def test_no_two_parts_share_a_mapping() -> None:
    make, points = trusted(Effective), trusted(Dimension)
    said = dict.fromkeys(("value", "known", "positives", "after_cap", "penalties"), "0.000")
    assert make().sources is not make().sources
    assert points(**said).groups is not points(**said).groups


def test_a_trusted_part_can_be_copied_with_changes_and_stays_immutable() -> None:
    make = trusted(Fact)
    fact = make(provider="accounts", at=NOW, value="acme.com")
    assert fact.model_copy(update={"flags": ("stale",)}) == Fact(
        provider="accounts", at=NOW, value="acme.com", flags=("stale",)
    )
    assert make(provider="accounts", at=NOW).flags == ()
    with pytest.raises(ValidationError):
        fact.value = "other.com"  # type: ignore[misc]
