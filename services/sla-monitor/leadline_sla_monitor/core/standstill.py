"""The stretches in which a promise's clock stands still, and what they make of its due time and warnings."""

from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction

from leadline_runtime.core.calendar import Calendar, add, elapsed
from leadline_runtime.core.pauses import due_with_pauses, moved_by_pauses, open_fractions_with_pauses
from leadline_runtime.core.values import replace
from leadline_sla_monitor.core.promise import Paused, Promise


def effective(granted: Sequence[Paused], promise: Promise, calendar: Calendar, base: datetime) -> list[Paused]:
    """Of pauses in order of time those that begin before the promise is due, as those before them have moved it."""
    spans: list[Paused] = []
    for each in granted:
        if each.start < _due(promise, calendar, base, spans) and lasts(each, promise):
            spans.append(each)
    return spans


def lasts(pause: Paused, promise: Promise) -> bool:
    """Is any of it in the promise's time? Not if it was over before that began, or before two leads became one."""
    return pause.end > max(pause.start, promise.start)


def timed(promise: Promise, calendar: Calendar, base: datetime, spans: Sequence[Paused]) -> Promise:
    """The promise with due time and warnings moved by `spans`; `base`: its due time without any."""
    due_at = _due(promise, calendar, base, spans)
    shares = [Fraction(level, 100) for level, _ in promise.warnings]
    times = open_fractions_with_pauses(calendar, promise.start, due_at, shares, _bounds(spans))
    levels = (level for level, _ in promise.warnings)
    warnings = tuple(zip(levels, times, strict=True))
    return replace(promise, due_at=due_at, unpaused_due=base if due_at != base else None, warnings=warnings)


def groups(spans: Sequence[Paused]) -> list[list[Paused]]:
    """Spans in order of time, by the standstill that they are part of: those that touch are one."""
    found: list[list[Paused]] = []
    for each in spans:
        if found and each.start <= max(other.end for other in found[-1]):
            found[-1].append(each)
        else:
            found.append([each])
    return found


def runs_at(spans: Sequence[Paused], now: datetime) -> datetime | None:
    """When the clock runs again; None: it runs."""
    end = max((each.end for each in spans), default=None)
    return end if end is not None and end > now else None


def _due(promise: Promise, calendar: Calendar, base: datetime, spans: Sequence[Paused]) -> datetime:
    if not spans:
        return base
    if promise.counted_from is not None:
        return _still_due(promise, calendar, base, spans)
    if promise.mode == "wall_rolled":
        return max(
            base, due_with_pauses(calendar, promise.start, promise.duration, promise.mode, _bounds(spans))
        )  # fmt: skip
    return moved_by_pauses(calendar, promise.start, base, promise.mode, _bounds(spans))


def _still_due(promise: Promise, calendar: Calendar, base: datetime, spans: Sequence[Paused]) -> datetime:
    """Of a promise that became due at `base` by other calendars, with nothing left: what it stood still for before is
    in that, and what stands still then makes it due when the clock runs again."""
    for each in sorted(spans, key=lambda span: span.start):
        if each.start < base < each.end:
            base = add(calendar, base, elapsed(calendar, base, each.end)) if promise.mode == "working" else each.end
    return base


def _bounds(spans: Sequence[Paused]) -> list[tuple[datetime, datetime]]:
    return [(each.start, each.end) for each in spans]
