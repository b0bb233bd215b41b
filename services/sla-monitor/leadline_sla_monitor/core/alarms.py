"""When to look at a lead again: warnings and graces by the clock, judgements by the horizon.

A lead with an open promise, or that waits for an answer, always has an alarm: by it a claim finds what the gauges tell.
"""

from collections.abc import Iterable
from datetime import datetime

from leadline_sla_monitor.core.advance import Now
from leadline_sla_monitor.core.known import Known
from leadline_sla_monitor.core.promise import Promise
from leadline_sla_monitor.core.waiting import STALE_AFTER


def timer_at(known: Known, now: Now, silence_at: datetime | None = None) -> datetime | None:
    """The next step of a ladder, end of a pause or a grace, look for calendars that an order waits for, or end of the
    time for which a lead counts as waiting, after now. `silence_at`: when silence is to be looked at again."""
    alarms: list[datetime] = []
    for promise in known.promises:
        if promise.status == "open":
            if promise.warnings:
                alarms += [at for level, at in promise.warnings if level > promise.warned]
            # A horizon that runs ahead of the clock has passed the due time already: then the clock itself decides.
            alarms.append(promise.due_at if now.read_up_to(promise.due_at) else promise.due_at + now.grace)
            if promise.runs_at is not None:
                alarms.append(promise.runs_at)
        if promise.steps:
            alarms += [at for level, at in promise.steps if level > promise.warned]
    if known.calendar_order is not None and (look_at := known.calendar_order.look_at(now.at)) is not None:
        alarms.append(look_at)
    if known.waiting_since is not None:
        alarms.append(known.waiting_since + STALE_AFTER)
    if silence_at is not None:
        alarms.append(silence_at)
    return min([at for at in alarms if at > now.at], default=None)


def judge_at(promises: Iterable[Promise], now: Now) -> datetime | None:
    """The earliest due time that the horizon has yet to reach."""
    due = [promise.due_at for promise in promises if promise.status == "open" and not now.read_up_to(promise.due_at)]
    return min(due, default=None)
