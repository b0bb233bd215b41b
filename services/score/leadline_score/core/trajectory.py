"""The course of a lead's score in event time, walked from its first act to as_of (rules B3.7).

At each event time (an act, fit changing) the stretch before it is closed by one evaluation, which finds every exit,
as scores only fall in between; then what is new is taken in and the bands are looked at again.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from leadline_score.core.bands import Standing, Values, outside, step
from leadline_score.core.rulebook import ScoreRules
from leadline_score.core.tallies import Scored, Tallies

FitCourse = tuple[tuple[int, int], ...]  # (instant in microseconds, fit in thousandths), ascending
KEPT_FITS = 50


@dataclass(frozen=True, slots=True)
class Course:
    """Where a lead stands at the end of the walk, with the tallies and values there."""

    standing: Standing
    tallies: Tallies
    values: Values


def walk(acts: Sequence[Scored], fits: FitCourse, rules: ScoreRules, as_of: int) -> Course:
    """Fold the bands over all event times up to `as_of` (microseconds). `acts` in order; later ones are passed over."""
    tallies = Tallies(rules)
    standing = outside(rules.bands)
    values = Values(0, 0, 0)
    for at, new, reached in _events(acts, fits, as_of):
        if values.intent > 0:
            values = _valued(values.fit, tallies, at)
            standing = step(rules.bands, standing, values, at)
        for scored in new:
            tallies.add(scored)
        if new:
            values = _valued(values.fit, tallies, at)
        for fit in reached or (values.fit,):
            values = Values(fit, values.intent, values.product)
            standing = step(rules.bands, standing, values, at)
    values = _valued(values.fit, tallies, as_of)
    return Course(step(rules.bands, standing, values, as_of), tallies, values)


def _valued(fit: int, tallies: Tallies, at: int) -> Values:
    intent, product = tallies.values(at)
    return Values(fit, intent, product)


def _events(acts: Sequence[Scored], fits: FitCourse, as_of: int) -> list[tuple[int, list[Scored], list[int]]]:
    """The event times up to `as_of`, ascending, each with its acts and the values that fit took there, in order."""
    found: dict[int, tuple[list[Scored], list[int]]] = {}
    for scored in acts:
        if scored.at <= as_of:
            found.setdefault(scored.at, ([], []))[0].append(scored)
    for at, fit in fits:
        if at <= as_of:
            found.setdefault(at, ([], []))[1].append(fit)
    return [(at, *found[at]) for at in sorted(found)]


def fit_course(before: FitCourse, fit: int, at: int) -> FitCourse:
    """The course of fit with its value at `at`, which is not before the last one."""
    if before and before[-1][1] == fit:
        return before
    return (*before, (at, fit))[-KEPT_FITS:]
