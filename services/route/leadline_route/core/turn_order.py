"""Turns put in the order in which they were dealt: each from the balances that the one before it left.

Several instances deal from one pool, and an event bears the time at which its transaction began, not that at which it
got the pool's rows. So neither the log nor the clock tells the order; the balances before and after do.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from leadline_route.core.simulation import Happening
from leadline_route.core.turn_trail import Balances, Turn, beginning, trail, turn

WINDOW = timedelta(seconds=60)  # longer than any transaction and its publishing
MOST = 5_000  # happenings that are held back


class TurnOrder:
    """Holds happenings back for a while, and gives them in order. What is no turn keeps its place by time."""

    def __init__(self, window: timedelta = WINDOW, most: int = MOST) -> None:
        self._window, self._most = window, most
        self._waiting: list[Happening] = []
        self._left: dict[str, Balances] = {}  # the balances of each pool after its newest turn
        self._look_at = datetime.min.replace(tzinfo=UTC)  # when something may be in order

    def put(self, happening: Happening) -> Iterator[Happening]:
        """One more, by time; what is in order by now."""
        self._waiting.append(happening)
        if len(self._waiting) > self._most:
            yield from self._give(happening.at - self._window, self._most // 2)
        elif happening.at >= self._look_at:
            self._look_at = happening.at + self._window  # many are put in order at once
            if not self._await(happening.at - self._window):
                yield from self._give(happening.at - self._window, self._most)

    def end(self) -> Iterator[Happening]:
        """The rest."""
        yield from self._give(None, 0)

    def _give(self, until: datetime | None, most: int) -> Iterator[Happening]:
        """In order, until nothing older than `until` waits, and no more than `most`."""
        self._waiting.sort(key=_time)
        trails = self._trails(until)
        given: set[int] = set()
        for oldest in self._waiting:
            if until is not None and oldest.at >= until and len(self._waiting) - len(given) <= most:
                break
            pool = _pool(oldest)
            if pool is None:
                given.add(id(oldest))
                yield oldest
                continue
            while id(oldest) not in given:  # after the turns that must have come before it
                dealt = trails[pool].popleft()
                given.add(id(dealt.happening))
                self._left[pool] = dealt.after
                yield dealt.happening
        self._waiting = [each for each in self._waiting if id(each) not in given]

    def _trails(self, until: datetime | None) -> dict[str, deque[Turn]]:
        """The turns that wait, of each pool in their order."""
        trails: dict[str, deque[Turn]] = {}
        for pool, turns in self._turns().items():
            spells, left = _spells(turns, self._window), self._left.get(pool)
            trails[pool] = deque()
            for index, spell in enumerate(spells):
                trails[pool] += trail(spell, left, _begun(_over(spells[index + 1 :], until)))
                left = trails[pool][-1].after
        return trails

    def _await(self, until: datetime) -> bool:
        """Is it to be waited for more turns of a pool, to know where the first ones, due by now, began?

        When equal shares have come round, all balances are left as often as begun from: the turns are a ring.
        """
        self._waiting.sort(key=_time)
        for pool, turns in self._turns().items():
            spells = _spells(turns, self._window)
            due = pool not in self._left and turns[0].happening.at < until
            if due and _begun(_over(spells, until)) is None:
                return True
        return False

    def _turns(self) -> dict[str, list[Turn]]:
        found: dict[str, list[Turn]] = {}
        for each in self._waiting:
            pool = _pool(each)
            if pool is not None:
                found.setdefault(pool, []).append(turn(each))
        return found


def _spells(turns: Sequence[Turn], window: timedelta) -> list[list[Turn]]:
    """Turns by time, parted where so much lies between two that the clock tells their order."""
    spells = [[turns[0]]]
    for before, each in pairwise(turns):
        if each.happening.at - before.happening.at > window:
            spells.append([])
        spells[-1].append(each)
    return spells


def _over(spells: list[list[Turn]], until: datetime | None) -> list[list[Turn]]:
    """Without the last one, if more of it may come: turns dealt before it may be told after it."""
    return spells[:-1] if until is not None and spells and spells[-1][-1].happening.at >= until else spells


def _begun(spells: Sequence[Sequence[Turn]]) -> Balances | None:
    """Where the first of the spells begins, if it is certain: rings end where they begin."""
    return next((found for spell in spells if (found := beginning(spell)) is not None), None)


def _time(happening: Happening) -> datetime:
    return happening.at


def _pool(happening: Happening) -> str | None:
    """The pool that dealt a turn; None if it was none."""
    return happening.was.pool if happening.was is not None and happening.owed else None
