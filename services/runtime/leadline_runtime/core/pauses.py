"""Due times of promises that were paused (rules B5.2)."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from leadline_runtime.core.calendar import Calendar, add, due, elapsed
from leadline_runtime.core.segments import to_instant, to_micros, united
from leadline_schemas.vocabulary import ClockMode

Pause = tuple[datetime, datetime]


def due_with_pauses(
    calendar: Calendar, start: datetime, duration: timedelta, mode: ClockMode, pauses: Iterable[Pause]
) -> datetime:
    """When a promise is due whose clock stood still during `pauses`, each [from, to); overlapping ones count once.

    A working target moves by the open time paused; the others move by the plain time paused, and wall_rolled then rolls
    again. A pause that begins at or after the due time moves nothing.
    """
    at, left = start, duration
    for paused_from, paused_to in _after(start, pauses):
        done = elapsed(calendar, at, paused_from) if mode == "working" else paused_from - at
        if done >= left:
            break
        at, left = paused_to, left - done
    return add(calendar, at, left) if mode == "working" else due(calendar, at, left, mode)


def _after(start: datetime, pauses: Iterable[Pause]) -> list[Pause]:
    first = to_micros(start)
    cut = [(max(first, to_micros(begin)), to_micros(end)) for begin, end in pauses]
    return [(to_instant(begin), to_instant(end)) for begin, end in united(c for c in cut if c[0] < c[1])]
