"""What an unknown fact would have to be to give most, in values and in words: `employees 50 to 999`."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from leadline_runtime.core.matchers import listed
from leadline_score.core.fit import judge_fit
from leadline_score.core.rulebook import FitRule, ScoreRules
from leadline_score.core.witnesses import SOMETHING, Values, answers


class Supposed(NamedTuple):
    """Values for the facts that are unknown, and what they are in words."""

    values: Values
    words: str


def supposed_fact(called: str, known: Mapping[str, Any], rules: ScoreRules) -> Supposed | None:
    """The best that the fact could turn out to be, penalties and all; None if no rule could give anything for it."""
    best: tuple[int, Supposed] | None = None
    for rule in rules.fit:
        if rule.called != called:
            continue
        for place in range(len(rule.levels)):
            found = list(answers(rule, place, known))
            if not found:
                continue
            fit = judge_fit({**known, **found[0]}, rules).known
            if best is None or fit > best[0]:
                best = fit, Supposed(found[0], _words(rule, place, found))
    return None if best is None else best[1]


def _words(rule: FitRule, place: int, found: list[Values]) -> str:
    level = rule.levels[place]
    values = [each.get(rule.fact) for each in found]
    numbers = sorted({v for v in values if isinstance(v, int | float) and not isinstance(v, bool)})
    name = level.rule.rpartition(".")[2]
    if numbers:
        return f"{rule.called} {_range(rule, place, numbers)}"
    if level.words:
        return f"{rule.called}: {level.words}"
    if name != rule.name:
        return f"{rule.called}: {name.replace('_', ' ')}"
    texts = [value for value in dict.fromkeys(values) if value not in (None, SOMETHING)]
    return f"{rule.called} {listed(texts)}" if texts else f"{rule.called} known"


def _range(rule: FitRule, place: int, numbers: list[int | float]) -> str:
    """`50 to 999`, `5,000 or more`, `up to 3`: between which of the numbers that conditions name the level counts."""
    named = [
        value
        for level in rule.levels[: place + 1]
        for field, value in level.when.named
        if field == rule.fact and isinstance(value, int | float)
    ]
    low, high = numbers[0], numbers[-1]
    if high > max(named):
        return f"{low:,} or more"
    return f"up to {high:,}" if low < min(named) else f"{low:,}" if low == high else f"{low:,} to {high:,}"
