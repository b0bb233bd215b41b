"""The compiled rules of enrichment, as pure functions use them."""

from collections.abc import Mapping
from datetime import timedelta

from leadline_enrich.core.company_domain import Registrable
from leadline_enrich.core.domain_class import DomainLists
from leadline_enrich.core.write_policy import Policy
from leadline_runtime.core.values import dataclass


@dataclass(frozen=True, slots=True)
class AskAgain:
    """Waits before a silent provider is asked once more (the last one repeats), and how often at most."""

    after: tuple[timedelta, ...]
    at_most: int


@dataclass(frozen=True, slots=True)
class EnrichRules:
    """What `rules/enrichment.yaml` says. `budget` is the time for all questions of one batch."""

    chain: tuple[str, ...]
    lists: DomainLists
    registrable: Registrable
    policy: Policy
    person_sources: frozenset[str]
    size_bands: tuple[int, ...]
    country_order: tuple[str, ...]
    generic_domains: frozenset[str]
    languages: Mapping[str, str]
    ask_again: AskAgain
    budget: timedelta
    cache_for: timedelta
