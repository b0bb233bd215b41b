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
SOONEST, LATEST = timedelta(seconds=2), timedelta(minutes=1)


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
        """When to look again whether the calendars are in force; None: nothing is waited for."""
        if self.state != "waiting":
            return None
        return now + min(max(now - self.at, SOONEST), LATEST)


def newer(known: CalendarOrder | None, activity: Activity) -> CalendarOrder | None:
    """The order in an act, if it came after the one that is known; else that one: it was repeated, or followed."""
    told = activity.calendars
    if told is None or (known is not None and (activity.received_at, activity.id) <= (known.at, known.id)):
        return known
    return CalendarOrder(activity.id, activity.received_at, told.version, told.digest)


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
