"""Durations in rules files: a whole number and a unit, as people write them. Bounded, so that what is counted with them
from any plausible date stays within the calendar: a file that loads is one by which everything can be decided."""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final

from pydantic import AfterValidator, AwareDatetime, BeforeValidator

LONGEST: Final = timedelta(days=3660)  # of anything: ten years
LONGEST_WAIT: Final = timedelta(days=366)  # of what somebody is waited for, or is added again and again
FIRST, LAST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2101, 1, 1, tzinfo=UTC)
_UNITS = {"s": "seconds", "min": "minutes", "h": "hours", "d": "days"}
_FORM = re.compile(r"(\d{1,7}) ?(s|min|h|d)")


def parse_duration(text: Any) -> timedelta:
    """`30 s`, `5 min`, `4 h`, `30 d` (a day is 24 hours). Raises ValueError saying what would be right."""
    found = _FORM.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise ValueError("is no duration; write a whole number and s, min, h or d, e.g. 15 min")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def _given(value: Any) -> Any:
    return value if isinstance(value, timedelta) else parse_duration(value)


def at_most(longest: timedelta) -> AfterValidator:
    """The bound of a field that holds a duration."""

    def bounded(value: timedelta) -> timedelta:
        if value > longest:
            raise ValueError(f"is longer than {longest.days} d, which is surely not meant")
        return value

    return AfterValidator(bounded)


def _some(value: timedelta) -> timedelta:
    if not value:
        raise ValueError("must be longer than nothing, e.g. 5 min")
    return value


def _plausible(value: datetime) -> datetime:
    if not FIRST <= value < LAST:
        raise ValueError(f"is no date from {FIRST.year} to {LAST.year - 1}")
    return value


# Any duration, for fields with a bound of their own.
Unbounded = Annotated[timedelta, BeforeValidator(_given)]
# A field of a rules model that holds a duration: ten years at most.
Duration = Annotated[Unbounded, at_most(LONGEST)]
# One for which somebody waits: longer than nothing, a year at most.
Wait = Annotated[Unbounded, AfterValidator(_some), at_most(LONGEST_WAIT)]
# An instant in an example.
ExampleInstant = Annotated[AwareDatetime, AfterValidator(_plausible)]
