"""`rules/enrichment.yaml`: the chain, who is believed, how old a value may be, which domains name no company."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Annotated, Any, Literal

from disposable_email_domains import blocklist
from iptocc import country_code
from publicsuffixlist import PublicSuffixList
from pydantic import Field

from leadline_enrich.chain_rules import LinkFile, compile_chain
from leadline_enrich.core.domain_class import DomainLists
from leadline_enrich.core.enrich_rules import AskAgain, EnrichRules
from leadline_enrich.core.write_policy import Policy
from leadline_enrich.places_file import FILE as PLACES
from leadline_enrich.places_file import build_places
from leadline_enrich.provider_rules import ProviderFile, compiled, fields_of
from leadline_enrich.providers.rules import FOLDER, vendors
from leadline_enrich.rules_examples import Example, check_examples
from leadline_enrich.titles_file import FILE as TITLES
from leadline_enrich.titles_file import FUNCTIONS, build_titles
from leadline_runtime.durations import Duration
from leadline_runtime.rules import RulesError, RulesModel, RulesSpec, parse
from leadline_schemas.vocabulary import Source

FILE, FREE_MAIL = "enrichment.yaml", "free_mail.yaml"
CountrySource = Literal["stated", "address", "phone", "email_domain", "company_seat", "ip"]
DomainName = Annotated[str, Field(pattern=r"^[a-z0-9.-]+\.[a-z0-9-]+$")]
CountryCode = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]


class AskAgainRules(RulesModel):
    """How long to wait before a silent provider is asked again, and how often at most.

    late: the first waits while an answer is still on its way.
    """

    late: tuple[Duration, ...] = ()
    after: Annotated[tuple[Duration, ...], Field(min_length=1)]
    at_most: Annotated[int, Field(ge=1, le=1000)]


class IndustryBands(RulesModel):
    """The industries that are sold to, and those near them; every other is `other`."""

    target: Annotated[frozenset[Annotated[str, Field(pattern=r"^[^A-Z]+$")]], Field(min_length=1)]
    adjacent: frozenset[Annotated[str, Field(pattern=r"^[^A-Z]+$")]]


class DomainRules(RulesModel):
    """Additions to the lists of domains, and exceptions from the list of disposable ones."""

    disposable: frozenset[DomainName] = frozenset()
    not_disposable: frozenset[DomainName] = frozenset()
    shared: frozenset[DomainName]
    roles: frozenset[str]
    generic_country_domains: frozenset[Annotated[str, Field(pattern=r"^[a-z]{2}$")]]


class EnrichmentFile(RulesModel):
    """The whole file."""

    version: date | str
    chain: Annotated[tuple[LinkFile, ...], Field(min_length=1)]
    providers: Annotated[tuple[ProviderFile, ...], Field(min_length=1)]
    max_age: Duration
    budget_ms: Annotated[int, Field(ge=10, le=2000)]
    ask_again: AskAgainRules
    person_sources: frozenset[Source]
    country_order: tuple[CountrySource, ...]
    industry_bands: IndustryBands
    size_bands: Annotated[tuple[Annotated[int, Field(ge=1)], ...], Field(min_length=2)]
    languages: dict[CountryCode, Annotated[str, Field(pattern=r"^[a-z]{2}$")]]
    domains: DomainRules
    examples: Annotated[tuple[Example, ...], Field(min_length=1)]


class FreeMailFile(RulesModel):
    """Domains at which anybody may have an address."""

    version: date | str
    domains: frozenset[DomainName]


def build(contents: Mapping[str, Any]) -> EnrichRules:
    """The compiled rules. Raises RulesError for a chain in the wrong order, a doubtful rank, a failing example."""
    file, free = parse(EnrichmentFile, contents[FILE], FILE), parse(FreeMailFile, contents[FREE_MAIL], FREE_MAIL)
    links = compile_chain(FILE, file.chain)
    budget = timedelta(milliseconds=file.budget_ms)
    refusal = next((link.needs_consent for link in links if link.enrichment.asks == "providers"), None)
    asked = compiled(FILE, file.providers, budget, vendors(contents))
    providers = tuple(replace(each, refusal=refusal) for each in asked)
    rules = EnrichRules(
        links=links,
        writes={fact: write for link in links for fact, write in link.writes.items()},
        titles=build_titles(contents),
        places=build_places(contents[PLACES]),
        assigned=country_code,
        industry_bands=_industries(file.industry_bands),
        lists=DomainLists(
            free=free.domains,
            disposable=(frozenset(blocklist) | file.domains.disposable) - file.domains.not_disposable - free.domains,
            roles=file.domains.roles,
            shared=file.domains.shared,
        ),
        registrable=PublicSuffixList().privatesuffix,
        policy=Policy(
            ranks={provider.name: provider.rank for provider in file.providers},
            max_age=file.max_age,
            fillers=frozenset(provider.name for provider in file.providers if provider.write == "fill"),
        ),
        providers=providers,
        fields=fields_of(providers),
        person_sources=frozenset(file.person_sources),
        size_bands=_ascending(file.size_bands),
        country_order=_once(file.country_order),
        generic_domains=file.domains.generic_country_domains,
        languages=file.languages,
        ask_again=AskAgain(file.ask_again.after, file.ask_again.at_most, file.ask_again.late),
        budget=budget,
    )
    check_examples(FILE, file.examples, rules)
    return rules


def _industries(bands: IndustryBands) -> dict[str, str]:
    both = sorted(bands.target & bands.adjacent)
    if both:
        raise RulesError(FILE, "industry_bands", f"{', '.join(both)} cannot be both target and adjacent")
    return {**dict.fromkeys(bands.target, "target"), **dict.fromkeys(bands.adjacent, "adjacent")}


def _ascending(bands: tuple[int, ...]) -> tuple[int, ...]:
    if list(bands) != sorted(set(bands)):
        raise RulesError(FILE, "size_bands", "must be lower ends in ascending order, e.g. [1, 20, 50, 1000, 5000]")
    return bands


def _once(order: tuple[CountrySource, ...]) -> tuple[str, ...]:
    if len(set(order)) != len(order) or order[:1] != ("stated",):
        raise RulesError(FILE, "country_order", "must begin with stated and name each source once")
    return order


SPEC: RulesSpec[EnrichRules] = RulesSpec(
    package="leadline_enrich",
    files=(FILE, FREE_MAIL, TITLES, FUNCTIONS, PLACES),
    build=build,
    folders=(FOLDER,),
)
