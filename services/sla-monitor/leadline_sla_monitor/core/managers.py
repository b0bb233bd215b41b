"""Who has been a manager of a lead, and since when: only a manager may pause its promises as one."""

from collections.abc import Iterable
from datetime import datetime

from leadline_runtime.core.values import dataclass
from leadline_sla_monitor.core.routing import Routing

MOST_MANAGERS = 20


@dataclass(frozen=True, slots=True)
class Manager:
    """A member who was named as manager. `since` None: by the first routing, so ever since."""

    id: str
    since: datetime | None = None


def with_managers(known: tuple[Manager, ...], new: Routing, first: bool) -> tuple[Manager, ...]:
    """The managers with the one whom a routing names: who has a lead as its manager is named as that too. That it is
    escalated says nothing of the owner: he keeps it where the manager is only told.
    """
    if not new.manager or any(each.id == new.manager and each.since is None for each in known):
        return known
    named = (Manager(new.manager, None if first else new.at),)
    return united_managers(known, named) if known else named


def managers_by(routings: Iterable[Routing]) -> tuple[Manager, ...]:
    """The managers of a lead of which only its outcomes are known, oldest first."""
    found: tuple[Manager, ...] = ()
    for number, routing in enumerate(routings):
        found = with_managers(found, routing, first=number == 0)
    return found


def united_managers(one: Iterable[Manager], other: Iterable[Manager]) -> tuple[Manager, ...]:
    """Each of them once, since the earliest; by name. The newest are kept."""
    found: dict[str, Manager] = {}
    for each in (*one, *other):
        known = found.get(each.id)
        if known is None or (known.since is not None and (each.since is None or each.since < known.since)):
            found[each.id] = each
    if len(found) > MOST_MANAGERS:
        oldest = min((m for m in found.values() if m.since is not None), key=lambda m: (m.since, m.id), default=None)
        found.pop(oldest.id if oldest else next(iter(found)))
    return tuple(found[name] for name in sorted(found))


def is_manager(known: tuple[Manager, ...], member: str | None, at: datetime) -> bool:
    """Was the member a manager of the lead at that instant, or before?"""
    return any(each.id == member and (each.since is None or each.since <= at) for each in known)
