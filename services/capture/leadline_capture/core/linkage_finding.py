"""The pairs of a list that may be one person's, with a probability and reasons in words."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Final

from leadline_capture.core.linkage_blocking import Candidates, candidates
from leadline_capture.core.linkage_comparing import Comparer, Likeness, Values
from leadline_capture.core.linkage_estimating import Seen, corrected
from leadline_capture.core.linkage_grouping import Scored, grouped, persons
from leadline_capture.core.linkage_reading import Layout
from leadline_capture.core.linkage_reasons import in_words
from leadline_capture.core.linkage_weights import Shares, Weigher, frequencies, known_beforehand, probability
from leadline_runtime.core.values import dataclass

THRESHOLD: Final = 0.5
_LOOKED_AT: Final = 20_000  # candidates, and as many pairs taken blindly, from which the shares are estimated
_ROUNDS: Final = (4, 3)
_WORTH_KEEPING: Final = -10.0  # log2 of odds: what is below is no part of any group

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records, numbered from 0, that may be one person's. `group`: the number of the person in this list; None if
    all in all they are rather not."""

    one: int
    other: int
    probability: float
    reasons: str
    group: int | None


@dataclass(frozen=True, slots=True)
class Found:
    """What was found: the pairs, the surest first; how many were compared; how many at most were left out."""

    pairs: tuple[Pair, ...]
    compared: int
    cut: int


def find(
    layout: Layout, records: Sequence[Values], short_forms: Mapping[str, frozenset[str]],
    threshold: float = THRESHOLD, progress: Progress | None = None,
) -> Found:  # fmt: skip
    """Every pair from `threshold` on. The same list always gives the same."""
    tell = progress or (lambda *_: None)
    chosen = candidates(layout.meanings, records)
    search = _Search(layout, records, Comparer(layout.meanings, short_forms), chosen)
    weigher = search.learnt()
    scored = list(search.scored(weigher, tell))
    weigher = search.learnt_again(weigher, scored)
    kept = [Scored(p.one, p.other, search.log_odds(weigher, p.one, p.other)) for p in scored]
    groups = grouped(kept, lambda a, b: search.log_odds(weigher, a, b), 0.0)
    whose = {row: number for number, rows in enumerate(groups) for row in rows}
    odds = {pair: search.log_odds(weigher, *pair) for rows in groups for pair in combinations(rows, 2)}
    # Below even odds a pair may be worth a look, though its records are nobody's group.
    odds.update({(p.one, p.other): p.log_odds for p in kept if p.log_odds < 0 and (p.one, p.other) not in odds})
    pairs = [
        Pair(one, other, sure, search.reasons(weigher, one, other), _same(whose, one, other))
        for (one, other), each in odds.items()
        if (sure := probability(each)) >= threshold
    ]
    pairs.sort(key=lambda pair: (-pair.probability, pair.one, pair.other))
    return Found(tuple(pairs), chosen.pairs, chosen.cut)


def _same(group: Mapping[int, int], one: int, other: int) -> int | None:
    number = group.get(one)
    return number if number is not None and number == group.get(other) else None


class _Search:
    """One list while it is searched."""

    def __init__(self, layout: Layout, records: Sequence[Values], comparer: Comparer, chosen: Candidates) -> None:
        self._layout, self._meanings, self._of_persons = layout, layout.meanings, layout.of_persons
        self._records, self._comparer, self._chosen = records, comparer, chosen
        every = max(1, chosen.pairs // _LOOKED_AT)
        self._share = 1 / every
        self._sample = [pair for n, pair in enumerate(chosen) if n % every == 0]
        self._strangers = list(_blindly(len(records)))
        self._sample_levels = [self.levels(*pair) for pair in self._sample]
        self._stranger_levels = [self.levels(*pair) for pair in self._strangers]

    def levels(self, one: int, other: int) -> Likeness:
        return self._comparer.levels(self._records[one], self._records[other])

    def log_odds(self, weigher: Weigher, one: int, other: int) -> float:
        return weigher.log_odds(self.levels(one, other), self._records[one], self._records[other])

    def reasons(self, weigher: Weigher, one: int, other: int) -> str:
        return in_words(self._layout, weigher, self.levels(one, other), self._records[one], self._records[other])

    def learnt(self) -> Weigher:
        """A weigher whose shares the list corrected; every row counts as a person of its own."""
        rows = len(self._records)
        return self._corrected(known_beforehand(self._meanings, rows), list(range(rows)), _ROUNDS[0])

    def learnt_again(self, weigher: Weigher, scored: Sequence[Scored]) -> Weigher:
        """The same once it is known who is in the list twice, and makes values seem more frequent than they are."""
        return self._corrected(weigher.shares, persons(len(self._records), scored), _ROUNDS[1])

    def _corrected(self, shares: Shares, person: Sequence[int], rounds: int) -> Weigher:
        frequency = frequencies(self._meanings, self._records, person)
        weigher = Weigher(self._meanings, shares, frequency, of_persons=self._of_persons)
        for _ in range(rounds):
            seen = self._seen(weigher, self._sample, self._sample_levels)
            strangers = self._seen(weigher, self._strangers, self._stranger_levels)
            shares = corrected(self._meanings, seen, strangers, len(self._records), self._share)
            weigher = Weigher(self._meanings, shares, frequency, of_persons=self._of_persons)
        return weigher

    def _seen(self, weigher: Weigher, pairs: Sequence[tuple[int, int]], levels: Sequence[Likeness]) -> Seen:
        records = self._records
        sure = [
            probability(weigher.log_odds(level, records[one], records[other]))
            for (one, other), level in zip(pairs, levels, strict=True)
        ]
        return Seen(levels, sure)

    def scored(self, weigher: Weigher, tell: Progress) -> Iterator[Scored]:
        """Every candidate worth keeping."""
        whole = self._chosen.pairs
        for number, (one, other) in enumerate(self._chosen):
            if number % 50_000 == 0:
                tell("pairs compared", number, whole)
            odds = self.log_odds(weigher, one, other)
            if odds >= _WORTH_KEEPING:
                yield Scored(one, other, odds)


def _blindly(rows: int) -> Iterator[tuple[int, int]]:
    """Pairs taken without looking, spread evenly over the list; neighbours stand beside each other for a reason."""
    if rows < 3:
        return
    strides = max(1, min(rows // 2, _LOOKED_AT // rows))
    step = max(1, rows // (2 * strides + 1))
    for n in range(1, strides + 1):
        stride = n * step
        every = max(1, rows // _LOOKED_AT)
        for one in range(0, rows, every):
            yield min(one, (one + stride) % rows), max(one, (one + stride) % rows)
