"""`lead.enriched`: the lead and its facts, each with provenance."""

from typing import Any, Literal

from pydantic import Field

from leadline_schemas.captured import LeadCaptured
from leadline_schemas.event import Event, Instant, Model
from leadline_schemas.vocabulary import Function, Seniority


class Fact(Model):
    """One thing a provider said, or why it said nothing. Providers write facts, never lead fields (rules B2)."""

    value: Any = None
    absent: str | None = Field(
        default=None, description="why there is no value: no_company_domain, not_found, timeout ..."
    )
    provider: str
    at: Instant
    confidence: float = Field(default=1.0, description="how sure it is, 0 to 1; what somebody states of itself is 1")
    written: Literal["filled", "refreshed", "refused"] = "filled"
    flags: tuple[str, ...] = ()


class Account(Model):
    """The account that the lead's company domain belongs to."""

    domain: str
    name: str | None = None
    status: str
    owner: str | None = None
    parent: str | None = Field(default=None, description="domain of the account that it belongs to")
    parent_owner: str | None = None


class Effective(Model):
    """The value that counts per field, chosen between statement and facts by the write policy."""

    country: str | None = None
    state: str | None = None
    language: str | None = None
    employees: int | None = None
    industry: str | None = None
    domain_class: Literal["free", "disposable", "role", "corporate"] | None = None
    company_domain: str | None = None
    seniority: Seniority | None = Field(default=None, description="how far up in the company, by the job title")
    function: Function | None = Field(default=None, description="what the work is, by the job title")
    size_band: str | None = Field(default=None, description="of employees: 50-999, the last one open: 5000+")
    industry_band: Literal["target", "adjacent", "other"] | None = None
    first_touch_channel: str | None = None
    last_touch_channel: str | None = None
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
