"""One pool's turns of a short time, in the order in which they were dealt: a trail from balances to balances.

Each turn leads from the balances before it to those after it. A trail that uses all of them is the order, or one that
nobody can tell from it: turns that begin from the same balances go where they went in either.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Mapping, Sequence

from leadline_route.core.simulation import Happening
from leadline_runtime.core.values import dataclass

Balances = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Turn:
    """A lead dealt by a pool."""

    happening: Happening
    before: Balances
    after: Balances


def turn(happening: Happening) -> Turn:
    """The turn that a happening was."""
    return Turn(happening, balances(happening.owed), balances(happening.then_owed))


def balances(owed: Mapping[str, str]) -> Balances:
    """Balances that can be compared."""
    return frozenset(owed.items())


def beginning(turns: Sequence[Turn]) -> Balances | None:
    """Where the turns begin: the balances that more of them begin from than leave. None: anywhere, they are a ring."""
    more = Counter(each.before for each in turns)
    if len(more) == 1:
        return turns[0].before
    more.subtract(each.after for each in turns)
    return next((each.before for each in turns if more[each.before] > 0), None)


def trail(turns: Sequence[Turn], start: Balances | None, following: Balances | None) -> list[Turn]:
    """All the turns, given by time, in order. `start`: the balances before them, `following`: after them, if known.

    Where nothing follows, balances were moved without a turn (one was given back) or records are missing: it goes on
    with what must come first among the rest.
    """
    paths, found = _Paths(turns), list[Turn]()
    while rest := paths.rest():
        if start is None or not paths.leaving[start]:
            start = beginning(rest)
        if start is None:
            start = following if following is not None and paths.leaving[following] else _first(rest).before
        found += paths.trail(start)
        start = found[-1].after
    return found


def _first(turns: Sequence[Turn]) -> Turn:
    """Leads that are released at one instant are dealt in the order of their ids."""
    return min(turns, key=lambda each: (each.happening.at, each.happening.lead))


class _Paths:
    """Turns that are not placed yet, by the balances they begin from, the oldest first."""

    def __init__(self, turns: Sequence[Turn]) -> None:
        self._turns = turns
        self.leaving: defaultdict[Balances, deque[Turn]] = defaultdict(deque)
        for each in turns:
            self.leaving[each.before].append(each)

    def rest(self) -> list[Turn]:
        """Those not placed yet, by time."""
        left = {id(each) for turns in self.leaving.values() for each in turns}
        return [each for each in self._turns if id(each) in left] if left else []

    def trail(self, start: Balances) -> list[Turn]:
        """As many as follow one another: the oldest each time, then what was passed by and leads back to its start."""
        found = self._walk(start)
        place, tried = len(found) - 1, set[Balances]()
        while place >= 0:
            node = found[place].before
            detour = self._detour(node) if self.leaving[node] and node not in tried else []
            if detour:
                found[place:place] = detour
                place += len(detour)  # there may be more beside it
            else:
                tried.add(node)
                place -= 1
        return found

    def _walk(self, node: Balances) -> list[Turn]:
        found: list[Turn] = []
        while self.leaving[node]:
            found.append(self.leaving[node].popleft())
            node = found[-1].after
        return found

    def _detour(self, node: Balances) -> list[Turn]:
        """A way from `node` back to it; what does not lead back is left for later."""
        found = self._walk(node)
        length = next((n for n in range(len(found), 0, -1) if found[n - 1].after == node), 0)
        for each in reversed(found[length:]):
            self.leaving[each.before].appendleft(each)
        return found[:length]
