"""The rules file: what ships loads; what is wrong is refused with its path and what would be right."""

from copy import deepcopy
from importlib.resources import files
from typing import Any

import pytest

from leadline_enrich.core.chain import ENRICHMENTS
from leadline_enrich.rules import FILE, SPEC, build
from leadline_runtime.rules import RulesError, read_yaml
from tests.unit.enrich.leads import LOADED, RULES

SHIPPED = {name: read_yaml(name, (files("leadline_enrich") / "rules" / name).read_text("utf-8")) for name in SPEC.files}


@pytest.fixture
def contents() -> dict[str, Any]:
    return deepcopy(SHIPPED)


def test_what_ships_names_its_version_and_every_enrichment() -> None:
    assert LOADED.ref.version == "2026-03-01"
    assert {link.name for link in RULES.links} == set(ENRICHMENTS)
    assert RULES.languages["NO"] == "nb"


def test_every_enrichment_says_why_it_stands_there(contents: dict[str, Any]) -> None:
    contents[FILE]["chain"][2].pop("because")
    with pytest.raises(RulesError, match=r"enrichment.yaml: chain.2.because: Field required"):
        build(contents)


HUB = {"name": "hub", "kind": "table", "rank": 2, "file": "hub.parquet", "facts": {"funding": "Funding round"}}


def test_tables_by_rank_and_what_they_are_asked_for(contents: dict[str, Any]) -> None:
    contents[FILE]["providers"].insert(0, HUB | {"write": "fill", "consent": "profiling", "confidence": 0.7})
    rules = build(contents)
    assert [one.name for one in rules.providers] == ["firmographics", "hub"]
    assert list(rules.fields) == ["employees", "industry", "country", "funding"]
    assert rules.fields["country"] == "country:company_seat"
    assert rules.policy.fillers == {"hub"}
    assert rules.providers[1].consent == "profiling"


def test_a_provider_asked_otherwise_is_another_for_a_cache(contents: dict[str, Any]) -> None:
    contents[FILE]["providers"].append(HUB)
    before = build(contents).providers[1].digest
    contents[FILE]["providers"][1] = HUB | {"rank": 7, "write": "fill"}
    assert build(contents).providers[1].digest == before  # whether it is believed changes nothing of what it said
    contents[FILE]["providers"][1] = HUB | {"facts": {"funding": "Round"}}
    assert build(contents).providers[1].digest != before


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": "accounts"}, r"providers.1.name: 'accounts' means something else"),
        ({"name": "firmographics"}, "providers: two have the same rank or name"),
        ({"rank": 1}, "providers: two have the same rank or name"),
        ({"file": None}, "providers.1.file: is missing; name a file in LEADLINE_TABLES_DIR"),
        ({"file": "hub.xlsx"}, "providers.1.table.file: String should match pattern"),
        ({"facts": {"domain_class": "class"}}, "providers.1: gives domain_class, which the chain finds by itself"),
        ({"facts": {"funding": {"column": "f", "as": "colour"}}}, "providers.1"),
        (
            {"kind": "oracle"},
            "providers.1: Input tag 'oracle' .* of the expected tags: 'table', 'http'",
        ),
        ({"kind": "http", "file": None}, "providers.1.http.file: Extra inputs are not permitted"),
    ],
)
def test_a_doubtful_provider(contents: dict[str, Any], change: dict[str, Any], message: str) -> None:
    contents[FILE]["providers"].append(HUB | change)
    with pytest.raises(RulesError, match=message):
        build(contents)


VENDOR = {
    "title": "A registry",
    "request": {"url": "https://registry.example/{domain}"},
    "answer": {"values": {"employees": "people"}},
    "examples": [{"name": "none", "asks": {"domain": "a.com"}, "status": 404, "gives": {"status": "not_found"}}],
}


def test_a_vendor_has_its_rank_here_and_its_interface_in_a_file_of_its_own(contents: dict[str, Any]) -> None:
    contents["providers/registry.yaml"] = {"version": "1", "providers": {"registry": VENDOR}}
    contents[FILE]["providers"].append({"name": "registry", "kind": "http", "rank": 2})
    registry = build(contents).providers[1]
    assert (registry.name, registry.inputs) == ("registry", ("domain",))
    assert registry.fields == {"employees"}
    contents["providers/registry.yaml"]["providers"]["registry"] = VENDOR | {"limits": {"at_once": 3}}
    other = build(contents).providers[1]
    assert other.identity != registry.identity  # opened anew
    assert other.digest == registry.digest  # and what it said is still known


def test_a_vendor_without_a_file(contents: dict[str, Any]) -> None:
    contents[FILE]["providers"].append({"name": "registry", "kind": "http", "rank": 2})
    with pytest.raises(RulesError, match=r"providers.1.name: 'registry' is in no file of rules/providers/"):
        build(contents)


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("size_bands", [20, 1], "size_bands: must be lower ends in ascending order"),
        ("country_order", ["phone", "stated"], "country_order: must begin with stated"),
        ("max_age", "180", "max_age: .*is no duration"),
        ("surprise", 1, "surprise: Extra inputs are not permitted"),
        ("person_sources", ["the boss"], "person_sources.0: Input should be 'website_form'"),
        ("budget_ms", 5, "budget_ms: Input should be greater than or equal to 10"),
    ],
)
def test_faults_name_their_path(contents: dict[str, Any], path: str, value: object, message: str) -> None:
    contents[FILE][path] = value
    with pytest.raises(RulesError, match=message):
        build(contents)


def test_a_failing_example_refuses_the_file(contents: dict[str, Any]) -> None:
    contents[FILE]["max_age"] = "300 d"
    with pytest.raises(
        RulesError, match=r"examples.7.expect.employees: 'a value that is too old is a gap' comes out as 400"
    ):
        build(contents)


def test_the_operators_own_domains_count(contents: dict[str, Any]) -> None:
    contents[FILE]["domains"]["disposable"] = ["burner.example"]
    contents[FILE]["domains"]["not_disposable"] = ["mailinator.com"]
    contents[FILE]["examples"] = contents[FILE]["examples"][:1]
    lists = build(contents).lists
    assert "burner.example" in lists.disposable
    assert "mailinator.com" not in lists.disposable
