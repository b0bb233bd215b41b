"""Personal data out of sight: values marked `Pii` in the schemas, what the schemas do not know, and their mentions."""

import re
import types
from collections.abc import Iterable
from dataclasses import is_dataclass
from functools import cache
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel

from leadline_schemas.event import Pii

MASK = "•••"
# demo_request, intent.hand_raise, B1, MQL, US: words of ours that stay, even if somebody is called like it.
OUR_NAME = re.compile(r"[a-z0-9_.:+/-]+|[A-Z0-9]{1,4}")


def masked(model: type[BaseModel], data: Any) -> Any:
    """`data`, the JSON of a `model`, with every personal value replaced by MASK; absent values stay absent.

    A field that the model does not have comes from a newer writer and may be personal: it is masked too. An explanation
    may quote a personal value ("title Head of IT"): there the quotation is replaced. The result still is a `model`.
    """
    shown = _fields(model, data)
    return unquoted(shown, _taken(data, shown))


def unquoted(data: Any, texts: Iterable[str]) -> Any:
    """`data` with MASK wherever one of its texts mentions one of these; words and names of ours stay."""
    taken = sorted({text for text in texts if len(text) > 1}, key=len, reverse=True)
    if not taken:
        return data
    return _unquoted(data, re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, taken))})(?!\w)", re.IGNORECASE))


def _fields(part: Any, data: Any) -> Any:
    if not isinstance(data, dict):
        return _hidden(data)
    known = _known(part)
    return {name: _value(*known[name], value) if name in known else _hidden(value) for name, value in data.items()}


@cache
def _known(part: Any) -> dict[str, tuple[Any, list[Any]]]:
    """The fields of a model, or of a dataclass within one: what they hold and how they are marked."""
    if issubclass(part, BaseModel):
        return {name: (field.annotation, field.metadata) for name, field in part.model_fields.items()}
    return {name: (annotation, []) for name, annotation in get_type_hints(part, include_extras=True).items()}


def _taken(data: Any, shown: Any) -> set[str]:
    """The texts that were replaced."""
    if isinstance(data, dict) and isinstance(shown, dict):
        return {text for key in data for text in _taken(data[key], shown[key])}
    if isinstance(data, list) and isinstance(shown, list):
        return {text for one, other in zip(data, shown, strict=True) for text in _taken(one, other)}
    return {data} if isinstance(data, str) and shown == MASK else set()


def _unquoted(shown: Any, quotation: re.Pattern[str]) -> Any:
    if isinstance(shown, dict):
        return {key: _unquoted(one, quotation) for key, one in shown.items()}
    if isinstance(shown, list):
        return [_unquoted(one, quotation) for one in shown]
    if not isinstance(shown, str) or OUR_NAME.fullmatch(shown):
        return shown
    return quotation.sub(MASK, shown)


def _value(annotation: Any, marks: Iterable[Any], value: Any) -> Any:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if any(mark is Pii or isinstance(mark, Pii) for mark in marks):
        found = _hidden(value)
    elif origin is Annotated:
        found = _value(arguments[0], arguments[1:], value)
    elif origin in (Union, types.UnionType):
        found = _union(arguments, value)
    elif isinstance(value, list) and origin in (tuple, list, set, frozenset):
        found = [_value(arguments[0], (), one) for one in value]
    elif isinstance(value, dict) and origin is dict:
        found = {key: _value(arguments[1], (), one) for key, one in value.items()}
    elif isinstance(annotation, type) and (issubclass(annotation, BaseModel) or is_dataclass(annotation)):
        found = _fields(annotation, value)
    else:
        found = value
    return found


def _union(arms: Iterable[Any], value: Any) -> Any:
    # Whichever arm hides it wins: it is not known which one the writer meant.
    for arm in arms:
        if arm is not type(None):
            hidden = _value(arm, (), value)
            if hidden != value:
                return hidden
    return value


def _hidden(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _hidden(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_hidden(one) for one in value]
    return value if value is None or isinstance(value, bool) else MASK
