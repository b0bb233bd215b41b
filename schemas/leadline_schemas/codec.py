"""Events to bytes and back. The value is bare JSON; what an earlier step wrote is spliced in as its original bytes.

Splicing is cheaper than encoding again, and an older step does not lose a newer field (loop, section 9).
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from leadline_schemas.event import Model
from leadline_schemas.topics import Topic

T = TypeVar("T", bound=Model)


class Undecodable(ValueError):
    """The bytes are no valid value of the topic. The text names path and kind of each fault, never a value."""


@cache
def adapter(model: type[Model]) -> TypeAdapter[Any]:
    """The compiled validator and serialiser of a model."""
    return TypeAdapter(model)


def decode(topic: Topic[T], value: bytes) -> T:
    """The event in `value`. Raises Undecodable."""
    return decode_model(topic.model, value, topic.name)


def decode_model(model: type[T], value: bytes, name: str) -> T:
    """A model from JSON bytes. Raises Undecodable with `name` and the faults without the input."""
    try:
        found: T = adapter(model).validator.validate_json(value)
    except ValidationError as error:
        raise Undecodable(f"{name}: {describe(error)}") from None
    return found


def encode(topic: Topic[T], event: T, carried: bytes | None = None, told: Mapping[str, bytes] | None = None) -> bytes:
    """The event as JSON. `carried`: the original bytes of the earlier event that the topic's `carries` field holds;
    `told`: fields that were encoded before, by name.
    """
    if carried is None or topic.carries is None:
        return encode_model(event)
    if told:
        return encode_model(event, {**told, topic.carries: carried})
    own = adapter(topic.model).serializer.to_json(event, exclude_none=True, exclude={topic.carries})
    return b'%s,"%s":%s}' % (own[:-1], topic.carries.encode(), carried)


def _joined(event: Model, told: Mapping[str, bytes]) -> bytes:
    """The event in the order of its fields, those told spliced in."""
    to_json, parts = adapter(type(event)).serializer.to_json, []
    for names, absent, spliced, key in _runs(type(event), tuple(told)):
        if names and not (absent and all(getattr(event, name) is None for name in names)):
            parts.append(to_json(event, exclude_none=True, include=names)[1:-1])
        if spliced:
            parts.append(key + told[spliced])
    return b"{%s}" % b",".join(parts)


@cache
def _runs(model: type[Model], told: tuple[str, ...]) -> tuple[tuple[set[str], bool, str, bytes], ...]:
    """The fields between those told, in order: each run, whether all of it may be absent, the told field after it (none
    after the last), and that one's key.
    """
    found: list[tuple[set[str], str]] = [(set(), "")]
    for name in model.model_fields:
        names, _ = found[-1]
        if name in told:
            found[-1] = (names, name)
            found.append((set(), ""))
        else:
            names.add(name)
    may_be_absent = {name for name, field in model.model_fields.items() if field.default is None}
    return tuple((names, names <= may_be_absent, name, b'"%s":' % name.encode()) for names, name in found)


def encode_model(model: Model, told: Mapping[str, bytes] | None = None) -> bytes:
    """A model as JSON bytes without its absent fields. `told`: fields that were encoded before, by name."""
    if told:
        return _joined(model, told)
    return adapter(type(model)).serializer.to_json(model, exclude_none=True)


def describe(error: ValidationError, limit: int = 20) -> str:
    """All faults of a validation error as `path: message` (never the input, which may be personal)."""
    faults = [
        f"{'.'.join(map(str, e['loc'])) or '(whole value)'}: {_plain(e['type'], e['msg'])}"
        for e in error.errors(include_url=False, include_context=False, include_input=False)[:limit]
    ]
    rest = error.error_count() - len(faults)
    return "; ".join(faults) + (f"; and {rest} more" if rest > 0 else "")


def _plain(kind: str, message: str) -> str:
    # These messages quote the input or a parser's excerpt of it.
    return kind.replace("_", " ") if kind in {"json_invalid", "value_error", "assertion_error"} else message
