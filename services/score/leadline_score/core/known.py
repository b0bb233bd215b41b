"""What is known of a lead, under the names that conditions in scoring.yaml may ask. Unknown values are None."""

from typing import Any

from leadline_schemas.consent import ConsentRecord
from leadline_schemas.enriched import LeadEnriched

FACT_FIELDS = frozenset(
    {
        "title", "company", "email_domain", "country", "state", "language", "employees", "industry", "domain_class",
        "company_domain", "account_status", "budget", "timeline_months", "revenue", "interest", "buying_role", "type",
        "source", "segment", "do_not_contact", "seniority", "function", "size_band", "industry_band",
        "first_touch_channel", "last_touch_channel",
    }
)  # fmt: skip
_GIVEN = frozenset({"granted", "pending"})
_REFUSED = frozenset({"withdrawn", "declined"})


def known(enriched: LeadEnriched) -> dict[str, Any]:
    """The lead's fields and effective facts by name. A fact too old to be used is unknown (rules B2)."""
    lead, effective = enriched.captured.lead, enriched.effective
    email = lead.email
    return {
        "title": lead.title,
        "company": lead.company,
        "email_domain": email.rpartition("@")[2].lower() if email else None,
        "country": effective.country,
        "state": effective.state,
        "language": effective.language,
        "employees": effective.employees,
        "industry": effective.industry,
        "domain_class": effective.domain_class,
        "company_domain": effective.company_domain,
        "seniority": effective.seniority,
        "function": effective.function,
        "size_band": effective.size_band,
        "industry_band": effective.industry_band,
        "first_touch_channel": effective.first_touch_channel,
        "last_touch_channel": effective.last_touch_channel,
        "account_status": enriched.account.status if enriched.account else None,
        "budget": lead.budget,
        "timeline_months": lead.timeline_months,
        "revenue": lead.revenue,
        "interest": lead.interest,
        "buying_role": lead.buying_role,
        "type": lead.type,
        "source": lead.source,
        "segment": lead.segment,
        "do_not_contact": do_not_contact(lead.consent),
    }


def do_not_contact(consent: tuple[ConsentRecord, ...]) -> bool:
    """Did the person take back our leave to answer at all: `respond` withdrawn and nowhere given?"""
    states = {record.state for record in consent if record.purpose == "respond"}
    return "withdrawn" in states and not states & _GIVEN


def profiling_denied(consent: tuple[ConsentRecord, ...]) -> bool:
    """Did the person refuse to be profiled? Then the score is withheld (rules B1.9)."""
    return any(record.purpose == "profiling" and record.state in _REFUSED for record in consent)
