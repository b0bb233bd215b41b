"""`lead.enriched`: the lead and its facts, each with provenance."""

from typing import Any, Literal

from pydantic import Field

from leadline_schemas.captured import LeadCaptured
from leadline_schemas.event import Event, Instant, Model


class Fact(Model):
    """One thing a provider said, or why it said nothing. Providers write facts, never lead fields (rules B2)."""

    value: Any = None
    absent: str | None = Field(
        default=None, description="why there is no value: no_company_domain, not_found, timeout ..."
    )
    provider: str
    at: Instant
    confidence: float = 1.0
    written: Literal["filled", "refreshed", "refused"] = "filled"
    flags: tuple[str, ...] = ()


class Account(Model):
    """The account that the lead's company domain belongs to."""

    domain: str
    name: str | None = None
    status: str
    owner: str | None = None


class Effective(Model):
    """The value that counts per field, chosen between statement and facts by the write policy."""

    country: str | None = None
    state: str | None = None
    language: str | None = None
    employees: int | None = None
    industry: str | None = None
    domain_class: Literal["free", "disposable", "role", "corporate"] | None = None
    company_domain: str | None = None
    stale: tuple[str, ...] = ()
    sources: dict[str, str] = Field(
        default_factory=dict, description="who said the value that counts, per field: stated, or a provider"
    )


class LeadEnriched(Event):
    """What is known of the lead, and from whom."""

    facts: dict[str, Fact]
    account: Account | None = None
    effective: Effective
    complete: bool
    captured: LeadCaptured
