"""Due times and warnings of promises that were paused, and how long a pause may last (rules B5.2)."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from fractions import Fraction

from leadline_runtime.core.calendar import ROLL, Calendar, add, due, elapsed, is_open, next_opening
from leadline_runtime.core.segments import MICROSECOND, to_instant, to_micros, united
from leadline_schemas.vocabulary import ClockMode

Pause = tuple[datetime, datetime]
ZERO = timedelta()


def due_with_pauses(
    calendar: Calendar, start: datetime, duration: timedelta, mode: ClockMode, pauses: Iterable[Pause]
) -> datetime:
    """When a promise is due whose clock stood still during `pauses`, each [from, to); overlapping ones count once.

    A working target moves by the open time paused; the others move by the plain time paused, and wall_rolled then rolls
    again, but never to before its due time without a pause. A pause that begins at or after the due time moves nothing.
    One that begins in the hour to which a deadline was rolled, or in the closed time before it, stops that hour:
    nothing is due while a clock stands still.
    """
    at, left, counts = start, duration, mode
    for paused_from, paused_to in _after(start, pauses):
        done = elapsed(calendar, at, paused_from) if counts == "working" else paused_from - at
        if done < left:
            at, left = paused_to, left - done
            continue
        plain = at + left
        rolled = elapsed(calendar, plain, paused_from) if counts == "wall_rolled" else ROLL
        if rolled >= ROLL or is_open(calendar, plain):
            break
        at, left, counts = paused_to, ROLL - rolled, "working"
    if counts == "working":
        return add(calendar, at, left)
    found = due(calendar, at, left, counts)
    # A deadline that was rolled may have been moved to before the hour to which it was rolled.
    return max(found, due(calendar, start, duration, mode)) if mode == "wall_rolled" else found


def moved_by_pauses(
    calendar: Calendar, start: datetime, due_at: datetime, mode: ClockMode, pauses: Iterable[Pause]
) -> datetime:
    """The due time of a promise that began at `start` and was due at `due_at`, moved by pauses: of a calendar that has
    not changed since, that of `due_with_pauses`. For working and wall targets; a rolled one is counted anew."""
    for paused_from, paused_to in _after(start, pauses):
        if paused_from >= due_at:
            break
        if mode == "working":
            due_at = add(calendar, due_at, elapsed(calendar, paused_from, paused_to))
        else:
            due_at += paused_to - paused_from
    return due_at


def unpaused(start: datetime, end: datetime, pauses: Iterable[Pause]) -> list[Pause]:
    """The stretches between two instants in which the clock ran, in order."""
    found, at = [], start
    for paused_from, paused_to in _after(start, pauses):
        if paused_from >= end:
            break
        if at < paused_from:
            found.append((at, paused_from))
        at = paused_to
    return [*found, (at, end)] if at < end else found


def open_fractions_with_pauses(
    calendar: Calendar, start: datetime, due_at: datetime, shares: Iterable[Fraction], pauses: Iterable[Pause]
) -> tuple[datetime, ...]:
    """The instants at which `shares` of the open time between start and due have passed, but for what was paused.

    Without any open time that was not paused the shares are of plain time that was not.
    """
    running = unpaused(start, due_at, pauses) or [(due_at, due_at)]
    opened = [elapsed(calendar, begin, end) for begin, end in running]
    if whole := sum(opened, ZERO):
        places = [_place(running, opened, _part(whole, share)) for share in shares]
        return tuple(add(calendar, begin, into) for begin, into in places)
    plain = [end - begin for begin, end in running]
    places = [_place(running, plain, _part(sum(plain, ZERO), share)) for share in shares]
    return tuple(begin + into for begin, into in places)


def paused_time(calendar: Calendar, pauses: Iterable[Pause]) -> timedelta:
    """The open time within pauses; what overlaps counts once."""
    whole = united((to_micros(begin), to_micros(end)) for begin, end in pauses)
    return sum((elapsed(calendar, to_instant(begin), to_instant(end)) for begin, end in whole), ZERO)


def latest_end(calendar: Calendar, start: datetime, working_days: int) -> datetime:
    """The latest end of a pause from `start` on that lasts so many working days.

    It is the same time of day as many days further on which the calendar opens; one that begins in closed time begins
    with the next opening. Tuesday 10:00 and 3 days: Friday 10:00; Saturday and 3 days: Thursday at the opening.
    """
    begun = next_opening(calendar, start).astimezone(calendar.zone)
    day, left = begun.date(), working_days
    while left:
        day += timedelta(days=1)
        left -= bool(elapsed(calendar, *(_local(calendar, day + timedelta(days=n), time()) for n in (0, 1))))
    return _local(calendar, day, begun.time())


def _local(calendar: Calendar, day: date, at: time) -> datetime:
    local = datetime.combine(day, at, tzinfo=calendar.zone)
    return to_instant(to_micros(local))


def _place(running: list[Pause], lengths: list[timedelta], passed: timedelta) -> tuple[datetime, timedelta]:
    """In which stretch, and how far into it, so much time has passed of stretches with these lengths."""
    for (begin, _), length in zip(running[:-1], lengths, strict=False):
        if passed <= length:
            return begin, passed
        passed -= length
    return running[-1][0], passed


def _part(whole: timedelta, share: Fraction) -> timedelta:
    return (whole // MICROSECOND) * share.numerator // share.denominator * MICROSECOND


def _after(start: datetime, pauses: Iterable[Pause]) -> list[Pause]:
    first = to_micros(start)
    cut = [(max(first, to_micros(begin)), to_micros(end)) for begin, end in pauses]
    return [(to_instant(begin), to_instant(end)) for begin, end in united(c for c in cut if c[0] < c[1])]
