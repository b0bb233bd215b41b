"""The list corrects what was known beforehand: expectation and maximisation, without any example of a duplicate."""

from collections.abc import Sequence
from math import log2
from typing import Final

from leadline_capture.core.linkage_comparing import Likeness
from leadline_capture.core.linkage_levels import LADDERS
from leadline_capture.core.linkage_weights import Shares
from leadline_capture.core.linkage_words import Meaning
from leadline_runtime.core.values import dataclass

# How many pairs of the list weigh as much as the prior: fewer duplicates than this barely move it.
_PRIOR_MATCHES: Final = 60.0
_PRIOR_OTHERS: Final = 400.0


@dataclass(frozen=True, slots=True)
class Seen:
    """Pairs at which somebody looked: how alike they are, and how likely one person's."""

    levels: Sequence[Likeness]
    probability: Sequence[float]


def corrected(meanings: Sequence[Meaning], candidates: Seen, strangers: Seen, rows: int, share: float) -> Shares:
    """Shares after a look at the candidates, and at pairs taken blindly. `share`: of all candidates that were seen."""
    m, u = [], []
    matches = [1 - p for p in strangers.probability]
    for place, meaning in enumerate(meanings):
        ladder = LADDERS[meaning].levels
        m.append(_shares(place, candidates.levels, candidates.probability, [x.m * _PRIOR_MATCHES for x in ladder]))
        u.append(_shares(place, strangers.levels, matches, [x.u * _PRIOR_OTHERS for x in ladder]))
    found = sum(candidates.probability) / share + 0.02 * max(rows, 1)
    pairs = max(rows * (rows - 1) / 2, 1.0)
    rate = min(found / pairs, 0.5)
    return Shares(tuple(m), tuple(u), log2(rate / (1 - rate)))


def _shares(
    place: int, levels: Sequence[Likeness], weight: Sequence[float], beforehand: Sequence[float]
) -> tuple[float, ...]:
    counts = list(beforehand)
    for each, part in zip(levels, weight, strict=True):
        level = each[place]
        if level is not None:
            counts[level] += part
    total = sum(counts)
    return tuple(count / total for count in counts)
