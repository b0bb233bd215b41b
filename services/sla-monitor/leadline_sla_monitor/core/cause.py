"""Why a promise was broken, and who is told (rules B4.8, B5.1)."""

from datetime import datetime

from leadline_runtime.core.values import replace
from leadline_sla_monitor.core.advance import Change
from leadline_sla_monitor.core.promise import Promise
from leadline_sla_monitor.core.routing import Routing, routing_at

BROKEN = frozenset({"breached", "lapsed"})


def cause(promise: Promise, routings: tuple[Routing, ...]) -> str:
    """Of a breach: delivery (received after due), system (undecided at due), coverage (nobody had it), owner."""
    if promise.clock == "decision":
        return "system"
    if promise.clock == "customer" and promise.received_at is not None and promise.received_at > promise.due_at:
        return "delivery"
    at_due = routing_at(routings, promise.due_at)
    if at_due is None or at_due.outcome == "nurture":  # a cadence is the system's to begin
        return "system"
    return "coverage" if at_due.outcome in {"held", "queue"} else "owner"


def in_charge(promise: Promise, routings: tuple[Routing, ...], at: datetime) -> tuple[str | None, str | None]:
    """Owner and manager at an instant; before the first routing those it gave the lead to."""
    found = routing_at(routings, at) or (routings[0] if routings else None)
    if found is None:
        return promise.owner, None
    if promise.clock == "owner":
        for each in reversed(routings):
            if each.assignment == promise.assignment:
                return promise.owner, each.manager
        return promise.owner, found.manager
    return found.owner, found.manager


def told(
    promise: Promise, owner: str | None, manager: str | None, roles: tuple[str, ...] | None = None
) -> tuple[str, ...]:  # fmt: skip
    """Who hears of a breach: whom the target names; or of a step of its ladder: whom that names (`roles`), the manager
    where there is no owner."""
    if promise.clock == "decision":
        return ()
    people = {"owner": owner if roles is None else owner or manager, "manager": manager}
    return tuple(
        dict.fromkeys(person for role in (promise.tell if roles is None else roles) if (person := people.get(role)))
    )


def who_heard(promise: Promise, routings: tuple[Routing, ...]) -> tuple[str, ...]:
    """Who was told so far that it is broken; if it was before that was kept: whom its target names."""
    if promise.told_to is not None:
        return promise.told_to
    return told(promise, *in_charge(promise, routings, promise.broken_at)) if promise.broken_at is not None else ()


def remembering(change: Change, routings: tuple[Routing, ...], now: datetime) -> Change:
    """The change; of one that tells people of a broken promise with the promise that remembers whom."""
    promise = change.promise
    if change.kind in BROKEN:
        heard = told(promise, *in_charge(promise, routings, change.at))
    elif change.kind == "escalated":
        step = told(promise, *in_charge(promise, routings, now), promise.rung(change.level).tell)
        heard = tuple(dict.fromkeys((*who_heard(promise, routings), *step)))
    else:
        return change
    return replace(change, promise=replace(promise, told_to=heard))
