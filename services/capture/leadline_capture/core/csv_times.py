"""How a column of a CSV file writes its times: found by its values, or left open where two ways fit all of them."""

from collections.abc import Sequence
from datetime import UTC
from typing import Final

from leadline_capture.core.times import instant

# Each of these means one thing whatever the country.
SURE: Final = (
    "rfc3339", "%Y-%m-%d %H:%M:%S %z", "%Y/%m/%d", "%Y/%m/%d %H:%M", "%Y/%m/%d %H:%M:%S",
    "%d.%m.%Y", "%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S", "%d %b %Y", "%b %d, %Y", "%d %B %Y", "%B %d, %Y",
)  # fmt: skip
_CLOCKS: Final = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p", ", %H:%M", ", %I:%M %p")
DAY_FIRST: Final = tuple(f"{day}{clock}" for day in ("%d/%m/%Y", "%d-%m-%Y") for clock in _CLOCKS)
MONTH_FIRST: Final = tuple(f"{day}{clock}" for day in ("%m/%d/%Y", "%m-%d-%Y") for clock in _CLOCKS)


def formats_of(values: Sequence[str]) -> tuple[str, ...] | None:
    """The formats to try on a column with these values; None if day and month could be either way round in all."""
    unsure = [value for value in values if value.strip() and instant(value, SURE, UTC) is None]
    if not unsure:
        return SURE
    day = sum(instant(value, DAY_FIRST, UTC) is not None for value in unsure)
    month = sum(instant(value, MONTH_FIRST, UTC) is not None for value in unsure)
    if day == month and day:
        return None
    return (*SURE, *(DAY_FIRST if day > month else MONTH_FIRST if month else ()))
