"""What the golden leads of the design say about enrichment."""

import pytest

from leadline_enrich.decide import decide
from leadline_runtime.step import NoView
from leadline_schemas.enriched import LeadEnriched
from tests.support.golden import golden, golden_lead
from tests.unit.enrich.leads import SECOND, golden_answers, golden_capture, grounds, record, told

LEADS = [lead["id"] for lead in golden()["leads"]]


def enriched(name: str) -> LeadEnriched:
    event = golden_capture(name)
    item = record(event)
    return told(
        decide(item, None, NoView(), grounds(item, golden_answers(name, event), event.received_at + 2 * SECOND))
    )


@pytest.mark.parametrize("name", LEADS)
def test_what_the_provider_knows_counts(name: str) -> None:
    found = enriched(name)
    known = golden_lead(name)["input"].get("provider", {})
    for domain, said in known.items():
        assert found.effective.company_domain == domain
        assert (found.effective.employees, found.effective.industry) == (said["employees"], said["industry"])
        assert found.facts["employees"].provider == "firmographics"
    assert found.complete


@pytest.mark.parametrize("name", LEADS)
def test_the_stated_country_state_and_language_stand(name: str) -> None:
    submission = golden_lead(name)["input"]["submission"]
    found = enriched(name).effective
    assert (found.country, found.state) == (submission["country"], submission.get("state"))
    assert found.language == submission.get("language", found.language)


@pytest.mark.parametrize("name", [lead["id"] for lead in golden()["leads"] if "enrich" in lead["expect"]])
def test_expectations(name: str) -> None:
    found = enriched(name)
    for field, wanted in golden_lead(name)["expect"]["enrich"].items():
        if field == "account_match":
            account = found.account
            assert wanted == (account and f"{account.domain}, {account.status}, owner {account.owner}")
        elif isinstance(wanted, str) and wanted.startswith("absent("):
            assert f"absent({found.facts[field].absent})" == wanted
            assert getattr(found.effective, field) is None
        else:
            assert getattr(found.effective, field) == wanted


def test_a_free_address_has_no_company_and_is_complete_all_the_same() -> None:
    found = enriched("G3")
    assert found.effective.domain_class == "free"
    assert found.facts["account"].absent == "no_company_domain"
    assert found.complete


# What the golden scorecards give points for, and what the chain calls it.
CALLED = {
    "fit.role.decision_maker": ("seniority", {"c_level", "vp", "director", "head"}),
    "fit.role.manager": ("seniority", {"manager"}),
    "fit.role.practitioner": ("seniority", {"practitioner"}),
    "fit.penalty.student": ("seniority", {"student"}),
}
BANDS = {
    ("fit.company.size", 20): ("size_band", {"50-999"}),
    ("fit.company.size", 15): ("size_band", {"1000-4999"}),
    ("fit.company.size", 10): ("size_band", {"20-49", "5000+"}),
    ("fit.company.industry", 25): ("industry_band", {"target"}),
    ("fit.company.industry", 10): ("industry_band", {"adjacent"}),
}


@pytest.mark.parametrize("name", [name for name in LEADS if name != "G7"])  # whose title and company are G2's
def test_seniority_and_bands_are_what_the_scorecard_gives_points_for(name: str) -> None:
    found = enriched(name).effective
    points = golden_lead(name)["expect"]["score"]["fit"]["contributions"]
    for each in points:
        field, wanted = CALLED.get(each["rule"]) or BANDS.get((each["rule"], each["raw"])) or ("", {""})
        assert getattr(found, field, "") in wanted, each["rule"]
    if not any(each["rule"] in CALLED for each in points):
        assert found.seniority is None
