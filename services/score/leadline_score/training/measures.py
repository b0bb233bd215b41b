"""How good probabilities are: AUC, lift, Brier, log loss, calibration, and how far a population moved (PSI)."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import groupby
from math import log, sqrt
from typing import Any

_FLOOR = 1e-15
_SMALL_SHARE = 1e-4  # of a slot that nobody fell into: PSI needs some share


def auc(scores: Sequence[float], outcomes: Sequence[int]) -> float:
    """The probability that a winner stands above a loser; ties count half. 0.5 if there is but one side."""
    below = wins = 0.0
    won_all = sum(outcomes)
    lost_all = len(outcomes) - won_all
    if not won_all or not lost_all:
        return 0.5
    for _, tied in groupby(sorted(zip(scores, outcomes, strict=True)), key=lambda each: each[0]):
        members = [outcome for _, outcome in tied]
        won = sum(members)
        lost = len(members) - won
        wins += won * (below + lost / 2)
        below += lost
    return wins / (won_all * lost_all)


def auc_of_groups(groups: Sequence[tuple[int, int]]) -> float:
    """The AUC of (rows, winners) groups, best group first by its own rate: what a column can tell by itself."""
    ordered = sorted((g for g in groups if g[0]), key=lambda g: g[1] / g[0])
    won_all = sum(won for _, won in ordered)
    lost_all = sum(rows for rows, _ in ordered) - won_all
    if not won_all or not lost_all:
        return 0.5
    below = wins = 0.0
    for rows, won in ordered:
        wins += won * (below + (rows - won) / 2)
        below += rows - won
    return wins / (won_all * lost_all)


def auc_error(value: float, won: int, lost: int) -> float:
    """The standard error of an AUC (Hanley and McNeil)."""
    if not won or not lost:
        return 0.5
    q1, q2 = value / (2 - value), 2 * value * value / (1 + value)
    spread = value * (1 - value) + (won - 1) * (q1 - value * value) + (lost - 1) * (q2 - value * value)
    return sqrt(max(spread, 0.0) / (won * lost))


def lift(scores: Sequence[float], outcomes: Sequence[int], share: float = 0.2) -> float:
    """How many times the base rate the best `share` holds; leads that tie at the border count by their part."""
    room = share * len(scores)
    found, left = 0.0, room
    ordered = sorted(zip(scores, outcomes, strict=True), key=lambda each: -each[0])
    for _, tied in groupby(ordered, key=lambda each: each[0]):
        members = [outcome for _, outcome in tied]
        part = min(1.0, left / len(members))
        found += part * sum(members)
        left -= part * len(members)
        if left <= 0:
            break
    base = sum(outcomes) / len(outcomes)
    return found / room / base if base else 0.0


def brier(probabilities: Sequence[float], outcomes: Sequence[int]) -> float:
    """Mean squared error of probabilities."""
    return sum((p - o) ** 2 for p, o in zip(probabilities, outcomes, strict=True)) / len(outcomes)


def log_loss(probabilities: Sequence[float], outcomes: Sequence[int]) -> float:
    """Mean of -log(probability of what happened)."""
    found = 0.0
    for probability, outcome in zip(probabilities, outcomes, strict=True):
        right = probability if outcome else 1 - probability
        found -= log(max(right, _FLOOR))
    return found / len(outcomes)


def calibration(probabilities: Sequence[float], outcomes: Sequence[int], bins: int = 10) -> list[dict[str, Any]]:
    """By tenths of the leads, lowest first: how many, what was said, what happened. Ties are never parted."""
    ordered = sorted(zip(probabilities, outcomes, strict=True))
    parts: dict[int, list[tuple[float, int]]] = defaultdict(list)
    seen = 0
    for _, tied in groupby(ordered, key=lambda each: each[0]):
        members = list(tied)
        parts[min(bins - 1, bins * seen // len(ordered))] += members
        seen += len(members)
    return [
        {
            "rows": len(members),
            "predicted": round(sum(p for p, _ in members) / len(members), 6),
            "observed": round(sum(o for _, o in members) / len(members), 6),
        }
        for _, members in sorted(parts.items())
    ]


def measured(probabilities: Sequence[float], outcomes: Sequence[int]) -> dict[str, Any]:
    """All of them, for people and programs."""
    return {
        "rows": len(outcomes),
        "won": sum(outcomes),
        "base_rate": round(sum(outcomes) / len(outcomes), 6),
        "auc": round(auc(probabilities, outcomes), 6),
        "lift_top_20_percent": round(lift(probabilities, outcomes), 6),
        "brier": round(brier(probabilities, outcomes), 6),
        "log_loss": round(log_loss(probabilities, outcomes), 6),
    }


def psi(before: Sequence[float], now: Sequence[float]) -> float:
    """Population stability index of two distributions: below 0.1 calm, from 0.25 on another population."""
    found = 0.0
    for one, other in zip(before, now, strict=True):
        was, is_now = max(one, _SMALL_SHARE), max(other, _SMALL_SHARE)
        found += (is_now - was) * log(is_now / was)
    return found
