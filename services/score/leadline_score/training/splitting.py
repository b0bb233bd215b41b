"""Which rows a model learns from, and which stay untouched until it is measured."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise
from random import Random
from typing import NamedTuple

TEST_SHARE = 0.2
FOLDS = 4
_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)


class Split(NamedTuple):
    """Places of rows: `learn` (with time: oldest first) and `test`, the newest, or drawn evenly of both ends."""

    learn: tuple[int, ...]
    test: tuple[int, ...]
    by_time: bool


class Fold(NamedTuple):
    """Positions within `learn`: what is fitted and what it is looked at by."""

    fit: tuple[int, ...]
    look: tuple[int, ...]


def split(outcomes: Sequence[int], at: Sequence[datetime | None] | None, seed: int) -> Split:
    """The newest fifth apart; without times a fifth of each end, by a seeded shuffle."""
    if at is not None:
        order = sorted(range(len(outcomes)), key=lambda place: (at[place] or _BEFORE_ALL, place))
        border = len(order) - round(TEST_SHARE * len(order))
        return Split(tuple(order[:border]), tuple(order[border:]), True)
    parts = _dealt(outcomes, round(1 / TEST_SHARE), seed)
    test = sorted(parts[0])
    learn = sorted(place for part in parts[1:] for place in part)
    return Split(tuple(learn), tuple(test), False)


def inner_folds(outcomes: Sequence[int], by_time: bool, seed: int) -> list[Fold]:
    """With time: each fold is looked at by the rows that follow what it is fitted on. Else: even parts, each once."""
    rows = len(outcomes)
    if by_time:
        borders = [round(rows * part / (FOLDS + 1)) for part in range(1, FOLDS + 2)]
        return [Fold(tuple(range(start)), tuple(range(start, end))) for start, end in pairwise(borders)][1:]
    parts = _dealt(outcomes, FOLDS, seed)
    return [
        Fold(tuple(sorted(p for other, part in enumerate(parts) if other != place for p in part)), tuple(sorted(look)))
        for place, look in enumerate(parts)
    ]


def _dealt(outcomes: Sequence[int], parts: int, seed: int) -> list[list[int]]:
    """Rows dealt to so many parts, each end for itself, in an order that the seed decides."""
    chance = Random(seed)  # noqa: S311 - repeatable, not secret
    found: list[list[int]] = [[] for _ in range(parts)]
    given = 0
    for end in (0, 1):
        members = [place for place, outcome in enumerate(outcomes) if outcome == end]
        chance.shuffle(members)
        for member in members:
            found[given % parts].append(member)
            given += 1
    return found
