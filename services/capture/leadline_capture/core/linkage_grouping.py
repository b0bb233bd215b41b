"""Pairs put together as persons, so that what is said of one pair does not deny what is said of another."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from leadline_runtime.core.values import dataclass

LARGEST_GROUP: Final = 50  # records of one person; what is larger is no person but a default value


@dataclass(frozen=True, slots=True)
class Scored:
    """Two records with the odds, as log2, that they are one person's."""

    one: int
    other: int
    log_odds: float


def persons(records: int, pairs: Iterable[Scored], least: float = 0.0) -> list[int]:
    """Whose each record is, by the number of the person's first record, if every pair from `least` on is believed."""
    first = list(range(records))

    def root(row: int) -> int:
        while first[row] != row:
            first[row] = first[first[row]]
            row = first[row]
        return row

    for pair in pairs:
        if pair.log_odds >= least:
            low, high = sorted((root(pair.one), root(pair.other)))
            first[high] = low
    return [root(row) for row in range(records)]


def grouped(pairs: Sequence[Scored], log_odds: Callable[[int, int], float], least: float) -> list[tuple[int, ...]]:
    """Groups of records, each one person. The surest pairs are joined first; two groups become one only if all that is
    known between their records together speaks for it, so that no chain of half-sure pairs makes one person of many.
    """
    group: dict[int, list[int]] = {}
    known = {(pair.one, pair.other): pair.log_odds for pair in pairs}

    def between(one: int, other: int) -> float:
        key = (min(one, other), max(one, other))
        if key not in known:
            known[key] = log_odds(*key)
        return known[key]

    for pair in sorted(pairs, key=lambda each: (-each.log_odds, each.one, each.other)):
        if pair.log_odds < least:
            break
        left, right = group.setdefault(pair.one, [pair.one]), group.setdefault(pair.other, [pair.other])
        if left is right or len(left) + len(right) > LARGEST_GROUP:
            continue
        if sum(between(a, b) for a in left for b in right) >= least:
            left.extend(right)
            for row in right:
                group[row] = left
    distinct = {id(rows): tuple(sorted(rows)) for rows in group.values() if len(rows) > 1}
    return sorted(distinct.values())
