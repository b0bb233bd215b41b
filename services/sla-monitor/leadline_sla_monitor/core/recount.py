"""An open promise counted by other calendars than those it was armed under: the same promise, due at another time."""

from collections.abc import Mapping
from datetime import datetime

from leadline_runtime.core.calendar import Calendar, due
from leadline_runtime.core.values import replace
from leadline_sla_monitor.core.promise import Promise
from leadline_sla_monitor.core.standstill import timed


def recounted(promise: Promise, calendars: Mapping[str, Calendar], now: datetime) -> Promise:
    """The promise as these calendars have it; itself if they move nothing.

    Only what is open moves: a verdict, an answer and an end stand; but for that by a merge, which holds only as long as
    the same promise to the other lead is due earlier. It is never due in the past by it: an earlier due
    time that has passed becomes `now`, so that nobody was late before it was moved, and what was due already and only
    waits for its verdict moves to nothing but a time to come. A promise whose calendar is not among these stays.
    """
    calendar = calendars.get(promise.calendar or "")
    if calendar is None or not (promise.status == "open" or _gave_way(promise)):
        return promise
    base = due(calendar, promise.start, promise.duration, promise.mode)
    spans = [each for each in promise.pauses if each.moves]
    after = timed(replace(promise, counted_from=None), calendar, base, spans)
    if after.due_at <= now:
        at = min(promise.due_at, now)
        after = timed(replace(promise, counted_from=at), calendar, at, ())
    if after.due_at == promise.due_at and _to_come(promise, after.warnings) == _to_come(promise, promise.warnings):
        return promise
    return replace(after, calendar_version=calendar.version, moves=promise.moves + 1)


def _gave_way(promise: Promise) -> bool:
    """Was it ended by the same promise to another lead that is one person with this one?"""
    return promise.status == "cancelled" and promise.stopped == "merged"


def _to_come(promise: Promise, warnings: tuple[tuple[int, datetime], ...]) -> list[tuple[int, datetime]]:
    """Those not sent yet: of the others nothing is to be told again."""
    return [(level, at) for level, at in warnings if level > promise.warned]
