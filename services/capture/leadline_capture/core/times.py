"""Times as vendors write them, made instants. The formats of a field are tried in order; the first that fits counts."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any, Final

from leadline_capture.core.month_names import with_english_months

_EPOCH: Final[dict[str, int]] = {"epoch_s": 1, "epoch_ms": 1_000, "epoch_us": 1_000_000}
NAMED: Final = ("rfc3339", *_EPOCH)
# Outside of these years a number was read in the wrong unit, or a clock was never set.
_FIRST, _LAST = 1990, 2100


def instant(value: Any, formats: Sequence[str], zone: tzinfo) -> datetime | None:
    """The instant in UTC that `value` names in one of `formats`; None if it names none.

    Formats: `rfc3339` (also with a blank for the T, an offset without colon, or no offset), `epoch_s`, `epoch_ms`,
    `epoch_us` (numbers or digits), or a pattern of strptime such as `%d/%m/%Y %H:%M` or `%d. %B %Y`, where months may
    stand in a dozen languages. `zone` is where clocks stood for a time without offset.
    """
    for form in formats:
        try:
            found = _read(value, form)
            if found is None:
                continue
            aware = found if found.tzinfo is not None else found.replace(tzinfo=zone)
            there = aware.astimezone(UTC)
        except (ValueError, OverflowError, OSError):
            continue
        if _FIRST <= there.year <= _LAST:
            return there
    return None


def is_format(form: str) -> bool:
    """Whether `form` is a known name or a usable pattern."""
    if form in NAMED:
        return True
    try:
        sample = datetime(2001, 12, 31, 23, 58, 59, tzinfo=UTC)
        read = datetime.strptime(sample.strftime(form), form)  # noqa: DTZ007 - only the year is looked at
        return "%" in form and read.year == sample.year
    except (ValueError, re.error):  # the latter for a part that comes twice
        return False


def _read(value: Any, form: str) -> datetime | None:
    if form in _EPOCH:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            return None
        number = value if isinstance(value, int | float) else float(value)
        return datetime.fromtimestamp(number / _EPOCH[form], UTC)
    if not isinstance(value, str):
        return None
    if form == "rfc3339":
        return datetime.fromisoformat(value.strip())
    if "%B" in form or "%b" in form:
        value, form = with_english_months(value), form.replace("%b.", "%B").replace("%b", "%B")
    return datetime.strptime(value.strip(), form)  # noqa: DTZ007 - the caller gives a time without offset its zone
