"""Who had the lead when: the outcomes of routing, newest last."""

from datetime import datetime

from leadline_runtime.core.values import dataclass
from leadline_schemas.routed import LeadRouted
from leadline_schemas.vocabulary import RouteOutcome

MOST_ROUTINGS = 10
NO_CONTACT_WANTED = frozenset({"disqualified", "parked"})


@dataclass(frozen=True, slots=True)
class Routing:
    """One outcome of routing, from `at` on. `assigned_at` is when the owner got the lead."""

    at: datetime
    outcome: RouteOutcome
    assignment: int
    assigned_at: datetime | None = None
    owner: str | None = None
    manager: str | None = None
    escalated: bool = False
    territory: str | None = None
    reason: str | None = None


def routing_of(event: LeadRouted) -> Routing:
    """What an event says about who has the lead."""
    return Routing(
        at=event.basis.decided_at,
        outcome=event.outcome,
        assignment=event.assignment,
        assigned_at=event.assigned_at,
        owner=event.owner,
        manager=event.manager,
        escalated=event.escalated,
        territory=event.territory,
        reason=event.reason,
    )


def with_routing(routings: tuple[Routing, ...], new: Routing) -> tuple[Routing, ...]:
    """The history with one more entry; an entry that changes nothing but its time is left out."""
    if routings and _same(routings[-1], new):
        return routings
    return (*routings, new)[-MOST_ROUTINGS:]


def routing_at(routings: tuple[Routing, ...], at: datetime) -> Routing | None:
    """The outcome in force at an instant; None before the first."""
    for each in reversed(routings):
        if each.at <= at:
            return each
    return None


def _same(old: Routing, new: Routing) -> bool:
    return (old.outcome, old.assignment, old.owner, old.manager, old.territory) == (
        new.outcome, new.assignment, new.owner, new.manager, new.territory,
    )  # fmt: skip
