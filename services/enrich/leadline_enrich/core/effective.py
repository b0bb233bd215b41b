"""The values that count: one choice per field between what was stated and the facts (rules B2)."""

from collections.abc import Mapping

from leadline_enrich.core.chosen import firmographic_choice
from leadline_enrich.core.sight import Sight
from leadline_enrich.core.write_policy import STATED, Choice, country, disagreement
from leadline_schemas.enriched import Effective, Fact
from leadline_schemas.event import trusted
from leadline_schemas.lead import Lead

_effective_of = trusted(Effective)
# Under which names capture keeps, as it was given, what it could not read.
_UNREAD = ("phone_as_given", "state_as_given", "country_as_given")
# Facts whose value counts as it is: nobody states them.
_TAKEN_OVER = (
    "domain_class", "company_domain", "seniority", "function", "size_band", "industry_band", "first_touch_channel",
    "last_touch_channel",
)  # fmt: skip


def effective(sight: Sight, facts: Mapping[str, Fact]) -> tuple[Effective, dict[str, Fact]]:
    """The values that count, and the facts with what is odd about them flagged."""
    lead, unused = sight.lead, sight.rules.unused
    employees = disagreement(firmographic_choice(sight, facts, "employees"), lead.employees, sight.rules.size_bands)
    industry = firmographic_choice(sight, facts, "industry")
    place = _country(sight, facts)
    language = Choice(lead.language, STATED) if lead.language else _single(sight, facts, "language")
    chosen = (("country", place), ("employees", employees), ("industry", industry), ("language", language))
    values = _effective_of(
        country=place.value,
        state=lead.state if place.source == STATED or lead.country is None else None,
        language=language.value,
        employees=employees.value,
        industry=industry.value.strip().lower() if industry.value else None,
        stale=tuple([name for name, choice in chosen if choice.stale]),
        sources={name: choice.source for name, choice in chosen if choice.source},
        **{name: facts[name].value if name in facts and name not in unused else None for name in _TAKEN_OVER},
    )
    if not (employees.flags or place.flags):
        return values, dict(facts)
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


def _single(sight: Sight, facts: Mapping[str, Fact], name: str) -> Choice:
    fact = facts.get(name)
    if fact is None or fact.value is None or name in sight.rules.unused:
        return Choice()
    return Choice(fact.value, fact.provider)


def _country(sight: Sight, facts: Mapping[str, Fact]) -> Choice:
    lead = sight.lead
    said: dict[str, str | None] = {STATED: lead.country}
    for source, name in sight.rules.country_facts:
        fact = facts.get(name)
        if fact is not None and "stale" not in fact.flags:
            said[source] = fact.value
    return country(said, sight.rules.country_order, locatable=_locatable(lead))


def _locatable(lead: Lead) -> bool:
    """Did the lead give a number or an address, be it one that could not be read?"""
    if lead.phone or lead.street or lead.city or lead.postal_code or lead.state:
        return True
    return any(map(lead.extra.get, _UNREAD))
