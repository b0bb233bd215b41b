"""The laws of the write policy: no order of arrival matters, ranks and ages decide."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from leadline_enrich.core.write_policy import (
    STATED,
    Claim,
    Policy,
    country,
    disagreement,
    firmographic,
    is_fresh,
    newest_per_provider,
    size_band,
    standing,
)
from tests.unit.enrich.leads import RULES

NOW = datetime(2026, 3, 12, tzinfo=UTC)
POLICY = Policy({"p1": 1, "p2": 2, "p3": 3}, timedelta(days=180))

ages = st.integers(0, 400).map(lambda days: NOW - timedelta(days=days))
claims = st.builds(Claim, st.sampled_from(["p1", "p2", "p3"]), st.integers(1, 9000), ages)
sizes = st.one_of(st.none(), st.integers(1, 9000))


@settings(max_examples=60)
@given(st.lists(claims, max_size=8), st.randoms())
def test_the_order_of_facts_does_not_matter(found: list[Claim], random: object) -> None:
    shuffled = sorted(found, key=lambda _: random.random())  # type: ignore[attr-defined]
    assert newest_per_provider(shuffled) == newest_per_provider(found)
    assert standing(shuffled, NOW, POLICY) == standing(found, NOW, POLICY)


@settings(max_examples=60)
@given(st.lists(claims, max_size=8), st.lists(claims, max_size=8))
def test_facts_in_two_goes_are_facts_in_one(first: list[Claim], second: list[Claim]) -> None:
    assert newest_per_provider([*newest_per_provider(first), *second]) == newest_per_provider([*first, *second])


@settings(max_examples=60)
@given(st.lists(claims, max_size=6), claims)
def test_a_repeat_changes_nothing(found: list[Claim], again: Claim) -> None:
    assert standing([*found, again, again], NOW, POLICY) == standing([*found, again], NOW, POLICY)


@settings(max_examples=60)
@given(st.lists(claims, max_size=6), claims)
def test_refused_a_lower_rank_never_displaces_a_fresh_higher_one(found: list[Claim], late: Claim) -> None:
    before = standing(found, NOW, POLICY)
    if (
        before is not None
        and is_fresh(before, NOW, POLICY)
        and POLICY.ranks[late.provider] > POLICY.ranks[before.provider]
    ):
        assert standing([*found, late], NOW, POLICY) == before


@settings(max_examples=60)
@given(st.lists(claims, max_size=6), claims)
def test_refreshed_a_provider_replaces_only_its_own_earlier_value(found: list[Claim], late: Claim) -> None:
    others = [c for c in newest_per_provider(found) if c.provider != late.provider]
    after = newest_per_provider([*found, late])
    assert [c for c in after if c.provider != late.provider] == others
    (own,) = [c for c in after if c.provider == late.provider]
    assert own.at >= late.at


@settings(max_examples=60)
@given(st.lists(claims, min_size=1, max_size=6))
def test_the_one_that_stands_is_fresh_if_any_is(found: list[Claim]) -> None:
    stands = standing(found, NOW, POLICY)
    assert stands is not None
    newest = newest_per_provider(found)
    assert is_fresh(stands, NOW, POLICY) == any(is_fresh(c, NOW, POLICY) for c in newest)


@settings(max_examples=60)
@given(sizes, st.booleans(), st.one_of(st.none(), claims))
def test_what_counts_was_said_by_somebody_and_is_not_too_old(
    stated: int | None, person: bool, claim: Claim | None
) -> None:
    chosen = firmographic(stated, person, claim, NOW, POLICY)
    if chosen.source == STATED:
        assert chosen.value == stated
    elif chosen.source is not None:
        assert claim is not None
        assert (chosen.value, is_fresh(claim, NOW, POLICY)) == (claim.value, True)
        assert not (person and stated is not None)
    else:
        assert chosen.value is None
        assert stated is None
        assert chosen.stale == (claim is not None)


def test_a_value_is_used_up_to_its_greatest_age_and_not_a_second_longer() -> None:
    edge = Claim("p1", 400, NOW - POLICY.max_age)
    assert is_fresh(edge, NOW, POLICY)
    assert not is_fresh(edge, NOW + timedelta(seconds=1), POLICY)


@settings(max_examples=60)
@given(st.integers(1, 9000), st.integers(1, 9000))
def test_a_disagreement_is_more_than_one_band(form: int, provider: int) -> None:
    chosen = firmographic(form, False, Claim("p1", provider, NOW), NOW, POLICY)
    flagged = disagreement(chosen, form, RULES.size_bands)
    apart = abs(size_band(form, RULES.size_bands) - size_band(provider, RULES.size_bands))
    assert flagged.value == provider
    assert flagged.flags == (("disagreement",) if apart > 1 else ())


def test_the_bands_are_those_of_the_scoring_rules() -> None:
    edges = [1, 19, 20, 49, 50, 999, 1000, 4999, 5000, 60000]
    assert [size_band(size, RULES.size_bands) for size in edges] == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert all(a < b for a, b in pairwise(RULES.size_bands))


countries = st.one_of(st.none(), st.sampled_from(["DE", "CH", "US", "GB"]))
said = st.fixed_dictionaries(dict.fromkeys(RULES.country_order, countries))


@settings(max_examples=100)
@given(said, st.booleans())
def test_a_source_speaks_only_when_all_stronger_ones_are_silent(named: dict[str, str | None], locatable: bool) -> None:
    chosen = country(named, RULES.country_order, locatable=locatable)
    if chosen.source is not None:
        place = RULES.country_order.index(chosen.source)
        assert chosen.value == named[chosen.source]
        assert not any(named[source] for source in RULES.country_order[:place])
    assert not (locatable and chosen.source == "ip")


def test_where_the_browser_was_places_no_lead_that_gave_a_number() -> None:
    assert country({"ip": "US"}, RULES.country_order, locatable=True).value is None
    assert country({"ip": "US"}, RULES.country_order, locatable=False).value == "US"
