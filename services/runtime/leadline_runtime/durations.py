"""Durations in rules files: a whole number and a unit, as people write them."""

import re
from datetime import timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator

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


# A field of a rules model that holds a duration.
Duration = Annotated[timedelta, BeforeValidator(_given)]
