"""The lead as every step sees it: a function of what is known of it."""

from typing import Any

from leadline_capture.core.consent import acted_after_withdrawal, consent_records
from leadline_capture.core.known_lead import KnownLead
from leadline_capture.core.lead_type import lead_type
from leadline_capture.core.receipt import CaptureTables
from leadline_capture.core.survivorship import ADDRESS, alternates, standing
from leadline_schemas.event import trusted
from leadline_schemas.lead import Attribution, Lead, PersonRef, PossibleDuplicate

_lead_of, _attribution_of = trusted(Lead), trusted(Attribution)

SINGLE = (
    "title", "email", "phone", "company", "website", "language", "ip", "employees", "industry", "revenue", "budget",
    "timeline_months", "interest", "message", "owner",
)  # fmt: skip


def lead_of(known: KnownLead, tables: CaptureTables) -> Lead:
    """The effective values."""
    found = standing(known.fields)
    values: dict[str, Any] = {field: found[field] for field in SINGLE if field in found}
    values.update(found.get("name", {}))
    values.update(found.get(ADDRESS, {}))
    referrer = found.get("referrer")
    begun = known.beginning
    return _lead_of(
        **values,
        emails=known.emails,
        external_ids=known.external_ids,
        referrer=PersonRef(**referrer) if referrer else None,
        extra={field[6:]: value for field, value in sorted(found.items()) if field.startswith("extra.")},
        type=lead_type(known.requests, tables.type_window),
        source=begun.source,
        source_detail=begun.detail,
        segment=tables.sources[begun.source].segment,
        stage="raw" if known.quarantine and known.quarantine.reason == "no_contact" else "captured",
        consent=consent_records(known.statements, known.emails, known.phones),
    )


def fields_changed(before: Lead | None, after: Lead) -> tuple[str, ...]:
    """Names of the effective values that differ; nothing for a new lead. Information only."""
    if before is None:
        return ()
    return tuple(name for name in Lead.model_fields if getattr(before, name) != getattr(after, name))


def content_of(known: KnownLead, lead: Lead) -> dict[str, Any]:
    """The parts of `lead.captured` that are a function of what is known; the rest tells of one revision."""
    first, last = known.first_touch, known.last_touch
    return {
        "lead": lead,
        "aliases": known.aliases,
        "quarantine": known.quarantine,
        "parted_at": known.parted_at,
        "passed_on": known.passed_on or None,
        "possible_duplicates": _suspects(known),
        "attribution": _attribution_of(first_touch=first, last_touch=last) if first and last else None,
        "alternates": alternates(known.fields),
        "requests": known.requests,
        "sources": _sources(known),
        "acts": known.acts,
        "acted_after_withdrawal": acted_after_withdrawal(known.statements, known.marketing),
    }


def _suspects(known: KnownLead) -> tuple[PossibleDuplicate, ...]:
    """Those that are not part of it by now."""
    if not known.parts:
        return known.possible_duplicates
    own = {origin for origin, _ in known.parts}
    return tuple(each for each in known.possible_duplicates if each.lead_id not in own)


def _sources(known: KnownLead) -> dict[str, str]:
    """Who said each value that stands, where it was not the lead's own source."""
    found: dict[str, str] = {}
    own = known.beginning.source
    if all(values[0].best.source == own for values in known.fields.values()):
        return found
    for field, values in sorted(known.fields.items()):
        source = values[0].best.source
        if source != own:
            shown = values[0].shown
            for name in shown if isinstance(shown, dict) and field != "referrer" else (field,):
                found[name] = source
    return found
