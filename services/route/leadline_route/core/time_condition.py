"""When a rule counts: while a calendar is open, or while it is not. A pure function of the instant of the decision."""

from datetime import datetime

from leadline_route.core.words import clock
from leadline_runtime.core.calendar import Calendar, is_open
from leadline_runtime.core.values import dataclass


@dataclass(frozen=True, eq=False)
class TimeCondition:
    """`within` True: while the calendar is open; False: while it is closed."""

    calendar: Calendar
    within: bool

    def holds(self, at: datetime) -> bool:
        """Does the rule count at `at`?"""
        return is_open(self.calendar, at) is self.within

    def words(self) -> str:
        """In words: `time within us_east (America/New_York)`."""
        how = "within" if self.within else "outside"
        return f"time {how} {self.calendar.name} ({self.calendar.zone.key})"

    def against(self, at: datetime) -> str | None:
        """Why it does not hold; None if it does."""
        if self.holds(at):
            return None
        local = at.astimezone(self.calendar.zone)
        return f"needs {self.words()}; it is {clock(at, at)}, {local:%a %H:%M} there"
