"""A request as the monitor knows it: what was asked when, and what the first routing that held it said about it."""

from collections.abc import Container, Iterable, Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from leadline_runtime.core.values import dataclass, replace
from leadline_schemas.lead import Request
from leadline_schemas.vocabulary import LEAD_TYPES, LeadType

MOST_ASKED = 50
# The decision clock of a request: not in a captured event yet, kept back by quarantine, armed.
DecisionClock = Literal["unseen", "held_back", "armed"]
_RANK: dict[str, int] = {name: rank for rank, name in enumerate(LEAD_TYPES)}


@dataclass(frozen=True, slots=True)
class Asked:
    """One request that starts clocks (a historical one never becomes an Asked).

    `released_at`: when the lead's quarantine ended that held it back. From the first routing on: `routed_at`, the
    `policy` chosen then (None: no promise), the lead's `source`, the `added` policies, whether it was routed to
    `nurture`, the `territory`, what `cannot` be answered, and `manual`, a lead that one of ours added by hand.
    `origin`: the lead it was first resolved to, if that is not this one.
    """

    id: UUID
    type: LeadType
    start: datetime
    received_at: datetime
    event_end: datetime | None = None
    missed_call: bool = False
    decision: DecisionClock = "unseen"
    released_at: datetime | None = None
    routed_at: datetime | None = None
    policy: str | None = None
    source: str | None = None
    added: tuple[str, ...] = ()
    nurture: bool = False
    territory: str | None = None
    cannot: tuple[str, ...] = ()
    manual: bool = False
    origin: UUID | None = None

    @property
    def clock_start(self) -> datetime:
        """When a customer's clock starts: at the act, or at the release of a lead that was kept apart."""
        return self.start if self.released_at is None else max(self.start, self.released_at)

    @property
    def strength(self) -> tuple[bool, int]:
        """Smaller is stronger: people before cadences, then the order of types (rules B1.1)."""
        return self.nurture, _RANK[self.type]


@dataclass(frozen=True, slots=True)
class Seen:
    """A captured event as its requests see it: decided `at`, of a lead kept apart or just released."""

    at: datetime
    quarantined: bool
    released: bool


def with_requests(
    known: Sequence[Asked],
    requests: Iterable[Request],
    lead: UUID,
    seen: Seen | None = None,
    begun: Container[UUID] = (),
) -> tuple[Asked, ...]:
    """The requests united with what is known of them, in order of time; the newest 50. `seen`: in a captured event.

    A request that another lead begins is that one's, until it comes as a message; one that was `begun` here and given
    away is not begun again (loop, section 7).
    """
    asked = tuple(known)
    ids = {each.id for each in asked}
    new = [
        asked_by(r, seen, lead) for r in requests
        if r.id not in ids and not r.historical and r.begun_by == lead and r.id not in begun
    ]  # fmt: skip
    if seen is not None and any(each.decision != "armed" for each in asked):
        held = {request.id for request in requests}
        asked = tuple(_seen(each, seen) if each.id in held else each for each in asked)
    if not new:
        return asked
    return tuple(sorted((*asked, *new), key=lambda a: (a.start, a.id))[-MOST_ASKED:])


def _seen(each: Asked, seen: Seen) -> Asked:
    if each.decision == "armed":
        return each
    released_at = seen.at if each.decision == "held_back" and not seen.quarantined else each.released_at
    return replace(each, decision="held_back" if seen.quarantined else "armed", released_at=released_at)


def with_ahead(asked: Iterable[Asked], ahead: Iterable[Asked]) -> tuple[Asked, ...]:
    """The requests, those that were routed before they came here as they were routed then."""
    routed = {each.id: each for each in ahead}
    return tuple(
        replace(
            routed[each.id], decision=each.decision, released_at=each.released_at, origin=each.origin
        ) if each.routed_at is None and each.id in routed else each
        for each in asked
    )  # fmt: skip


def asked_by(request: Request, seen: Seen | None, lead: UUID) -> Asked:
    """A request of `lead`, of which nothing is known yet but what a snapshot says."""
    decision: DecisionClock = "unseen" if seen is None else "held_back" if seen.quarantined else "armed"
    return Asked(
        id=request.id,
        type=request.type,
        start=request.start,
        received_at=request.received_at,
        event_end=request.event_end,
        missed_call=request.missed_call,
        decision=decision,
        released_at=seen.at if seen is not None and seen.released else None,
        origin=request.origin if request.origin != lead else None,
    )
