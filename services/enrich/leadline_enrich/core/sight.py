"""What an enrichment may look at: the lead, what was known before, what providers answered, the rules, the time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from leadline_enrich.core.answers import Answer, Gathered
from leadline_enrich.core.company_domain import CompanyDomain
from leadline_enrich.core.enrich_rules import EnrichRules
from leadline_enrich.core.write_policy import Choice
from leadline_schemas.captured import LeadCaptured
from leadline_schemas.enriched import Account, Fact
from leadline_schemas.event import trusted
from leadline_schemas.lead import Lead

fact_of = trusted(Fact)


@dataclass(slots=True)
class Sight:
    """One lead in front of the chain. `earlier` are the facts last known; `found` those of this run, so far;
    `confidence`: how sure each way of the enrichment is whose turn it is; `chosen`: what was chosen, and by which fact;
    `lead`: as it was captured."""

    captured: LeadCaptured
    company: CompanyDomain | None
    gathered: Gathered
    earlier: Mapping[str, Fact]
    rules: EnrichRules
    now: datetime
    earlier_account: Account | None = None
    confidence: Mapping[str, float] = field(default_factory=dict)
    found: dict[str, Fact] = field(default_factory=dict)
    chosen: dict[str, tuple[Fact | None, Choice]] = field(default_factory=dict)
    lead: Lead = field(init=False)

    def __post_init__(self) -> None:
        """What nearly every enrichment asks for is looked up once."""
        self.lead = self.captured.lead

    @property
    def domain(self) -> str | None:
        """The company's, if the lead has one."""
        return self.company.domain if self.company is not None else None

    def answer(self, provider: str) -> Answer:
        """What a provider said about the lead's company."""
        return self.gathered.answer(provider, self.domain)

    def derived(self, provider: str, value: object, absent: str | None = None, way: str = "any") -> Fact:
        """A fact that follows from the lead itself, true since it was received; without a value, why there is none.

        `way`: how it is known, where an enrichment has several ways, each with its confidence.
        """
        at = self.captured.received_at
        if value is None:
            return fact_of(provider=provider, at=at, absent=absent)
        return fact_of(provider=provider, at=at, value=value, confidence=self.confidence[way])

    def absent(self, name: str, provider: str, reason: str) -> Fact:
        """A fact that a provider does not give. It is as old as the first time that it was missing for this reason."""
        before = self.earlier.get(name)
        if before is not None and before.absent == reason and before.provider == provider:
            return before
        return fact_of(provider=provider, at=self.now, absent=reason)
