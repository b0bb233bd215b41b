"""Days of the company's zone, and in words: `Thu 12 Mar`. In English whatever the machine's locale is."""

from datetime import date, tzinfo
from typing import Final

from leadline_score.core.exact import instant

QUARTER: Final = 900_000_000  # microseconds
_WHOLE_QUARTERS: Final = 63_072_000_000_000  # since 1972 each zone is whole quarters of an hour off UTC
REMEMBERED: Final = 65_536  # quarters of an hour: two years of them
_SLOT: Final = REMEMBERED - 1

_words: Final[dict[int, str]] = {}
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class LocalDays:
    """Which day of a zone an instant falls in, as its ordinal. The quarters of an hour asked before are remembered."""

    def __init__(self, zone: tzinfo) -> None:
        self.zone = zone
        self._quarters = [-1] * REMEMBERED  # by their last bits, a later one in the place of an older
        self._days = [0] * REMEMBERED

    def ordinal(self, at: int) -> int:
        """The day of an instant (microseconds)."""
        if at < _WHOLE_QUARTERS:
            return self._ordinal(at)
        quarter = at // QUARTER
        slot = quarter & _SLOT
        if self._quarters[slot] != quarter:
            self._days[slot] = self._ordinal(at)
            self._quarters[slot] = quarter
        return self._days[slot]

    def _ordinal(self, at: int) -> int:
        return instant(at).astimezone(self.zone).toordinal()

    def day(self, at: int) -> date:
        """The day of an instant (microseconds)."""
        return date.fromordinal(self.ordinal(at))


def short(day: date) -> str:
    """`Thu 12 Mar`"""
    return f"{_DAYS[day.weekday()][:3]} {day.day} {_MONTHS[day.month - 1]}"


def words(day: int) -> str:
    """A day (its ordinal) as `short` says it."""
    found = _words.get(day)
    if found is None:
        if len(_words) >= REMEMBERED:
            _words.clear()
        found = _words[day] = short(date.fromordinal(day))
    return found


def weekday(day: int) -> str:
    """`Thursday`, of a day's ordinal (day 1 was a Monday)."""
    return _DAYS[(day - 1) % 7]


def same_week(one: int, other: int) -> bool:
    """Do both days (ordinals) lie in one week, Monday to Sunday?"""
    return (one - 1) // 7 == (other - 1) // 7
