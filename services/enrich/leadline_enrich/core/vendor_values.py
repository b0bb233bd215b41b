"""Values as vendors give them, made into the kinds that the pipeline reads. A vendor may lie, or mean it otherwise."""

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal, get_args

from phonenumbers import SUPPORTED_REGIONS

Kind = Literal["integer", "band", "number", "text", "word", "country"]
KINDS: Final = get_args(Kind)

LARGEST: Final = 10**12
LONGEST: Final = 200
_WHOLE: Final = r"\d{1,3}(?:[,.' \u00a0\u2009\u202f]\d{3})+|\d{1,13}"
_INTEGER: Final = re.compile(_WHOLE, re.ASCII)
_END: Final = rf"({_WHOLE})\s?(k|m)?"
_RANGE: Final = re.compile(rf"{_END}\s?(?:-|–|—|\.\.\.?|to|bis|à|a)\s?{_END}", re.ASCII | re.IGNORECASE)
_OPEN: Final = re.compile(
    rf"(?:>=?|≥|over|more than|from|at least)\s?{_END}|{_END}\s?(?:\+|or more|and more|plus)", re.ASCII | re.IGNORECASE
)
_ALONE: Final = re.compile(_END, re.ASCII | re.IGNORECASE)
_NO_NUMBER: Final = re.compile(r"[^\d]", re.ASCII)
_TIMES: Final = {"": 1, "k": 1_000, "m": 1_000_000}
_WORDS_AFTER: Final = re.compile(r"\s*(?:employees|people|staff|mitarbeiter|empleados|employés)\.?$", re.IGNORECASE)
# What vendors say instead of the code of ISO 3166-1.
_MEANT: Final[Mapping[str, str]] = {"UK": "GB", "EL": "GR"}
# Clocks differ a little; beyond that, a value from the future would stand above all that are newer in truth.
_AHEAD: Final = timedelta(hours=1)
_FIRST: Final = datetime(1990, 1, 1, tzinfo=UTC)


class Unfit(ValueError):
    """A value that cannot be used. The text says what would be right, never the value."""


def integer(value: Any) -> int:
    """A whole number from 0, as a number or as text: 1200, "1,200", 1200.0. Raises Unfit."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, str) and _INTEGER.fullmatch(value.strip()):
        value = int(_NO_NUMBER.sub("", value))
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LARGEST:
        raise Unfit("is no whole number between 0 and a million millions")
    return value


def band(value: Any) -> int:
    """The lower end of a band, for so many there are surely: "51-200" is 51, "10,001+" is 10001. Raises Unfit.

    A number stands for itself.
    """
    if not isinstance(value, str):
        return integer(value)
    text = _WORDS_AFTER.sub("", value.strip())
    if found := _RANGE.fullmatch(text):
        high = _end(found[3], found[4])
        for unit in (found[2] or found[4], found[2]):  # "1-5k" means thousands at both ends, "500-1k" does not
            if (low := _end(found[1], unit)) <= high:
                return low
    elif found := _OPEN.fullmatch(text):
        return _end(found[1] or found[3], found[2] or found[4])
    elif found := _ALONE.fullmatch(text):
        return _end(found[1], found[2])
    raise Unfit('is no band such as "51-200" or "10,001+"')


def _end(digits: str, unit: str | None) -> int:
    return integer(int(_NO_NUMBER.sub("", digits)) * _TIMES[(unit or "").lower()])


def number(value: Any) -> float:
    """A finite number. Raises Unfit."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= LARGEST:
        raise Unfit("is no number between minus and plus a million millions")
    return float(value)


def text(value: Any) -> str:
    """A line of text, up to 200 characters. Raises Unfit."""
    found = " ".join(value.split()) if isinstance(value, str) else ""
    if not found or len(found) > LONGEST or not found.isprintable():
        raise Unfit(f"is no line of text of 1 to {LONGEST} characters")
    return found


def word(value: Any) -> str:
    """The same in lower case, as rules compare it. Raises Unfit."""
    return text(value).lower()


def country(value: Any) -> str:
    """A country by its two letters, ISO 3166-1. Raises Unfit."""
    code = value.strip().upper() if isinstance(value, str) else ""
    code = _MEANT.get(code, code)
    if code not in SUPPORTED_REGIONS:
        raise Unfit("is no country by its two letters, such as DE; give a `map` from what the vendor says")
    return code


READ: Final[Mapping[Kind, Callable[[Any], Any]]] = {
    "integer": integer, "band": band, "number": number, "text": text, "word": word, "country": country,
}  # fmt: skip


def share(value: Any, of: float) -> float:
    """How sure a vendor is, from 0 to 1, told out of `of` (1, 10, 100). Raises Unfit."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= of:
        raise Unfit(f"is no number between 0 and {of:g}")
    return round(value / of, 4)


def instant(value: Any, now: datetime) -> datetime:
    """When a value was true: RFC 3339, a date, or seconds or milliseconds since 1970. Raises Unfit.

    Nothing is true from the future, nor from before there were vendors.
    """
    try:
        if isinstance(value, str):
            found = datetime.fromisoformat(value.strip())
            found = found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
        elif isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            found = datetime.fromtimestamp(value / 1000 if abs(value) > 1e11 else value, UTC)
        else:
            raise Unfit("is no time such as 2026-03-01 or 2026-03-01T12:00:00Z")
    except (ValueError, OverflowError, OSError):
        raise Unfit("is no time such as 2026-03-01 or 2026-03-01T12:00:00Z") from None
    if not _FIRST <= found <= now + _AHEAD:
        raise Unfit("lies in the future, or before 1990")
    return min(found, now)
