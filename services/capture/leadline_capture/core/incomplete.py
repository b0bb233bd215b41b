"""What is missing of a lead: listed, never refused (rules B1.2)."""

from leadline_schemas.lead import Lead


def incomplete(lead: Lead) -> tuple[str, ...]:
    """The missing ones of company, country, e-mail, name and phone, in this order."""
    return tuple(field for field in ("company", "country", "email", "name", "phone") if getattr(lead, field) is None)
