"""A person's order to count a lead's open promises by published calendars, until it is carried out or given up."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from leadline_runtime.core.calendar import Calendar
from leadline_runtime.core.values import dataclass, replace
from leadline_schemas.activity import Activity
from leadline_sla_monitor.core.advance import Change
from leadline_sla_monitor.core.promise import Promise
from leadline_sla_monitor.core.recount import recounted

# Published files reach every instance within minutes. What waits longer was published nowhere, or was followed by other
# calendars, of which nobody has ordered anything.
WAITS = timedelta(hours=1)
SOONEST = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class CalendarOrder:
    """The newest order: by which calendars, and whether they were in force yet. It waits until they are, for an hour;
    meanwhile promises are judged by the due times that they have. `digest` tells the calendars, `at` when it came."""

    id: UUID
    at: datetime
    version: str
    digest: str
    state: Literal["waiting", "applied", "refused"] = "waiting"

    def look_at(self, now: datetime) -> datetime | None:
        """When to look again whether the calendars are in force; None: nothing is waited for.

        After half of the time that it has waited so far: some twenty looks in the hour, however many leads were ordered
        by calendars that never come; and calendars that do come are not much later for it.
        """
        if self.state != "waiting":
            return None
        return min(now + max((now - self.at) / 2, SOONEST), max(self.at + WAITS, now + SOONEST))


def newer(known: CalendarOrder | None, activity: Activity) -> CalendarOrder | None:
    """The order in an act, if it came after the one that is known; else that one: it was repeated, or followed."""
    told = activity.calendars
    if told is None or (known is not None and (activity.received_at, activity.id) <= (known.at, known.id)):
        return known
    return CalendarOrder(activity.id, activity.received_at, told.version, told.digest)


def still_waiting(order: CalendarOrder | None) -> CalendarOrder | None:
    """The order, if it is yet to be carried out: it goes with the promises that it is about."""
    return order if order is not None and order.state == "waiting" else None


def of_both(known: CalendarOrder | None, come: CalendarOrder | None) -> CalendarOrder | None:
    """The order of a lead to which promises come with an order that waits: the newer one, which is about them all. To
    be carried out once more is no harm: what was counted by those calendars does not move.
    """
    if come is None:
        return known
    newest = max((each for each in (known, come) if each is not None), key=lambda each: (each.at, each.id))
    return replace(newest, state="waiting")


def carried_out(
    order: CalendarOrder, promises: tuple[Promise, ...], calendars: Mapping[str, Calendar], digest: str, now: datetime
) -> tuple[CalendarOrder, tuple[Promise, ...], list[Change]]:
    """What becomes of the order at `now`, when the calendars of `digest` are in force: every promise that they move has
    moved, and is told."""
    if order.state != "waiting":
        return order, promises, []
    if order.digest != digest:
        return (replace(order, state="refused") if now >= order.at + WAITS else order), promises, []
    moved, changes = [], []
    for promise in promises:
        after = recounted(promise, calendars, now)
        moved.append(after)
        if after is not promise and promise.status == "open":  # what gave way to another promise tells nothing
            identity = after.event_id("moved", after.moves, digest)
            changes.append(Change("moved", identity, now, after, due_before=promise.due_at, ordered_by=order.id))
    return replace(order, state="applied"), tuple(moved), changes
