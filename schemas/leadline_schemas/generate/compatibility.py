"""May this schema follow that one? Old readers must read new events, new readers old ones: additions only."""

from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]
# What only informs people. All else in a schema decides what is accepted.
_ANNOTATIONS = {"title", "description", "default", "examples", "$schema", "$id", "$defs", "x-topic", "x-pii"}
_STRUCTURE = {"properties", "required", "anyOf", "items", "additionalProperties", "$ref"}


def faults(before: Schema, after: Schema) -> list[str]:
    """What in `after` breaks a reader or an event of `before`: each with its path, what happened and why it matters."""
    return list(dict.fromkeys(_compare(before, after, Roots(before, after), "")))


class Roots:
    """Where references lead, and which pairs are being compared already."""

    def __init__(self, before: Schema, after: Schema) -> None:
        self.before, self.after = before, after
        self.seen: set[tuple[str, str]] = set()


def _compare(before: Schema, after: Schema, roots: Roots, path: str) -> Iterator[str]:
    if "$ref" in before and "$ref" in after:
        pair = (before["$ref"], after["$ref"])
        if pair in roots.seen:
            return
        roots.seen.add(pair)
    yield from _marks(before, after, path)
    before, after = _followed(before, roots.before), _followed(after, roots.after)
    yield from _words(before, after, path)
    yield from _fields(before, after, roots, path)
    yield from _inside(before, after, roots, path)


def _followed(schema: Schema, root: Schema) -> Schema:
    while "$ref" in schema:
        found: Any = root
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        schema = {**found, **{k: v for k, v in schema.items() if k != "$ref"}}
    return schema


def _marks(before: Schema, after: Schema, path: str) -> Iterator[str]:
    if before.get("x-pii") and not after.get("x-pii"):
        yield f"{path or '(top)'}: was personal data and is no longer marked as such"


def _words(before: Schema, after: Schema, path: str) -> Iterator[str]:
    for word in sorted((before.keys() | after.keys()) - _ANNOTATIONS - _STRUCTURE):
        if before.get(word) != after.get(word):
            yield f"{path or '(top)'}: {word} was {before.get(word)!r} and is {after.get(word)!r}"


def _fields(before: Schema, after: Schema, roots: Roots, path: str) -> Iterator[str]:
    old, new = before.get("properties", {}), after.get("properties", {})
    for name in sorted(old.keys() - new.keys()):
        yield f"{_below(path, name)}: was removed; readers of before may need it"
    for name in sorted(set(after.get("required", ())) - set(before.get("required", ()))):
        yield f"{_below(path, name)}: is required now; events of before do not have it"
    for name in sorted(set(before.get("required", ())) & set(new) - set(after.get("required", ()))):
        yield f"{_below(path, name)}: is no longer required; readers of before refuse events without it"
    for name in sorted(old.keys() & new.keys()):
        yield from _compare(old[name], new[name], roots, _below(path, name))


def _inside(before: Schema, after: Schema, roots: Roots, path: str) -> Iterator[str]:
    for word, mark in (("items", "[]"), ("additionalProperties", "{}")):
        old, new = before.get(word), after.get(word)
        if isinstance(old, dict) and isinstance(new, dict):
            yield from _compare(old, new, roots, f"{path}{mark}")
        elif old != new:
            yield f"{path or '(top)'}: {word} was {_kind(old)} and is {_kind(new)}"
    old_kinds, new_kinds = before.get("anyOf", []), after.get("anyOf", [])
    if len(old_kinds) != len(new_kinds):
        yield f"{path or '(top)'}: was one of {len(old_kinds) or 1} kinds and is one of {len(new_kinds) or 1}"
        return
    for old, new in zip(old_kinds, new_kinds, strict=True):
        yield from _compare(old, new, roots, path)


def _kind(schema: Any) -> str:
    return str(schema.get("type", "a schema")) if isinstance(schema, dict) else repr(schema)


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
