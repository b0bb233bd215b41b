"""The items of a body: `entry[].changes[]` of one, the object itself of another, each element of a list."""

from collections.abc import Mapping
from typing import Any, Final

from leadline_capture.core.json_reader import Read
from leadline_capture.core.sources import ItemMap
from leadline_capture.core.surroundings import Expression, ExpressionFailed, Surroundings
from leadline_capture.core.values import truthy

MAX_ITEMS: Final = 1000


def surroundings(document: Read, query: Mapping[str, str]) -> Surroundings:
    """What expressions look at. A body that is a list of one is that one."""
    value = document.value
    return Surroundings(value[0] if isinstance(value, list) and len(value) == 1 else value, query)


def items_of(item_map: ItemMap, around: Surroundings, notes: list[str]) -> list[dict[str, Any]]:
    """The objects that `item_map` speaks of, with the values of its `let` added. Anything else is noted."""
    found = asked(item_map.items, around.body, around, notes, "items")
    listed = found if isinstance(found, list) else [] if found is None else [found]
    if len(listed) > MAX_ITEMS:
        notes.append(f"items: only the first {MAX_ITEMS} of {len(listed)} were taken")
    kept: list[dict[str, Any]] = []
    for number, item in enumerate(listed[:MAX_ITEMS]):
        if not isinstance(item, dict):
            notes.append(f"item {number}: is not an object")
        elif (taken := _taken(item_map, item, around, notes)) is not None:
            kept.append(taken)
    return kept


def _taken(item_map: ItemMap, item: dict[str, Any], around: Surroundings, notes: list[str]) -> dict[str, Any] | None:
    """The item with the values of `let`, if the map speaks of it. What it does not speak of is not noted."""
    noted: list[str] = []
    seen = _with_let(item_map, item, around, noted) if item_map.when_sees_let else item
    if item_map.when is not None and not truthy(asked(item_map.when, seen, around, notes, "when")):
        return None
    taken = seen if item_map.when_sees_let else _with_let(item_map, item, around, noted)
    notes += noted
    return taken


def asked(expression: Expression, item: Any, around: Surroundings, notes: list[str], name: str) -> Any:
    """The value of an expression; nothing, and a note, if it cannot be evaluated on this item."""
    try:
        return expression(item, around)
    except ExpressionFailed as failure:
        notes.append(f"{name}: {failure}")
        return None


def _with_let(item_map: ItemMap, item: dict[str, Any], around: Surroundings, notes: list[str]) -> dict[str, Any]:
    if not item_map.let:
        return item
    named = dict(item)
    for name, expression in item_map.let:
        named[name] = asked(expression, named, around, notes, name)
    return named
