"""Which held acts of an unknown person turn out to be a lead's, once it is known (rules B1.8)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from leadline_capture.core.acts import Observed
from leadline_capture.core.consent import consent_records, state_of
from leadline_capture.core.identity import owner_at
from leadline_capture.core.known_lead import KnownLead
from leadline_runtime.core.values import dataclass


@dataclass(frozen=True, slots=True)
class Claimant:
    """The lead that may be who it was: what is known of it, and who identified with the anonymous id when."""

    lead_id: UUID
    known: KnownLead
    claims: Sequence[tuple[datetime, UUID]] = ()


def attachable(held: Sequence[Observed], by: Claimant, at: datetime, back: timedelta) -> list[Observed]:
    """Of the acts held under the lead's keys those that are its own: up to `back` before `at`, no key of theirs saying
    that it was somebody else; anonymous ones as far as they are not another's, and only if profiling is not refused."""
    if not held:
        return []
    known, refused = by.known, profiling_refused(by.known)
    found = []
    for each in held:
        if each.act.occurred_at < at - back or known.knows(each.id):
            continue
        if each.keys.contact:
            own = not any(known.has_other(key) for _, key in each.keys.contact)
        else:
            own = not refused and owner_at(by.claims, each.act.occurred_at) == by.lead_id
        if own:
            found.append(each)
    return found


def profiling_refused(known: KnownLead) -> bool:
    """Did the person say that what it does must not be put together?"""
    said = [each for each in known.statements if each.purpose == "profiling"]
    return bool(said) and state_of(consent_records(said, (), ()), "profiling", "any") in ("declined", "withdrawn")
