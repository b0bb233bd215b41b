"""The chain: enrichments in the order of the rules, each building on what the ones before it found."""

from collections.abc import Iterable, Mapping, Sequence

from leadline_enrich.core import asked, derived
from leadline_enrich.core.account import account_of
from leadline_enrich.core.bands import name_bands
from leadline_enrich.core.completeness import is_complete
from leadline_enrich.core.consented import refused_purposes
from leadline_enrich.core.effective import effective
from leadline_enrich.core.links import Enrichment, Link, reads_of, writes_of
from leadline_enrich.core.sight import Sight
from leadline_runtime.core.values import dataclass
from leadline_schemas.enriched import Account, Effective, Fact

# The one that accounts come from.
ACCOUNT_PROVIDER = "accounts"
HINTS = ("country:address", "country:phone", "country:email_domain", "country:company_seat", "country:ip")

# What the code of each does. The rules file tells it again, for people, and is held to it (chain_rules.py).
ENRICHMENTS: Mapping[str, Enrichment] = {
    "domain_class": Enrichment(
        derived.classify_domain, reads_of("lead.email"), writes_of(["domain_class"], "refresh"), "email_domain"
    ),
    "company_domain": Enrichment(
        derived.name_company_domain,
        reads_of("lead.email", "lead.emails", "lead.website"),
        writes_of(["company_domain"], "refresh"),
        "email_domain",
    ),
    "title": Enrichment(
        derived.read_title,
        reads_of("lead.title"),
        writes_of(["seniority", "function"], "refresh"),
        "title",
        ways=("word", "guess"),
    ),
    "address_country": Enrichment(
        derived.country_of_address,
        reads_of("lead.country", "lead.street", "lead.city", "lead.state", "lead.postal_code", "lead.extra"),
        writes_of(["country:address"], "fill"),
        "address",
        ways=("name", "region", "postal_code"),
    ),
    "phone_country": Enrichment(
        derived.country_of_phone, reads_of("lead.phone"), writes_of(["country:phone"], "fill"), "phone"
    ),
    "email_country": Enrichment(
        derived.country_of_email, reads_of("lead.email"), writes_of(["country:email_domain"], "fill"), "email_domain"
    ),
    "firmographics": Enrichment(
        asked.firmographics,
        reads_of("company_domain"),
        {**writes_of(["employees", "industry"], "fill", "refresh"), **writes_of(["country:company_seat"], "fill")},
        "firmographics",
        asks="providers",
        ways=(),
    ),
    "bands": Enrichment(
        name_bands,
        reads_of("lead.employees", "lead.industry", "lead.source", "captured.sources", "employees", "industry"),
        writes_of(["size_band", "industry_band"], "refresh"),
        "rules",
        ways=(),
    ),
    "account": Enrichment(
        asked.account,
        reads_of("company_domain"),
        writes_of(["account"], "refresh"),
        ACCOUNT_PROVIDER,
        asks=ACCOUNT_PROVIDER,
        ways=(),
    ),
    "ip_country": Enrichment(derived.country_of_browser, reads_of("lead.ip"), writes_of(["country:ip"], "fill"), "ip"),
    "language": Enrichment(
        derived.guess_language, reads_of("lead.country", *HINTS), writes_of(["language"], "fill"), "country"
    ),
    "touches": Enrichment(
        derived.name_touches,
        reads_of("captured.attribution"),
        writes_of(["first_touch_channel", "last_touch_channel"], "refresh"),
        "attribution",
    ),
}


@dataclass(frozen=True, slots=True)
class Learned:
    """What is known of a lead after the chain."""

    facts: dict[str, Fact]
    account: Account | None
    effective: Effective
    complete: bool


def learn(sight: Sight) -> Learned:
    """Run the chain. Pure: the same sight always gives the same knowledge."""
    refused = refused_purposes(sight.lead.consent)
    links = sight.rules.links
    if refused:
        links = tuple(link for link in links if link.needs_consent not in refused)
    found = sight.found
    for link in links:
        sight.confidence = link.confidence
        found.update(link.enrichment.run(sight))
    if len(links) < len(sight.rules.links):
        _withhold([link for link in sight.rules.links if link not in links], sight)
    values, facts = effective(sight, sight.found)
    asked = [link.enrichment.asks for link in links if link.enrichment.asks is not None]
    accounts = ACCOUNT_PROVIDER in asked
    return Learned(
        facts=facts,
        account=account_of(sight.domain, sight.answer(ACCOUNT_PROVIDER), sight.earlier_account) if accounts else None,
        effective=values,
        complete=is_complete([sight.answer(name) for name in _asked(asked, sight.rules.policy.ranks)]),
    )


def _withhold(links: Iterable[Link], sight: Sight) -> None:
    """What a person does not want to be known is told as such; what was known of it is gone."""
    for link in links:
        absent = sight.derived(link.enrichment.provider, None, absent="consent")
        names = {*link.writes, *(sight.rules.fields.values() if link.enrichment.asks == "providers" else ())}
        sight.found.update(dict.fromkeys(sorted(names), absent))


def _asked(asked: Sequence[str], ranks: Iterable[str]) -> list[str]:
    return [*(ranks if "providers" in asked else ()), *((ACCOUNT_PROVIDER,) if ACCOUNT_PROVIDER in asked else ())]
