"""The values that count: one choice per field between what was stated and the facts (rules B2)."""

from collections.abc import Mapping

from leadline_enrich.core.sight import Sight
from leadline_enrich.core.write_policy import STATED, Choice, Claim, country, disagreement, firmographic
from leadline_schemas.enriched import Effective, Fact
from leadline_schemas.event import trusted

_effective_of = trusted(Effective)


def effective(sight: Sight, facts: Mapping[str, Fact]) -> tuple[Effective, dict[str, Fact]]:
    """The values that count, and the facts with what is odd about them flagged."""
    lead = sight.lead
    employees = disagreement(_firmographic(sight, facts, "employees"), lead.employees, sight.rules.size_bands)
    industry = _firmographic(sight, facts, "industry")
    place = _country(sight, facts)
    language = Choice(lead.language, STATED) if lead.language else _single(facts, "language")
    chosen = {"country": place, "employees": employees, "industry": industry, "language": language}
    values = _effective_of(
        country=place.value,
        state=lead.state if place.source == STATED or lead.country is None else None,
        language=language.value,
        employees=employees.value,
        industry=industry.value.strip().lower() if industry.value else None,
        domain_class=_single(facts, "domain_class").value,
        company_domain=_single(facts, "company_domain").value,
        stale=tuple(name for name, choice in chosen.items() if choice.stale),
        sources={name: choice.source for name, choice in chosen.items() if choice.source},
    )
    return values, _flagged(facts, {"employees": employees.flags, f"country:{place.source}": place.flags}, place)


def _flagged(facts: Mapping[str, Fact], flags: Mapping[str, tuple[str, ...]], place: Choice) -> dict[str, Fact]:
    marked = dict(facts)
    for name, odd in flags.items():
        if odd and name in marked:
            marked[name] = marked[name].model_copy(update={"flags": (*marked[name].flags, *odd)})
    if place.flags and place.source == STATED:
        for name, fact in facts.items():
            if name.startswith("country:") and fact.value not in (None, place.value):
                marked[name] = fact.model_copy(update={"flags": (*fact.flags, *place.flags)})
    return marked


def _single(facts: Mapping[str, Fact], name: str) -> Choice:
    fact = facts.get(name)
    return Choice() if fact is None or fact.value is None else Choice(fact.value, fact.provider)


def _firmographic(sight: Sight, facts: Mapping[str, Fact], field: str) -> Choice:
    fact = facts.get(field)
    claim = Claim(fact.provider, fact.value, fact.at) if fact and fact.value is not None else None
    source = sight.captured.sources.get(field, sight.lead.source)
    by_person = source in sight.rules.person_sources
    return firmographic(getattr(sight.lead, field), by_person, claim, sight.now, sight.rules.policy)


def _country(sight: Sight, facts: Mapping[str, Fact]) -> Choice:
    lead = sight.lead
    said: dict[str, str | None] = {STATED: lead.country}
    for source in sight.rules.country_order:
        fact = facts.get(f"country:{source}")
        if fact is not None and "stale" not in fact.flags:
            said[source] = fact.value
    locatable = any((lead.phone, lead.street, lead.city, lead.postal_code, lead.state))
    return country(said, sight.rules.country_order, locatable=locatable)
