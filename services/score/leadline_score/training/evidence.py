"""What one column tells of the outcome by itself, measured on the rows that a model may learn from."""

from collections.abc import Sequence
from math import sqrt
from typing import NamedTuple

from leadline_score.training.measures import auc_error, auc_of_groups

Group = tuple[int, int]  # rows, winners
CONFIDENT = 2.0  # standard errors
DECISIVE = 0.02  # a slot whose losers (or winners) are this part of what the base rate says decides the case
DECIDED_SHARE = 0.10  # of one side must lie in slots that decide, before they count
EXPECTED = 60.0  # leads of the side that is not there must have been expected: else it may be chance
EXPECTED_OF_FILLED = 30.0  # the same of whether a column is filled at all, which is one question and not one per slot


class Decided(NamedTuple):
    """Slots in which (almost) everybody ended one way: the side, the share of that side in them, the largest slot."""

    won: bool
    share: float
    slot: int
    rows: int
    rate: float


class Evidence(NamedTuple):
    """`auc` of the column alone with its error; the same of whether it is filled; what its slots decide."""

    auc: float
    error: float
    filled_auc: float
    filled_error: float
    filled_rate: float
    missing_rate: float
    decided: tuple[Decided, ...]
    exact: Decided | None  # of filled (slot 0) or missing (slot 1) alone

    @property
    def least_auc(self) -> float:
        """The AUC that it has at least, with confidence."""
        return self.auc - CONFIDENT * self.error

    @property
    def least_filled_auc(self) -> float:
        """The same of whether it is filled."""
        return self.filled_auc - CONFIDENT * self.filled_error


def grouped(slots: Sequence[int], outcomes: Sequence[int], count: int) -> list[Group]:
    """Rows and winners of each slot."""
    rows, won = [0] * count, [0] * count
    for slot, outcome in zip(slots, outcomes, strict=True):
        rows[slot] += 1
        won[slot] += outcome
    return list(zip(rows, won, strict=True))


def evidence(groups: Sequence[Group]) -> Evidence:
    """Weigh a column's slots; the last of them is that of the unknown."""
    rows, won = sum(n for n, _ in groups), sum(w for _, w in groups)
    lost = rows - won
    alone = auc_of_groups(groups)
    missing, missing_won = groups[-1]
    filled, filled_won = rows - missing, won - missing_won
    by_filled = auc_of_groups(((missing, missing_won), (filled, filled_won)))
    return Evidence(
        auc=alone,
        error=auc_error(alone, won, lost),
        filled_auc=by_filled,
        filled_error=auc_error(by_filled, won, lost),
        filled_rate=filled_won / filled if filled else 0.0,
        missing_rate=missing_won / missing if missing else 0.0,
        decided=_both(groups, EXPECTED, DECIDED_SHARE),
        exact=next(iter(_both(((filled, filled_won), (missing, missing_won)), EXPECTED_OF_FILLED, 0.0)), None),
    )


def _both(groups: Sequence[Group], least: float, share: float) -> tuple[Decided, ...]:
    found = [_decided(groups, side, least) for side in (True, False)]
    return tuple(each for each in found if each is not None and each.share >= share)


def _decided(groups: Sequence[Group], side: bool, least: float) -> Decided | None:
    """The slots in which there is (almost) nobody of the other side, where at least so many were to be expected."""
    rows, won = sum(n for n, _ in groups), sum(w for _, w in groups)
    base_other = (rows - won) / rows if side else won / rows
    found: list[tuple[int, int]] = []  # (rows, slot)
    for slot, (n, w) in enumerate(groups):
        others = n - w if side else w
        expected = n * base_other
        if n and expected >= least and others <= DECISIVE * expected:
            found.append((n, slot))
    if not found:
        return None
    inside = sum(groups[slot][1] if side else groups[slot][0] - groups[slot][1] for _, slot in found)
    share = inside / max(1, won if side else rows - won)
    largest, slot = max(found)
    return Decided(side, share, slot, largest, groups[slot][1] / largest)


def association(one: Sequence[float], other: Sequence[float]) -> float:
    """Pearson's correlation; 0 where one of them does not vary."""
    n = len(one)
    if n < 2:
        return 0.0
    mean_one, mean_other = sum(one) / n, sum(other) / n
    both = sum((a - mean_one) * (b - mean_other) for a, b in zip(one, other, strict=True))
    spread = sqrt(sum((a - mean_one) ** 2 for a in one) * sum((b - mean_other) ** 2 for b in other))
    return both / spread if spread else 0.0
