"""Which rules of a list, of which the first that fits counts, can never count because one before takes all that fits.

Only what the written conditions show is told: entry by entry, equal ones, and values among more values.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from leadline_runtime.core.values import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """A rule as it is written. `path`: where it stands; `ends`: whatever fits it goes no further."""

    name: str
    path: str
    when: Mapping[str, Any]
    ends: bool = True


def shadowed(rows: Sequence[Row]) -> Iterator[tuple[Row, Row]]:
    """The rows that never count, each with the first one that takes all that would fit it."""
    for place, row in enumerate(rows):
        taker = next((each for each in rows[:place] if each.ends and implies(row.when, each.when)), None)
        if taker is not None:
            yield row, taker


def implies(narrow: Mapping[str, Any], wide: Mapping[str, Any]) -> bool:
    """Does all that fits `narrow` fit `wide` as well? False also where the conditions do not show it."""
    return all(key in narrow and _within(narrow[key], each) for key, each in wide.items())


def _within(narrow: Any, wide: Any) -> bool:
    if narrow == wide:
        return True
    values, wanted = _values(narrow), _values(wide)
    return values is not None and wanted is not None and all(value in wanted for value in values)


def _values(matcher: Any) -> list[Any] | None:
    """The values that a matcher lets through, if it names them."""
    if not isinstance(matcher, dict):
        return None if isinstance(matcher, list) else [matcher]
    if set(matcher) == {"eq"}:
        return [matcher["eq"]]
    return list(matcher["in"]) if set(matcher) == {"in"} else None


def words(taker: Row) -> str:
    """What is wrong with a row that never counts, and what would be right."""
    if not taker.when:
        return f"never counts: {taker.name} before it fits everything; put it after all others"
    return f"never counts: what fits it fits {taker.name} before it; put the narrower one first"
