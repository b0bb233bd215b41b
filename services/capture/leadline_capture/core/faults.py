"""What pydantic found wrong, as path and words for the sender. Never a value, nor a name that may be one."""

import re
from collections.abc import Mapping
from typing import Any, Final

from pydantic import ValidationError

from leadline_runtime.core.values import dataclass

# A field's name can be repeated to its sender; a name that looks like somebody's data (an address typed into the wrong
# box becomes the key) is shown as `?`.
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,39}")
_WORDS: Final[Mapping[str, str]] = {
    "extra_forbidden": "is not a known field",
    "missing": "is required",
    "string_type": "must be text",
    "string_unicode": "holds half of a surrogate pair, which is no character",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "finite_number": "must be a whole number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "timezone_aware": "must be a time with its offset, such as 2026-03-01T09:30:00Z",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "dict_type": "must be an object",
    "tuple_type": "must be a list",
    "int_parsing_size": "is too large",
    "string_pattern_mismatch": "holds characters that are not allowed (NUL, or marks that turn the direction of text)",
    "string_too_long": "is longer than {max_length} characters",
    "too_long": "holds more than {max_length} entries",
    "literal_error": "must be one of {expected}",
}
_LIMITS: Final = frozenset({"greater_than_equal", "less_than_equal", "string_too_short"})


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong. `place` is where, as pydantic counts; `path` the same for people."""

    place: tuple[int | str, ...]
    path: str
    problem: str


def faults(error: ValidationError, known: frozenset[str], limit: int = 50) -> tuple[Fault, ...]:
    """Every fault once, in order. `known` are the names of fields, which are never taken for somebody's data."""
    found: dict[tuple[str, str], Fault] = {}
    for each in error.errors(include_url=False, include_input=False):
        path = _path(each["loc"], known)
        fault = Fault(each["loc"], path, _words(each["type"], each["loc"], each.get("ctx") or {}, each["msg"]))
        found.setdefault((path, fault.problem), fault)
    return tuple(found.values())[:limit]


def _path(place: tuple[int | str, ...], known: frozenset[str]) -> str:
    text = ""
    for step in place:
        if isinstance(step, int):
            text += f"[{step}]"
        elif step in known:
            text += f".{step}"
        elif step not in ("constrained-str", "[key]") and not step.startswith(("literal", "nullable")):
            text += f".{step}" if _NAME.fullmatch(step) and sum(map(str.isdigit, step)) < 6 else ".?"
    return text.removeprefix(".")


def _words(kind: str, place: tuple[int | str, ...], context: Mapping[str, Any], message: str) -> str:
    if kind == "string_pattern_mismatch" and ("email" in place or "address" in place):
        return "is not an e-mail address"
    if kind in _WORDS:
        return _WORDS[kind].format(**context)
    if kind.startswith("datetime"):
        return _WORDS["timezone_aware"]
    # What is left speaks of limits, or is named by its kind: other messages may quote the input.
    return message.removeprefix("Input ").removeprefix("String ") if kind in _LIMITS else kind.replace("_", " ")


def field_names(*models: type[Any]) -> frozenset[str]:
    """The names of all fields of these models and of the models inside them."""
    names: set[str] = set()
    for model in models:
        schema = model.model_json_schema()
        for part in (schema, *schema.get("$defs", {}).values()):
            names |= set(part.get("properties", {}))
    return frozenset(names)
