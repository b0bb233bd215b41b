"""Who is there: a member's own working hours in its own zone, holidays, absences (semantics, section 4)."""

from dataclasses import field
from datetime import datetime
from typing import Literal

from leadline_runtime.core.calendar import Calendar, next_opening
from leadline_runtime.core.segments import to_instant, to_micros
from leadline_runtime.core.values import dataclass


@dataclass(frozen=True, slots=True)
class Absence:
    """A declared absence [start, end): whole days or part of one."""

    start: datetime
    end: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Duty:
    """What holds for one member from `since` to `until` [since, until).

    `back_at` is when it is there again (for `on`: `since`); `on_shift` whether its hours say that it works now.
    """

    state: Literal["on", "absent", "off"]
    since: datetime
    until: datetime
    back_at: datetime
    on_shift: bool
    absence: Absence | None = None


@dataclass(frozen=True, eq=False)
class Hours:
    """The working hours of one member. `absences` are in order of their start."""

    calendar: Calendar
    absences: tuple[Absence, ...] = ()
    _newest: list[Duty] = field(default_factory=list, init=False, repr=False)

    def duty(self, at: datetime) -> Duty:
        """Is the member there at `at`, and until when does that hold?"""
        newest = self._newest
        if newest and newest[0].since <= at < newest[0].until:
            return newest[0]
        found = self._duty(at)
        newest[:] = [found]
        return found

    def next_available(self, at: datetime) -> datetime:
        """`at` itself if the member is there, else the next instant at which it is."""
        while True:
            opening = next_opening(self.calendar, at)
            absence = self._absence(opening)
            if absence is None:
                return opening
            at = absence.end

    def _duty(self, at: datetime) -> Duty:
        opens, closes = self._shift(at)
        on_shift = opens <= at
        absence = self._absence(at)
        if absence is not None:
            change = closes if on_shift else opens
            return Duty("absent", at, min(absence.end, change), self.next_available(at), on_shift, absence)
        if not on_shift:
            back_at = self.next_available(at)
            return Duty("off", at, min([opens, *self._starts_after(at)]), back_at, False)
        return Duty("on", at, min([closes, *self._starts_after(at)]), at, True)

    def _shift(self, at: datetime) -> tuple[datetime, datetime]:
        opening = to_micros(next_opening(self.calendar, at))
        segment = self.calendar.table(opening, opening).segment_after(opening)
        assert segment is not None, "an opening lies within a segment"
        return to_instant(segment[0]), to_instant(segment[1])

    def _absence(self, at: datetime) -> Absence | None:
        return next((each for each in self.absences if each.start <= at < each.end), None)

    def _starts_after(self, at: datetime) -> list[datetime]:
        return [each.start for each in self.absences if each.start > at]
