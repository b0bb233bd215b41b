"""All that the monitor knows of one lead: what was asked, done and decided, and the promises made."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from leadline_runtime.core.values import dataclass
from leadline_sla_monitor.core.acts import Act
from leadline_sla_monitor.core.asked import Asked
from leadline_sla_monitor.core.calendar_order import CalendarOrder
from leadline_sla_monitor.core.life import Life
from leadline_sla_monitor.core.managers import Manager
from leadline_sla_monitor.core.moved import Moved
from leadline_sla_monitor.core.promise import Promise
from leadline_sla_monitor.core.routing import Routing

CYCLES_KEPT = 10  # late truth about older ones is not looked for


@dataclass(frozen=True, slots=True)
class Joined:
    """A lead that is part of this one, or is about to be: since when, and from which revision on it is listed."""

    origin: UUID
    named: int = 0
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """A function of what was read, but for the promises, which keep what was fixed and told.

    `opened` are the cycles that were opened, with their numbers, oldest first; `quarantines`: when the lead was put
    apart; `quarantined`: it is now; `over` and `over_at`: why and since when there is nothing more to promise;
    `waiting_since`: since when it has waited for an answer, `overdue_since`: when the first promise was due that was
    broken meanwhile, both by the newest decision.
    `aliases` are by revision `snapshot` of the captured lead, `joined` are those and others of which something is here;
    `begun` the requests that were given away; `pending`: what came back to a tombstone before it was read that it is
    none any more. `calendar_order`: the newest order to count the open promises by other calendars. `managers`: who has
    been one of this lead. `life`: its way through the stages. `ahead`: requests as they were routed, of which what
    another lead knows has yet to come.
    """

    asked: tuple[Asked, ...] = ()
    acts: tuple[Act, ...] = ()
    routings: tuple[Routing, ...] = ()
    promises: tuple[Promise, ...] = ()
    opened: tuple[tuple[UUID, int], ...] = ()
    quarantines: tuple[datetime, ...] = ()
    quarantined: bool = False
    over: Literal["merged", "erased"] | None = None
    over_at: datetime | None = None
    waiting_since: datetime | None = None
    overdue_since: datetime | None = None
    aliases: tuple[UUID, ...] = ()
    snapshot: int = 0
    joined: tuple[Joined, ...] = ()
    begun: tuple[UUID, ...] = ()
    pending: tuple[Moved, ...] = ()
    parted_at: datetime | None = None
    calendar_order: CalendarOrder | None = None
    managers: tuple[Manager, ...] = ()
    life: Life = Life()
    ahead: tuple[Asked, ...] = ()

    def joined_at(self, origin: UUID | None) -> datetime | None:
        """When a lead became part of this one; None for the lead itself."""
        return next((each.at for each in self.joined if each.origin == origin), None) if origin else None


def tidied(promises: tuple[Promise, ...], opened: tuple[tuple[UUID, int], ...], known: Known) -> tuple[Promise, ...]:
    """The promises worth keeping: open ones, and those about which a later truth may still have to be told."""

    def may_change(promise: Promise) -> bool:
        if promise.clock == "stage":  # see stage_clock.kept
            return True
        if promise.clock == "decision":
            return promise.status == "breached" and any(each.id == promise.cycle for each in known.asked)
        if promise.clock == "owner":  # the lead may have moved on: who lapsed may yet turn out to have answered
            lapsed = promise.status == "breached" and any(r.assignment == promise.assignment for r in known.routings)
            return lapsed or promise.assignment == (known.routings[-1].assignment if known.routings else 0)
        return any(promise.cycle == cycle for cycle, _ in opened[-CYCLES_KEPT:])

    return tuple([p for p in promises if p.status == "open" or may_change(p)])
