"""The course of a lead's score in event time, walked from its first act to as_of (rules B3.7).

At each event time (an act, fit changing) the stretch before it is closed by one evaluation, which finds every exit,
as scores only fall in between; then what is new is taken in and the bands are looked at again.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from leadline_score.core.bands import Standing, Values, outside, step
from leadline_score.core.matching import Scored
from leadline_score.core.rulebook import ScoreRules
from leadline_score.core.tallies import Tallies

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
    walker = _Walker(rules)
    for at, new, reached in _events(acts, fits, as_of):
        walker.fade(at)
        for scored in new:
            walker.tallies.add(scored)
        walker.take_in(at, bool(new), reached)
    walker.fade(as_of)
    return Course(walker.standing, walker.tallies, walker.values)


class _Walker:
    def __init__(self, rules: ScoreRules) -> None:
        self.bands = rules.bands
        self.tallies = Tallies(rules)
        self.standing = outside(rules.bands)
        self.values = Values(0, 0, 0)

    def fade(self, at: int) -> None:
        """Close the stretch that ends at `at`."""
        if at > self.tallies.steady_until():
            self._reach(self.values.fit, self.tallies.intent(at), at)

    def take_in(self, at: int, acts: bool, fits: Sequence[int]) -> None:
        """Look at the bands with what is new at `at`."""
        intent = self.tallies.intent(at) if acts else self.values.intent
        for fit in fits or (self.values.fit,):
            self._reach(fit, intent, at)

    def _reach(self, fit: int, intent: int, at: int) -> None:
        values = Values(fit, intent, self.tallies.product(at))
        if values != self.values:  # else it stands where it stood
            self.values = values
            self.standing = step(self.bands, self.standing, values, at)


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
