"""Which promises cannot be kept at all: a target that cannot be met is not armed (rules B5.3)."""

from collections.abc import Iterator

from leadline_schemas.lead import Lead
from leadline_schemas.routed import AllowedChannel, LeadRouted
from leadline_sla_monitor.core.acts import Answer


def cannot(event: LeadRouted) -> tuple[Answer, ...]:
    """What nobody can do for this lead: call without a phone, enrol without consent, thank whom nobody named."""
    return tuple(_cannot(event.scored.enriched.captured.lead, event.allowed_channels))


def _cannot(lead: Lead, allowed: tuple[AllowedChannel, ...]) -> Iterator[Answer]:
    if lead.email is None or _refused(allowed, "respond", "email"):
        yield "email"
    if lead.phone is None or _refused(allowed, "respond", "phone"):
        yield "call"
    if _refused(allowed, "marketing", None):
        yield "enrolled"
    referrer = lead.referrer
    if referrer is None or not (referrer.email or referrer.phone):
        yield "referrer"


def _refused(allowed: tuple[AllowedChannel, ...], purpose: str, channel: str | None) -> bool:
    """Did routing look at this purpose (and channel), and allow none of it?"""
    looked = False
    for each in allowed:
        if each.purpose == purpose and (channel is None or each.channel == channel):
            if each.allowed:
                return False
            looked = True
    return looked
