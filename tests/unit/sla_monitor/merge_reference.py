"""What becomes of the same promise to two leads that are one person for a while (rules B5.8), counted by hand.

Of each instant at which something happens it says how both stand, by all that had happened by then.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from tests.unit.sla_monitor.clock_rules import HOUR, RESTED, after_open

NEVER = datetime.max.replace(tzinfo=UTC)
WITHIN = HOUR


@dataclass
class Promise:
    """To one of the two. `asked`: since when; `start`: from when its time counts; `said`: how it stands."""

    id: UUID
    asked: datetime
    start: datetime
    said: str = "open"
    broken: int = 0

    @property
    def due(self) -> datetime:
        """An hour of open time."""
        return after_open(self.start, WITHIN)


class TwoPromises:
    """`answers`: what was answered to which of the two, and when."""

    def __init__(self, first: Promise, second: Promise) -> None:
        self.promises = [first, second]
        self.answers: list[tuple[int, datetime]] = []
        self.merged_at: datetime | None = None

    def until(self, now: datetime) -> None:
        """Time passes: what comes due first is judged first."""
        for which in sorted((0, 1), key=lambda each: self.promises[each].due):
            promise = self.promises[which]
            if promise.said == "open" and promise.due <= now:
                promise.said, promise.broken = "breached", promise.broken + 1
        self.looks()

    def looks(self) -> None:
        """What follows for both of what is known."""
        for which in (0, 1):
            self._look(which)

    def merges(self, at: datetime) -> None:
        """They are one."""
        self.merged_at = at
        self.looks()

    def parts(self, at: datetime) -> None:
        """They are two again: what is neither answered nor broken begins anew, but for what runs on in its own lead."""
        self.merged_at = None
        for which, promise in enumerate(self.promises):
            answered = self._answer(which)
            if promise.said in {"breached", "retracted", "resolved_late"}:
                continue
            if answered <= promise.due:
                promise.said = "met"
            elif which == 1 or promise.said == "cancelled" or promise.due <= at:
                promise.start, promise.said = at, "open"
        self.looks()

    def _look(self, which: int) -> None:
        promise, answered = self.promises[which], self._answer(which)
        ended = self._gave_way(which)
        if promise.said in {"breached", "resolved_late"}:
            if answered < NEVER:
                promise.said = "retracted" if answered <= promise.due and answered <= ended else "resolved_late"
        elif promise.said != "retracted":
            if answered <= min(promise.due, ended):
                promise.said = "met"
            elif ended < NEVER:
                promise.said = "cancelled"
            else:
                promise.said = "open"

    def _gave_way(self, which: int) -> datetime:
        """Since when the other promise counts for this one; never, if they are two, or about two requests."""
        if self.merged_at is None:
            return NEVER
        promise, other = self.promises[which], self.promises[1 - which]
        between = [at for _, at in self.answers if self.promises[0].asked <= at <= self.promises[1].asked]
        if between:  # the second asked for nothing that was open
            rested = self.promises[1].asked - max(between) >= RESTED
            return NEVER if which == 0 or rested else self.merged_at
        if other.broken or other.said == "breached":
            return self.merged_at
        return self.merged_at if (other.due, other.id.int) < (promise.due, promise.id.int) else NEVER

    def _answer(self, which: int) -> datetime:
        """The first answer since it was asked: to either while they are one."""
        found = [at for lead, at in self.answers if self.merged_at or lead == which]
        return min((at for at in found if at >= self.promises[which].asked), default=NEVER)
