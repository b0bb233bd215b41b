"""The vectors of the write policy (rules B2), whole: values, flags and refusals."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from leadline_enrich.core.write_policy import (
    Choice,
    Claim,
    Policy,
    country,
    disagreement,
    firmographic,
    newest_per_provider,
    standing,
)
from tests.support.golden import vectors
from tests.unit.enrich.leads import RULES

NOW = datetime(2026, 3, 12, tzinfo=UTC)
VECTORS = vectors("enrich")


def employees(vector: dict[str, Any]) -> Choice:
    claim = None
    if "provider" in vector:
        claim = Claim("firmographics", vector["provider"], NOW - timedelta(days=vector.get("age_days", 10)))
    stated, by_person = vector.get("rep", vector.get("form")), "rep" in vector
    chosen = firmographic(stated, by_person, claim, NOW, RULES.policy)
    return disagreement(chosen, stated, RULES.size_bands)


@pytest.mark.parametrize("vector", [v for v in VECTORS if v["field"] == "employees" and "provider_p1" not in v])
def test_size_of_the_company(vector: dict[str, Any]) -> None:
    chosen = employees(vector)
    flag = vector.get("flag", "")
    assert chosen.value == vector["effective"]
    assert ("disagreement" in chosen.flags) == flag.startswith("disagreement")
    assert chosen.stale == flag.startswith("stale")


def test_a_lower_rank_is_refused_even_if_it_is_newer() -> None:
    (vector,) = [v for v in VECTORS if "provider_p1" in v]
    policy = Policy({"p1": 1, "p2": 2}, timedelta(days=180))
    claims = [claim for name in ("p1", "p2") for claim in said(name, vector[f"provider_{name}"])]
    stands = standing(claims, NOW, policy)
    assert stands is not None
    assert stands.value == vector["effective"]
    assert [c for c in newest_per_provider(claims) if c is not stands] == said("p2", vector["provider_p2"])
    assert vector["flag"] == "p2 refused: lower rank"


def said(provider: str, text: str) -> list[Claim]:
    parts = [part.split(" @") for part in text.split(", ")]
    return [Claim(provider, int(value), datetime.fromisoformat(day).replace(tzinfo=UTC)) for value, day in parts]


@pytest.mark.parametrize("vector", [v for v in VECTORS if v["field"] == "country"])
def test_country(vector: dict[str, Any]) -> None:
    named = {source: vector.get(source) for source in ("stated", "phone", "ip")}
    chosen = country(named, RULES.country_order, locatable=True)
    assert chosen.value == vector["effective"]
    assert chosen.flags == tuple(filter(None, [vector.get("flag")]))
