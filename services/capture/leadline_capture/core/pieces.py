"""Functions of mappings that put values together and take them apart. None raises: what does not fit gives nothing."""

from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from leadline_capture.core import values
from leadline_capture.core.names import read_name
from leadline_capture.core.times import instant

# Where lists of {label, value, primary} mark the one that counts.
_MARKS: Final = ("primary", "is_primary", "isPrimary", "default")


def first(value: Any) -> Any:
    """The first of a list that holds anything; a value that is no list as it is."""
    if not isinstance(value, list):
        return value
    return next((each for each in value if each not in (None, "", [], {})), None)


def primary(value: Any) -> Any:
    """Of a list of `{value, primary}` the one marked as such, else the first with a value; its value alone."""
    listed = [each for each in value if _value_of(each) not in (None, "")] if isinstance(value, list) else [value]
    marked = (each for each in listed if isinstance(each, dict) and any(each.get(mark) is True for mark in _MARKS))
    return _value_of(next(marked, listed[0] if listed else None))


def _value_of(one: Any) -> Any:
    return one.get("value") if isinstance(one, dict) else one


def joined(parts: Any, separator: Any) -> str | None:
    """The texts and numbers of a list that are not empty, with `separator` between them."""
    if not isinstance(parts, list) or not isinstance(separator, str):
        return None
    texts = [text for each in parts if not isinstance(each, dict | list) and (text := values.text(each, _unnoted))]
    return separator.join(texts) or None


def split_name(text: Any) -> dict[str, str | None]:
    """A person's name as {first, last}, as far as they can be told."""
    name = read_name(text if isinstance(text, str) else None, None, None)
    return {"first": name.first, "last": name.last} if name else {"first": None, "last": None}


def lookup(value: Any, table: Any) -> Any:
    """The value under a name of the table, without regard to case; under `otherwise` if the name is not there."""
    if not isinstance(table, dict):
        return None
    name = (values.text(value, _unnoted) or "").lower()
    found = next((held for key, held in table.items() if key.lower() == name), None)
    return table.get("otherwise") if found is None else found


def parse_time(value: Any, form: Any, zone: Any = "UTC") -> str | None:
    """The time that `value` names in a format of docs/sources.md, as text in UTC; `zone` is where clocks stood."""
    if not isinstance(form, str) or not isinstance(zone, str):
        return None
    try:
        found: datetime | None = instant(value, [form], ZoneInfo(zone))
    except (ValueError, KeyError, OSError):
        return None
    return found.astimezone(UTC).isoformat() if found else None


def _unnoted(problem: str) -> None:
    """What is odd of a piece is noted of the field it becomes."""
