"""The items of a body: `entry[].changes[]` of one, the object itself of another, each element of a list."""

from collections.abc import Mapping
from typing import Any, Final

from leadline_capture.core.sources import ItemMap, Source
from leadline_capture.core.surroundings import Expression, Surroundings
from leadline_capture.core.values import truthy
from leadline_runtime.core.errors import ExpressionFailed
from leadline_runtime.core.json_reader import Read

MAX_ITEMS: Final = 1000


def surroundings(document: Read, query: Mapping[str, str]) -> Surroundings:
    """What expressions look at. A body that is a list of one is that one."""
    return Surroundings(unwrapped(document.value), query)


def unwrapped(value: Any) -> Any:
    """The one value in a list of one; anything else as it is."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def chosen(item_map: ItemMap, around: Surroundings, notes: list[str]) -> list[dict[str, Any]]:
    """The objects that `item_map` speaks of, as they stand in the body."""
    listed = _listed(item_map, around, notes)
    if len(listed) > MAX_ITEMS:
        notes.append(f"items: only the first {MAX_ITEMS} of {len(listed)} were taken")
    kept: list[dict[str, Any]] = []
    for number, item in enumerate(listed[:MAX_ITEMS]):
        if not isinstance(item, dict):
            notes.append(f"item {number}: is not an object")
        elif _speaks_of(item_map, item, around, notes):
            kept.append(item)
    return kept


def _speaks_of(item_map: ItemMap, item: dict[str, Any], around: Surroundings, notes: list[str]) -> bool:
    """Whether the map speaks of the item. What a `let` finds odd of one that it does not speak of is not noted."""
    if item_map.when is None:
        return True
    seen = with_let(item_map, item, around, []) if item_map.when_sees_let else item
    return truthy(asked(item_map.when, seen, around, notes, "when"))


def holds_too_many(source: Source, around: Surroundings) -> bool:
    """Whether a map of the source would leave out items of this body."""
    notes: list[str] = []
    return any(len(_listed(item_map, around, notes)) > MAX_ITEMS for item_map in source.maps)


def _listed(item_map: ItemMap, around: Surroundings, notes: list[str]) -> list[Any]:
    found = asked(item_map.items, around.body, around, notes, "items")
    return found if isinstance(found, list) else [] if found is None else [found]


def asked(expression: Expression, item: Any, around: Surroundings, notes: list[str], name: str) -> Any:
    """The value of an expression; nothing, and a note, if it cannot be evaluated on this item."""
    try:
        return expression(item, around)
    except ExpressionFailed as failure:
        notes.append(f"{name}: {failure}")
        return None


def with_let(item_map: ItemMap, item: dict[str, Any], around: Surroundings, notes: list[str]) -> dict[str, Any]:
    """An item with the named values of its map beside its own."""
    if not item_map.let:
        return item
    named = dict(item)
    for name, expression in item_map.let:
        named[name] = asked(expression, named, around, notes, name)
    return named
