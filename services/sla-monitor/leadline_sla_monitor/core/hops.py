"""The way of a request from step to step, in seconds: where the time to the first answer went.

Each hop begins where the one before it ended. An instant before that (clocks of two machines) makes a hop of 0, so that
the hops always sum to the whole.
"""

from collections.abc import Iterable
from datetime import datetime

from leadline_schemas.routed import LeadRouted
from leadline_sla_monitor.core.routing import NO_CONTACT_WANTED, Routing

BY_SYSTEM = ("received", "captured", "enriched", "scored", "routed")
BY_PEOPLE = ("assigned", "responded")
HOPS = (*BY_SYSTEM, *BY_PEOPLE)


def to_routing(start: datetime, received_at: datetime, event: LeadRouted) -> dict[str, float] | None:
    """From the act to its first outcome. None where nobody is to answer: that is no way to a lead's first answer."""
    if event.outcome in NO_CONTACT_WANTED:
        return None
    scored = event.scored
    at = (
        received_at,
        scored.enriched.captured.basis.decided_at,
        scored.enriched.basis.decided_at,
        scored.basis.decided_at,
        event.basis.decided_at,
    )
    return _hops(start, zip(BY_SYSTEM, at, strict=True))


def to_answer(routed_at: datetime, answered_at: datetime, routings: tuple[Routing, ...]) -> dict[str, float]:
    """From the first outcome to the first human answer; `assigned` where somebody had the lead by then."""
    before = [each for each in routings if each.at <= routed_at][-1:]
    after = [each for each in routings if routed_at < each.at <= answered_at]
    given = next((each.assigned_at for each in (*before, *after) if each.assigned_at is not None), None)
    points = [("assigned", min(given, answered_at))] if given is not None else []
    return _hops(routed_at, [*points, ("responded", answered_at)])


def _hops(start: datetime, points: Iterable[tuple[str, datetime]]) -> dict[str, float]:
    found: dict[str, float] = {}
    last = start
    for name, at in points:
        found[name] = max((at - last).total_seconds(), 0.0)
        last = max(last, at)
    return found
