"""Which held acts of an unknown person turn out to be a lead's, once it is known (rules B1.8)."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from leadline_capture.core.acts import Observed
from leadline_capture.core.consent import Statement, consent_records, state_of
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
    mine = [each for each in held if _is_own(each, by) and not by.known.knows(each.id)]
    said = [*by.known.statements, *(one for each in mine for one in each.statements)]
    apart = _refused(said)
    # What was said about consent grows neither old nor private: it is the person's own word.
    return [
        each
        for each in mine
        if each.statements or (each.act.occurred_at >= at - back and (each.keys.contact or not apart))
    ]


def _is_own(act: Observed, by: Claimant) -> bool:
    if act.keys.contact:
        return not any(by.known.has_other(key) for _, key in act.keys.contact)
    return owner_at(by.claims, act.act.occurred_at) == by.lead_id


def profiling_refused(known: KnownLead) -> bool:
    """Did the person say that what it does must not be put together?"""
    return _refused(known.statements)


def _refused(statements: Iterable[Statement]) -> bool:
    said = [each for each in statements if each.purpose == "profiling"]
    return bool(said) and state_of(consent_records(said, (), ()), "profiling", "any") in ("declined", "withdrawn")
