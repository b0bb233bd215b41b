"""What the canary sends, and nobody else: so that its key hides nobody's lead."""

from typing import Final

from leadline_schemas.payloads import LeadPayload

# RFC 2606: no such address can ever be anybody's.
DOMAIN: Final = "canary.invalid"
_SAYS: Final = frozenset({"type", "email"})


def is_canary(payload: LeadPayload) -> bool:
    """Whether it says nothing but an address that nobody has; a lead says more, or something else."""
    email = payload.email or ""
    return payload.model_fields_set <= _SAYS and email.endswith(f"@{DOMAIN}") and payload.type in (None, "other")
