"""Cutting a column into slots that each hold enough leads: ranges of numbers, frequent categories."""

from collections import Counter
from collections.abc import Sequence

MOST_BINS = 10
MOST_LEVELS = 200
LEAST_ROWS = 25
LEAST_SHARE = 0.002


def least_support(rows: int) -> int:
    """So many rows a slot needs before anything is learned from it."""
    return max(LEAST_ROWS, round(LEAST_SHARE * rows))


def edges_of(values: Sequence[float], least: int, most: int = MOST_BINS) -> tuple[float, ...]:
    """The upper ends of ranges that hold about the same number of values each, never fewer than `least`.

    A value that many rows share (0, or a sentinel such as 999) gets a range of its own.
    """
    counts = sorted(Counter(values).items())
    target = max(least, len(values) / most)
    ends: list[float] = []
    inside = 0
    left = len(values)
    for place, (value, often) in enumerate(counts):
        inside += often
        left -= often
        following = counts[place + 1][1] if place + 1 < len(counts) else 0
        full = inside >= target or (inside >= least and following >= target)
        if full and left >= least:
            ends.append(value)
            inside = 0
    return tuple(ends)


def levels_of(counts: Counter[str], least: int) -> tuple[str, ...]:
    """The categories frequent enough to be told apart, most frequent first; the others are pooled."""
    frequent = [(word, often) for word, often in counts.items() if often >= least]
    frequent.sort(key=lambda each: (-each[1], each[0]))
    return tuple(word for word, _ in frequent[:MOST_LEVELS])
