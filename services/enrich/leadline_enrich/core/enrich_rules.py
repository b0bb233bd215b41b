"""The compiled rules of enrichment, as pure functions use them."""

from collections.abc import Mapping
from dataclasses import field
from datetime import timedelta

from leadline_enrich.core.address_country import Places
from leadline_enrich.core.company_domain import Registrable
from leadline_enrich.core.domain_class import DomainLists
from leadline_enrich.core.ip_country import Assigned
from leadline_enrich.core.links import Link, Write
from leadline_enrich.core.rows import TableKind
from leadline_enrich.core.titles import Titles
from leadline_enrich.core.vendor_rules import VendorRules
from leadline_enrich.core.write_policy import Policy
from leadline_runtime.core.values import dataclass
from leadline_schemas.vocabulary import ConsentPurpose


@dataclass(frozen=True, slots=True)
class AskAgain:
    """Waits before a silent provider is asked once more (the last one repeats), and how often at most.

    `late`: the first waits while an answer is still on its way.
    """

    after: tuple[timedelta, ...]
    at_most: int
    late: tuple[timedelta, ...] = ()


@dataclass(frozen=True, slots=True)
class ProviderRules:
    """How one provider is asked. `consent`: the purpose that a lead must have consented to, if any; `refusal`: the one
    that it must not have refused.

    `fields`: what it may say of a company; `inputs`: what it is told of a lead. `budget`: the longest that a batch
    waits for it. `digest`: of all that its answers depend on, so that a cache knows them apart. `table` and `file` are
    those of a table, `http` how a vendor is asked.
    """

    name: str
    digest: str
    budget: timedelta
    fields: frozenset[str] = frozenset()
    inputs: tuple[str, ...] = ("domain",)
    consent: ConsentPurpose | None = None
    refusal: ConsentPurpose | None = None
    table: TableKind | None = None
    file: str | None = None
    http: VendorRules | None = None

    @property
    def identity(self) -> str:
        """What is opened once and kept open: asked otherwise, or within other limits, it is another."""
        limits = self.http and (self.http.limits, self.http.breaker, self.http.found_for, self.http.not_found_for)
        return f"{self.name}:{self.digest}:{limits}"


@dataclass(frozen=True, slots=True)
class EnrichRules:
    """What `rules/enrichment.yaml` says. `budget` is the time for all questions of one batch.

    links: the chain. writes: how each fact may be written. assigned: the country of an address of the internet.
    industry_bands: the industries that are in a band.
    `providers` stand in the order of their ranks; `fields` are what they are asked for, and the fact each becomes.
    unused: facts that count for nothing. country_facts: the sources of a country that count, and the fact of each.
    """

    links: tuple[Link, ...]
    writes: Mapping[str, Write]
    titles: Titles
    places: Places
    assigned: Assigned
    industry_bands: Mapping[str, str]
    lists: DomainLists
    registrable: Registrable
    policy: Policy
    providers: tuple[ProviderRules, ...]
    fields: Mapping[str, str]
    person_sources: frozenset[str]
    size_bands: tuple[int, ...]
    country_order: tuple[str, ...]
    generic_domains: frozenset[str]
    languages: Mapping[str, str]
    ask_again: AskAgain
    budget: timedelta
    unused: frozenset[str] = field(init=False)
    country_facts: tuple[tuple[str, str], ...] = field(init=False)

    def __post_init__(self) -> None:
        """What follows from the rules for every lead alike."""
        self.unused = frozenset(fact for fact, write in self.writes.items() if write == "never")  # type: ignore[misc]
        facts = {source: f"country:{source}" for source in self.country_order}
        self.country_facts = tuple(  # type: ignore[misc]
            (source, fact) for source, fact in facts.items() if fact not in self.unused
        )
