"""The chain of the rules file: what it says is held to the code, and the code to what it does."""

from copy import deepcopy
from dataclasses import replace
from importlib.resources import files
from typing import Any

import pytest

from leadline_enrich.core.chain import ENRICHMENTS, Learned, learn
from leadline_enrich.core.company_domain import company_domain
from leadline_enrich.core.enrich_rules import EnrichRules
from leadline_enrich.core.sight import Sight
from leadline_enrich.rules import FILE, SPEC, build
from leadline_runtime.rules import RulesError, read_yaml
from leadline_schemas.captured import LeadCaptured
from tests.unit.enrich.leads import NOW, RULES, answers, captured

SHIPPED = {name: read_yaml(name, (files("leadline_enrich") / "rules" / name).read_text("utf-8")) for name in SPEC.files}


@pytest.fixture
def contents() -> dict[str, Any]:
    return deepcopy(SHIPPED)


def place_of(contents: dict[str, Any], name: str) -> int:
    return [link["enrich"] for link in contents[FILE]["chain"]].index(name)


def test_an_enrichment_before_what_it_reads(contents: dict[str, Any]) -> None:
    chain = contents[FILE]["chain"]
    chain.insert(0, chain.pop(place_of(contents, "firmographics")))
    with pytest.raises(RulesError, match=r"chain.0: firmographics must stand after company_domain"):
        build(contents)


@pytest.mark.parametrize(
    ("name", "key", "value", "message"),
    [
        ("title", "enrich", "horoscope", "enrich: 'horoscope' is no enrichment; known: account, "),
        ("title", "enrich", "titel", "enrich: 'titel' is no enrichment; did you mean title?"),
        ("title", "enrich", "domain_class", "domain_class never reads lead.title|domain_class also reads lead.email"),
        ("title", "reads", [], "reads: title also reads lead.title"),
        ("title", "reads", ["lead.title", "lead.email"], "reads: title never reads lead.email"),
        ("title", "writes", {"seniority": "refresh"}, "writes: title also writes function"),
        ("title", "writes", {"seniority": "fill", "function": "refresh"}, "writes.seniority: title cannot keep fill"),
        ("title", "confidence", 0.8, "confidence: title needs a number for each of word, guess"),
        ("title", "confidence", {"word": 2, "guess": 1}, "confidence"),
        ("title", "asks", "accounts", "asks: title asks nobody; say that, or leave it out"),
        ("title", "needs_consent", "world peace", "needs_consent"),
        ("firmographics", "asks", None, "asks: firmographics asks providers"),
        ("firmographics", "confidence", 1, "confidence: firmographics needs no number: the answer says"),
        ("phone_country", "confidence", None, "confidence: phone_country needs one number"),
    ],
)
def test_what_the_file_says_is_held_to_the_code(
    contents: dict[str, Any], name: str, key: str, value: object, message: str
) -> None:
    contents[FILE]["chain"][place_of(contents, name)][key] = value
    with pytest.raises(RulesError, match=message):
        build(contents)


def test_what_the_code_says_of_itself_is_held_to_what_it_does(
    contents: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = ENRICHMENTS["language"]
    liar = replace(honest, reads=honest.reads - {"country:phone"})
    monkeypatch.setitem(ENRICHMENTS, "language", liar)
    chain = contents[FILE]["chain"][place_of(contents, "language")]
    chain["reads"].remove("country:phone")
    with pytest.raises(RulesError, match=r"chain.10.reads: language also reads country:phone"):
        build(contents)


def test_an_enrichment_twice(contents: dict[str, Any]) -> None:
    contents[FILE]["chain"].append(contents[FILE]["chain"][0])
    with pytest.raises(RulesError, match="domain_class stands twice"):
        build(contents)


def test_an_industry_in_two_bands(contents: dict[str, Any]) -> None:
    contents[FILE]["industry_bands"]["adjacent"].append("logistics")
    with pytest.raises(RulesError, match="logistics cannot be both target and adjacent"):
        build(contents)


def test_the_bands_of_industries_are_those_that_get_points() -> None:
    levels = {"target": 25, "adjacent": 10}
    scoring = read_yaml("scoring.yaml", (files("leadline_score") / "rules" / "scoring.yaml").read_text("utf-8"))
    scored = scoring["fit"]["groups"]["company"]["rules"]["industry"]["levels"]
    given = {industry: level["points"] for level in scored for industry in level["when"]["industry"]["in"]}
    assert given == {industry: levels[band] for industry, band in RULES.industry_bands.items()}


def test_fill_yields_to_a_form_and_never_counts_for_nothing(contents: dict[str, Any]) -> None:
    form = captured(lead={"email": "ann@acme.example", "employees": 50})
    chain = contents[FILE]["chain"][place_of(contents, "firmographics")]
    contents[FILE]["examples"] = contents[FILE]["examples"][:1]
    found = {}
    for write in ("refresh", "fill"):
        chain["writes"]["employees"] = write
        found[write] = learned(form, build(contents), employees=5000).effective.employees
    assert found == {"refresh": 5000, "fill": 50}
    chain["writes"]["industry"] = "never"
    contents[FILE]["examples"] = [{"name": "any", "lead": {"email": "a@b.example"}, "expect": {}}]
    seen = learned(form, build(contents), industry="retail")
    assert (seen.effective.industry, seen.facts["industry"].value) == (None, "retail")


def learned(event: LeadCaptured, rules: EnrichRules, **values: Any) -> Learned:
    gathered, company = answers(event, **values), company_domain(event.lead, rules.lists, rules.registrable)
    return learn(Sight(captured=event, company=company, gathered=gathered, earlier={}, rules=rules, now=NOW))


def test_an_enrichment_can_be_left_out(contents: dict[str, Any]) -> None:
    del contents[FILE]["chain"][place_of(contents, "language")]
    contents[FILE]["examples"] = [e for e in contents[FILE]["examples"] if "language" not in str(e["expect"])]
    assert "language" not in [link.name for link in build(contents).links]
