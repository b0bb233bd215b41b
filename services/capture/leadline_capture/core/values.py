"""One value as somebody sent it, made a value of the kind a field needs; or nothing, and a note why."""

import re
from collections.abc import Callable
from typing import Any, Final

# NUL, bidi overrides and isolates, lone surrogates: refused by databases, or made to disguise a text.
_UNSAFE: Final = re.compile("[\x00\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_COUNT: Final = re.compile(r"\+?(?P<whole>[0-9]{1,3}(?:[,.'\u2019\u00a0\u202f ][0-9]{3})+|[0-9]{1,15})(?:\.0+)?")
_MONEY: Final = re.compile(
    r"(?P<sign>-?)(?P<whole>[0-9]{1,3}(?:[,.'\u2019\u00a0\u202f ][0-9]{3})+|[0-9]{1,15})"
    r"(?:[.,](?P<part>[0-9]{1,2}|[0-9]{4,}))?"
)
_TRUE: Final = frozenset(
    {"true", "on", "yes", "y", "1", "x", "checked", "ticked", "agreed", "accepted", "ja", "oui", "si", "sí"}
)
_FALSE: Final = frozenset({"", "false", "off", "no", "n", "0", "unchecked", "declined", "nein", "non", "null", "none"})
# Where widgets and CRMs keep the text of a choice or of one of several values.
_TEXT_OF: Final = ("label", "value", "name", "text")

Note = Callable[[str], None]


def text(value: Any, note: Note, *, first: bool = False, longest: int | None = None) -> str | None:
    """Plain text. Numbers keep their digits, a choice gives its label, several values are joined (or the first taken).

    Absent, null and blank are nothing, without a note; what is cut or taken out is noted.
    """
    found = _scalar(value, note, first)
    if found is None:
        return None
    safe = _UNSAFE.sub("", found)
    if safe != found:
        note("characters that are not allowed were taken out")
    safe = safe.strip()
    if longest is not None and len(safe) > longest:
        note(f"cut to {longest} characters")
        safe = safe[:longest].rstrip()
    return safe or None


def whole_number(value: Any, note: Note) -> int | None:
    """A count. Text may group its digits; a range or a word is nothing, with a note."""
    value = _alone(value)
    if isinstance(value, bool) or value is None or value == "":
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and (found := _COUNT.fullmatch(value.strip())):
        return int(re.sub("[^0-9]", "", found["whole"]))
    note("is not a whole number")
    return None


def amount(value: Any, note: Note) -> str | None:
    """Money as a decimal number. `1,200.50`, `1.200,50` and `1 200,5` are told apart by what follows the last mark."""
    value = _alone(value)
    if isinstance(value, bool) or value is None or value == "":
        return None
    text_ = repr(value) if isinstance(value, int | float) else value
    found = _MONEY.fullmatch(text_.strip()) if isinstance(text_, str) else None
    if found is None:
        note("is not an amount")
        return None
    whole, part = re.sub("[^0-9]", "", found["whole"]).lstrip("0") or "0", (found["part"] or "")[:4]
    return f"{found['sign']}{whole}.{part}" if part.strip("0") else f"{found['sign']}{whole}"


def ticked(value: Any, note: Note) -> bool | None:
    """A box: true ticked, false shown and left empty, None not there. Of several values (a hidden one first) any."""
    if isinstance(value, list):
        each = [ticked(one, note) for one in value]
        return True if True in each else False if False in each else None
    if value is None or isinstance(value, bool):
        return value
    word = str(value).strip().lower() if isinstance(value, str | int | float) else None
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    note("does not say whether the box was ticked")
    return None


def truthy(value: Any) -> bool:
    """Whether a condition of a mapping holds: as in JMESPath, and texts that say no do not count."""
    if isinstance(value, str):
        return value.strip().lower() not in _FALSE
    return bool(value)


def _alone(value: Any) -> Any:
    while isinstance(value, list) and len(value) == 1:
        value = value[0]
    return value


def _scalar(value: Any, note: Note, first: bool) -> str | None:
    value = _alone(value)
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    if isinstance(value, dict):
        inner = next((value[key] for key in _TEXT_OF if isinstance(value.get(key), str | int | float)), None)
        if inner is None and value:
            note("is an object where a text was expected")
        return _scalar(inner, note, first)
    return _of_list(value, note, first)


def _of_list(value: Any, note: Note, first: bool) -> str | None:
    if not isinstance(value, list):
        note(f"is of kind {type(value).__name__}")
        return None
    parts = [part for one in value if (part := _scalar(one, note, first)) and part.strip()]
    if first and len(parts) > 1:
        note("holds several values: the first was taken")
        return parts[0]
    return ", ".join(parts) or None
