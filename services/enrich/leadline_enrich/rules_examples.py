"""The examples inside `rules/enrichment.yaml`: a rules file whose examples fail does not load."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from leadline_enrich.core.answers import NOT_FOUND, Answer, Gathered
from leadline_enrich.core.chain import ACCOUNT_PROVIDER, learn
from leadline_enrich.core.company_domain import company_domain
from leadline_enrich.core.enrich_rules import EnrichRules
from leadline_enrich.core.sight import Sight
from leadline_runtime.durations import Duration
from leadline_runtime.rules import RulesError, RulesModel
from leadline_schemas.captured import LeadCaptured
from leadline_schemas.event import Basis, RulesRef
from leadline_schemas.lead import Lead
from leadline_schemas.vocabulary import Source

_NOW = datetime(2026, 3, 10, 10, tzinfo=UTC)
_ID = UUID(int=0)


class Stated(RulesModel):
    """What the lead of an example says of itself."""

    email: str | None = None
    phone: str | None = None
    website: str | None = None
    country: str | None = None
    language: str | None = None
    employees: int | None = None
    source: Source = "website_form"


class ProviderSays(RulesModel):
    """What the firmographic table of an example holds, and how old it is."""

    employees: int | None = None
    industry: str | None = None
    country: str | None = None
    age: Duration = timedelta()


class Expected(RulesModel):
    """What must come out; what is not named is not looked at."""

    domain_class: str | None = None
    company_domain: str | None = None
    country: str | None = None
    language: str | None = None
    employees: int | None = None
    industry: str | None = None
    stale: tuple[str, ...] = ()


class Example(RulesModel):
    """One case: a lead, what a provider says, and the values that count."""

    name: str
    lead: Stated
    provider: ProviderSays | None = None
    expect: Expected


def check_examples(file: str, examples: Sequence[Example], rules: EnrichRules) -> None:
    """Run them all. Raises RulesError for the first that does not come out as it says."""
    for place, example in enumerate(examples):
        found = learn(_sight(example, rules)).effective
        for field in sorted(example.expect.model_fields_set):
            wanted, got = getattr(example.expect, field), getattr(found, field)
            if wanted != got:
                path = f"examples.{place}.expect.{field}"
                raise RulesError(file, path, f"{example.name!r} comes out as {got!r} instead of {wanted!r}")


def _sight(example: Example, rules: EnrichRules) -> Sight:
    lead = Lead(**example.lead.model_dump())
    company = company_domain(lead, rules.lists, rules.registrable)
    basis = Basis(decided_at=_NOW, rules=RulesRef(version="", digest=""), code="", cause=_ID, cause_kind="record")
    captured = LeadCaptured(lead_id=_ID, revision=1, basis=basis, outcome="created", received_at=_NOW, lead=lead)
    answers = {name: _answer(example.provider) for name in rules.policy.ranks} | {ACCOUNT_PROVIDER: NOT_FOUND}
    gathered = Gathered(domain=company.domain if company else None, answers=answers)
    return Sight(captured=captured, company=company, gathered=gathered, earlier={}, rules=rules, now=_NOW)


def _answer(said: ProviderSays | None) -> Answer:
    if said is None:
        return NOT_FOUND
    values: dict[str, Any] = said.model_dump(exclude={"age"}, exclude_none=True)
    return Answer(status="found", values=values, stated_at=_NOW - said.age)
