"""Which open deadlines other calendars would move: what the monitor's package tells, and the console shows.

The package offers an object like `Deadlines` through the entry-point group `leadline.calendar.moves`.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from leadline_runtime.calendars import Calendars
from leadline_runtime.core import values

GROUP = "leadline.calendar.moves"
UNREAD, MERGED = "unread", "merged"
Progress = Callable[[str], None]


@values.dataclass(frozen=True, slots=True)
class Move:
    """One open deadline that would move. `armed_under`: the version of the calendar that it is counted by now;
    `broken`: by the new calendar it has passed already, so it would be due, and broken, at once.
    """

    lead: UUID
    clock: str
    policy: str | None
    target: str
    owner: str | None
    calendar: str
    armed_under: str | None
    start: datetime
    due_before: datetime
    due_at: datetime
    broken: bool = False

    @property
    def by(self) -> timedelta:
        """By how much: negative is earlier; nothing, where only its warnings move."""
        return self.due_at - self.due_before


@dataclass(slots=True)
class Moves:
    """Counts over all leads of which something is open. `open`: deadlines by calendar, those without one under "";
    `stay`: those of a calendar that is not among the new ones; `unreadable`: leads that cannot be looked at;
    `waiting`: leads whose last order waits for calendars that the monitor has not loaded, by their version.
    """

    at: datetime
    leads: int = 0
    open: Counter[str] = field(default_factory=Counter)
    stay: Counter[str] = field(default_factory=Counter)
    moved: list[Move] = field(default_factory=list)
    waiting: Counter[str] = field(default_factory=Counter)
    unreadable: int = 0


class Deadlines(Protocol):
    """What is asked of the monitor's package. Both raise CommandError."""

    def moves(self, calendars: Calendars, progress: Progress) -> Moves:
        """Every open deadline, counted by these calendars as if they were ordered now."""
        ...

    def standing(self, orders: Mapping[UUID, UUID]) -> Mapping[UUID, str]:
        """What became of orders, by lead: applied; waiting for their calendars; refused, because those never came into
        force; not read yet, `unread`; or `merged`: the lead became part of another, which has what was open, and the
        order.
        """
        ...
