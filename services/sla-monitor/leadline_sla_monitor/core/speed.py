"""Speed to lead: the time to the first human response, split exactly (rules B5.9)."""

from datetime import datetime, timedelta

from leadline_runtime.core.calendar import Calendar, elapsed
from leadline_runtime.core.values import dataclass

ZERO = timedelta()


@dataclass(frozen=True, slots=True)
class Speed:
    """`system` until routing decided, `human` the open part of the rest, `closed` the closed part; together all.

    `working`: the open part of the whole, which is what a target in working time counts.
    """

    system: timedelta
    human: timedelta
    closed: timedelta
    working: timedelta


def split(start: datetime, decided_at: datetime, answered_at: datetime, calendar: Calendar) -> Speed:
    """The parts of the time from `start` to `answered_at`. An answer before the decision took system time only."""
    whole = max(answered_at - start, ZERO)
    system = min(max(decided_at - start, ZERO), whole)
    human = elapsed(calendar, start + system, answered_at)
    open_before = elapsed(calendar, start, start + system)
    return Speed(system, human, whole - system - human, open_before + human)
