"""A body that speaks of several, parted: each lead and each act becomes a submission of its own.

Each part is the body as it came without the items that others are made of, so that nobody's data stands in the
submission of somebody else. Where they cannot be told apart, the part is the whole body and the number of its item.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from leadline_capture.core import values
from leadline_capture.core.items import asked, chosen, unwrapped, with_let
from leadline_capture.core.sources import ItemMap, Source
from leadline_capture.core.surroundings import Surroundings
from leadline_capture.core.values import truthy
from leadline_runtime.core.values import dataclass

Found = tuple[ItemMap, dict[str, Any]]
LONGEST_ID: Final = 500


@dataclass(frozen=True, slots=True)
class Part:
    """One of several. `body`: None for the body as it came. `item`: which of the items that the mapping finds there.
    `own_id`: the one its map gives it."""

    body: bytes | None = None
    item: int | None = None
    own_id: str | None = None


def found_in(source: Source, around: Surroundings) -> list[Found]:
    """Every item of the body with the map that makes something of it, in order."""
    notes: list[str] = []
    return [(each, item) for each in source.maps for item in chosen(each, around, notes)]


def parts_of(source: Source, around: Surroundings, found: Sequence[Found]) -> list[Part]:
    """The parts of a body; one for each of `found`, or the body itself if that speaks of one or of nothing."""
    if len(found) < 2:
        return [Part(own_id=_own_id(*found[0], around) if found else None)]
    inside = [frozenset(map(id, _within(item))) for _, item in found]
    return [
        Part(*_alone(source, around, found, inside, number), _own_id(*each, around))
        for number, each in enumerate(found)
    ]


def _alone(
    source: Source, around: Surroundings, found: Sequence[Found], inside: Sequence[frozenset[int]], number: int
) -> tuple[bytes | None, int | None]:
    mine = id(found[number][1])
    others = {
        id(item)
        for place, (_, item) in enumerate(found)
        if id(item) not in inside[number] and mine not in inside[place]
    }
    left = [place for place, (_, item) in enumerate(found) if id(item) not in others]
    cut = unwrapped(_without(around.body, others))
    if not others or len(found_in(source, Surroundings(cut, around.query))) != len(left):
        return None, number
    return _json(cut), left.index(number) if len(left) > 1 else None


def _own_id(item_map: ItemMap, item: dict[str, Any], around: Surroundings) -> str | None:
    """The id that the map gives this item; None for test traffic, which shares one."""
    notes: list[str] = []
    if item_map.own_id is None or (item_map.test and truthy(asked(item_map.test, item, around, notes, "test"))):
        return None
    named = with_let(item_map, item, around, notes)
    own = values.text(asked(item_map.own_id, named, around, notes, "own_id"), notes.append, first=True)
    return own if own is not None and len(own) <= LONGEST_ID else None


def _within(value: Any) -> Iterator[dict[str, Any]]:
    """All objects in a value, itself included."""
    if isinstance(value, dict):
        yield value
        for each in value.values():
            yield from _within(each)
    elif isinstance(value, list):
        for each in value:
            yield from _within(each)


def _without(value: Any, others: set[int]) -> Any:
    if isinstance(value, dict):
        return {name: _without(each, others) for name, each in value.items() if id(each) not in others}
    if isinstance(value, list):
        return [_without(each, others) for each in value if id(each) not in others]
    return value


def _json(value: Any) -> bytes:
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:  # half of a surrogate pair, kept as it came
        return json.dumps(value, separators=(",", ":")).encode()
