"""About whom a provider is asked: a lead's company, and what of the lead itself the provider may be told."""

from collections.abc import Sequence

from leadline_enrich.core.company_domain import company_domain
from leadline_enrich.core.consented import consents, refused_purposes
from leadline_enrich.core.enrich_rules import EnrichRules, ProviderRules
from leadline_enrich.core.questions import Question
from leadline_runtime.core.values import dataclass
from leadline_schemas.captured import LeadCaptured
from leadline_schemas.lead import Lead


@dataclass(frozen=True, slots=True)
class Subject:
    """A lead that somebody may be asked about, and the domain of its company."""

    lead: Lead
    domain: str


def domain_of(captured: LeadCaptured, rules: EnrichRules) -> str | None:
    """The domain of the lead's company."""
    company = company_domain(captured.lead, rules.lists, rules.registrable)
    return company.domain if company else None


def subject_of(captured: LeadCaptured, domain: str | None) -> Subject | None:
    """None for a lead about which nobody outside is asked: kept apart, part of another, or of no company."""
    if captured.canary or domain is None or captured.quarantine is not None or captured.merged_into is not None:
        return None
    return Subject(captured.lead, domain)


def question(subject: Subject, inputs: Sequence[str]) -> Question:
    """What a provider is asked that is told these inputs: the fewer they are, the more leads share an answer."""
    if inputs == ("domain",):
        return Question(subject.domain)
    given = {"domain": subject.domain} | {
        name: getattr(subject.lead, name, None) for name in inputs if name != "domain"
    }
    return Question(**given)


def may_ask(subject: Subject, provider: ProviderRules) -> bool:
    """Does the lead's consent allow it?"""
    consent = subject.lead.consent
    return consents(consent, provider.consent) and provider.refusal not in refused_purposes(consent)
