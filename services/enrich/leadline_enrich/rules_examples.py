"""The examples inside `rules/enrichment.yaml`: a rules file whose examples fail does not load."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from leadline_enrich.chain_watch import watch
from leadline_enrich.core.answers import NOT_FOUND, Answer, Gathered
from leadline_enrich.core.chain import ACCOUNT_PROVIDER, learn
from leadline_enrich.core.company_domain import company_domain
from leadline_enrich.core.enrich_rules import EnrichRules
from leadline_enrich.core.sight import Sight
from leadline_runtime.durations import Duration
from leadline_runtime.rules import RulesError, RulesModel
from leadline_schemas.captured import LeadCaptured
from leadline_schemas.consent import ConsentRecord
from leadline_schemas.event import Basis, RulesRef
from leadline_schemas.lead import Attribution, Lead, Touch
from leadline_schemas.vocabulary import ConsentPurpose, Source

_NOW = datetime(2026, 3, 10, 10, tzinfo=UTC)
_ID = UUID(int=0)


class Stated(RulesModel):
    """What the lead of an example says of itself."""

    email: str | None = None
    phone: str | None = None
    website: str | None = None
    country: str | None = None
    language: str | None = None
    title: str | None = None
    street: str | None = None
    city: str | None = None
    state: str | None = None
    postal_code: str | None = None
    ip: str | None = None
    employees: int | None = None
    industry: str | None = None
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
    seniority: str | None = None
    function: str | None = None
    size_band: str | None = None
    industry_band: str | None = None
    first_touch_channel: str | None = None
    last_touch_channel: str | None = None
    stale: tuple[str, ...] = ()
    sources: dict[str, str] = {}


class Touches(RulesModel):
    """Through which channels the lead of an example came."""

    first: str
    last: str


class Example(RulesModel):
    """One case: a lead, what a provider says, and the values that count. `refused`: purposes it does not agree to;
    `absent`: facts that have no value, and why."""

    name: str
    lead: Stated
    provider: ProviderSays | None = None
    touches: Touches | None = None
    refused: tuple[ConsentPurpose, ...] = ()
    expect: Expected
    absent: dict[str, str] = {}


def check_examples(file: str, examples: Sequence[Example], rules: EnrichRules) -> None:
    """Run them all, watching what each enrichment reads and writes. Raises RulesError for the first that does not come
    out as it says."""
    for place, example in enumerate(examples):
        sight = _sight(example, rules)
        for number, link in enumerate(rules.links):
            watch(file, number, link, sight)
        found = learn(_sight(example, rules))
        for field in sorted(example.expect.model_fields_set):
            wanted, got = getattr(example.expect, field), getattr(found.effective, field)
            if wanted != got:
                path = f"examples.{place}.expect.{field}"
                raise RulesError(file, path, f"{example.name!r} comes out as {got!r} instead of {wanted!r}")
        for name, reason in example.absent.items():
            fact = found.facts.get(name)
            if fact is None or fact.absent != reason:
                got = "not there" if fact is None else f"absent({fact.absent})" if fact.absent else repr(fact.value)
                raise RulesError(file, f"examples.{place}.absent.{name}", f"{example.name!r}: is {got}")


def as_captured(
    given: Mapping[str, Any],
    at: datetime,
    *,
    touches: Touches | None = None,
    refused: Sequence[ConsentPurpose] = (),
    sources: Mapping[str, Any] | None = None,
) -> LeadCaptured:
    """A lead that somebody wrote down, as capture hands it on: a state without a country is kept as it was given."""
    lead = {name: value for name, value in given.items() if value is not None}
    if "state" in lead and "country" not in lead:
        lead["extra"] = {**lead.get("extra", {}), "state_as_given": lead.pop("state")}
    consent = [ConsentRecord(purpose=purpose, channel="any", state="declined") for purpose in refused]
    return LeadCaptured(
        lead_id=_ID,
        revision=1,
        basis=Basis(decided_at=at, rules=RulesRef(version="", digest=""), code="", cause=_ID, cause_kind="record"),
        outcome="created",
        received_at=at,
        attribution=_attribution(touches, at) if touches else None,
        sources=dict(sources or {}),
        lead=Lead.model_validate({**lead, "consent": (*lead.get("consent", ()), *consent)}),
    )


def _attribution(came: Touches, at: datetime) -> Attribution:
    return Attribution(first_touch=Touch(at=at, channel=came.first), last_touch=Touch(at=at, channel=came.last))


def _sight(example: Example, rules: EnrichRules) -> Sight:
    captured = as_captured(example.lead.model_dump(), _NOW, touches=example.touches, refused=example.refused)
    company = company_domain(captured.lead, rules.lists, rules.registrable)
    answers = {name: _answer(example.provider) for name in rules.policy.ranks} | {ACCOUNT_PROVIDER: NOT_FOUND}
    gathered = Gathered(domain=company.domain if company else None, answers=answers)
    return Sight(captured=captured, company=company, gathered=gathered, earlier={}, rules=rules, now=_NOW)


def _answer(said: ProviderSays | None) -> Answer:
    if said is None:
        return NOT_FOUND
    values: dict[str, Any] = said.model_dump(exclude={"age"}, exclude_none=True)
    return Answer(status="found", values=values, stated_at=_NOW - said.age)
