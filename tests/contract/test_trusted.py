"""Parts made without validation are the parts that validation would make, to the byte."""

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from leadline_schemas.codec import decode_model, encode_model
from leadline_schemas.enriched import Effective, Fact
from leadline_schemas.event import sparse, trusted
from leadline_schemas.scored import Dimension, Override

NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)
OVERRIDE = {
    "target": "fit", "veto": None, "value": "20.000", "computed": "35.000", "author": "ana", "reason": "met them",
    "since": NOW, "until": NOW, "without_effect": None,
}  # fmt: skip


def test_a_trusted_part_equals_a_validated_one_and_reads_back_from_its_bytes() -> None:
    shuffled = dict(reversed(OVERRIDE.items()))
    made, validated = trusted(Override)(**shuffled), Override(**shuffled)
    assert made == validated
    assert encode_model(made) == encode_model(validated)
    assert decode_model(Override, encode_model(made), "override") == made


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


def test_a_sparse_event_is_told_in_the_order_of_its_fields_with_the_defaults_of_those_left_out() -> None:
    make = sparse(Override)
    told = {name: value for name, value in OVERRIDE.items() if name not in {"veto", "without_effect"}}
    assert encode_model(make(dict(reversed(told.items())))) == encode_model(Override(**told))


def test_no_two_sparse_parts_share_a_mapping() -> None:
    make = sparse(Effective)
    assert make({}) == Effective()
    assert make({}).sources is not make({}).sources
