"""Which value of a field about the company counts: between what was stated and what its fact says."""

from collections.abc import Mapping

from leadline_enrich.core.sight import Sight
from leadline_enrich.core.write_policy import Choice, Claim, firmographic
from leadline_schemas.enriched import Fact


def firmographic_choice(sight: Sight, facts: Mapping[str, Fact], field: str) -> Choice:
    """The value that counts of `employees` or `industry` (rules B2)."""
    fact = facts.get(field)
    before = sight.chosen.get(field)
    if before is not None and before[0] is fact:  # it is asked for the band, and for the lead
        return before[1]
    made = _choice(sight, fact, field)
    sight.chosen[field] = (fact, made)
    return made


def _choice(sight: Sight, fact: Fact | None, field: str) -> Choice:
    lead, write = sight.lead, sight.rules.writes.get(field, "never")
    stated = getattr(lead, field)
    if write == "never" or (write == "fill" and stated is not None):
        fact = None
    claim = Claim(fact.provider, fact.value, fact.at) if fact and fact.value is not None else None
    by_person = sight.captured.sources.get(field, lead.source) in sight.rules.person_sources
    return firmographic(stated, by_person, claim, sight.now, sight.rules.policy)
