"""Turns put in the order in which they were dealt: each from the balances that the one before it left.

Several instances deal from one pool, and an event bears the time at which its transaction began, not that at which it
got the pool's rows. So neither the log nor the clock tells the order; the balances before and after do.
"""

from collections import Counter, OrderedDict, defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from leadline_route.core.simulation import Happening

WINDOW = timedelta(seconds=60)  # longer than any transaction and its publishing
MOST = 5_000  # happenings that are held back
Balances = frozenset[tuple[str, str]]


class TurnOrder:
    """Holds happenings back for a while, and gives them in order. What is no turn keeps its place by time."""

    def __init__(self, window: timedelta = WINDOW, most: int = MOST) -> None:
        self._window, self._most = window, most
        self._waiting: OrderedDict[int, Happening] = OrderedDict()
        self._from: defaultdict[tuple[str, Balances], list[int]] = defaultdict(list)
        self._left: dict[str, Balances] = {}  # the balances of each pool after its newest turn
        self._number = 0

    def put(self, happening: Happening) -> Iterator[Happening]:
        """One more, by time; what is in order by now."""
        self._number += 1
        self._waiting[self._number] = happening
        pool = _pool(happening)
        if pool is not None:
            self._from[pool, _balances(happening.owed)].append(self._number)
        while self._waiting and (len(self._waiting) > self._most or self._oldest.at < happening.at - self._window):
            yield from self._next()

    def end(self) -> Iterator[Happening]:
        """The rest."""
        while self._waiting:
            yield from self._next()

    @property
    def _oldest(self) -> Happening:
        return next(iter(self._waiting.values()))

    def _next(self) -> Iterator[Happening]:
        """The oldest, after the turns that must have come before it."""
        number, oldest = next(iter(self._waiting.items()))
        pool = _pool(oldest)
        if pool is None:
            del self._waiting[number]
            yield oldest
            return
        if pool not in self._left:
            self._left[pool] = self._beginning(pool)
        while number in self._waiting:
            before = self._from.get((pool, self._left[pool]))
            # Where nothing follows, balances were moved without a turn: one was given back, or records are missing.
            chosen = min(before, key=self._at) if before else number
            happening = self._waiting.pop(chosen)
            self._forget(pool, happening, chosen)
            self._left[pool] = _balances(happening.then_owed)
            yield happening

    def _at(self, number: int) -> tuple[datetime, int]:
        return self._waiting[number].at, number

    def _beginning(self, pool: str) -> Balances:
        """The balances of a pool's first turn: those that more turns begin from than leave; they come again and again.

        Where all are as often left as begun from, it is a ring, and time alone says where it begins.
        """
        dealt = sorted((each for each in self._waiting.values() if _pool(each) == pool), key=lambda each: each.at)
        more = Counter(_balances(each.owed) for each in dealt)
        more.subtract(_balances(each.then_owed) for each in dealt)
        return next((begun for each in dealt if more[begun := _balances(each.owed)] > 0), _balances(dealt[0].owed))

    def _forget(self, pool: str, happening: Happening, number: int) -> None:
        key = (pool, _balances(happening.owed))
        self._from[key].remove(number)
        if not self._from[key]:
            del self._from[key]


def _pool(happening: Happening) -> str | None:
    """The pool that dealt a turn; None if it was none."""
    return happening.was.pool if happening.was is not None and happening.owed else None


def _balances(owed: Mapping[str, str]) -> Balances:
    return frozenset(owed.items())
