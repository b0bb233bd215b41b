"""The functions that mappings may use besides JMESPath's own. None of them raises: what does not fit gives nothing."""

import re
from collections.abc import Callable
from typing import Any, Final

from leadline_runtime.core.json_reader import NotReadable, read_json

_HUMP: Final = re.compile("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def by(items: Any, key: Callable[[Any], Any], value: Callable[[Any], Any]) -> dict[str, Any]:
    """A list of pairs as an object: `by(answers, &field.ref, &text)`. Of equal keys the first counts."""
    found: dict[str, Any] = {}
    for item in items if isinstance(items, list) else []:
        name = key(item)
        if isinstance(name, str | int) and not isinstance(name, bool):
            found.setdefault(str(name), value(item))
    return found


def pick(values: Any, key: Any) -> Any:
    """The value under a key that is itself looked up: `pick(answers, ids.company)`."""
    return values.get(str(key)) if isinstance(values, dict) and isinstance(key, str | int) else None


def without(values: Any, names: Any) -> dict[str, Any]:
    """An object without some of its fields: what a mapping does not name, for `extra`."""
    left_out = set(map(str, names)) if isinstance(names, list) else set()
    return {k: v for k, v in values.items() if k not in left_out} if isinstance(values, dict) else {}


def parse_json(text: Any) -> Any:
    """The value of a field that holds JSON as text; nothing if it does not."""
    if not isinstance(text, str):
        return None
    try:
        return read_json(text.encode("utf-8", "replace"), strict=False).value
    except NotReadable:
        return None


def lower(text: Any) -> str | None:
    """Text in lower case."""
    return text.lower() if isinstance(text, str) else None


def plain(text: Any) -> str | None:
    """A title as a name: lower case, words joined by `_`. `Work e-mail:` → `work_e_mail`."""
    if not isinstance(text, str):
        return None
    return "_".join("".join(c if c.isalnum() else " " for c in text.lower()).split()) or None


def snake(values: Any) -> dict[str, Any]:
    """An object, and all objects in it, with names as `first_name`, however they were written: `firstName`, `First
    name`. Of several that become equal the first counts. Anything else is an empty object."""
    found: dict[str, Any] = {}
    for name, value in values.items() if isinstance(values, dict) else ():
        found.setdefault(plain(_HUMP.sub("_", name)) or name, snake(value) if isinstance(value, dict) else value)
    return found


def split(text: Any, separator: Any) -> list[str] | None:
    """The parts of a text."""
    if not isinstance(text, str) or not isinstance(separator, str) or not separator:
        return None
    return [part.strip() for part in text.split(separator)]
