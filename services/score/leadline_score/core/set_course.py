"""The course of a lead's score with what a person set in place of fit or intent (rules B3.11).

It is walked beside that of the computed values while such a value is in force, from where the lead stood when it was
set; what is over leaves no trace. Every event time is looked at exactly: few leads are overridden.
"""

from collections.abc import Sequence
from typing import NamedTuple

from leadline_score.core.bands import Values, outside, step
from leadline_score.core.marks import Standing
from leadline_score.core.matching import Scored
from leadline_score.core.rulebook import ScoreRules
from leadline_score.core.tallies import Tallies
from leadline_score.core.trajectory import Course, FitCourse
from leadline_score.core.walker import UNSEEN


class Fixed(NamedTuple):
    """A value that a person set: thousandths, from an instant (microseconds) to the end of the walk."""

    since: int
    value: int


def walk_set(
    acts: list[Scored], fits: FitCourse, rules: ScoreRules, as_of: int, fit: Fixed | None, intent: Fixed | None
) -> Course:
    """The walk with values in place of the computed ones from when they were set, which is not after `as_of`."""
    walker = _SetWalker(rules)
    starts = [each.since for each in (fit, intent) if each is not None]
    for at, new, reached in _events(acts, fits, as_of, starts):
        walker.look(at)  # closes the stretch before, in which values may have fallen
        for scored in new:
            walker.tallies.add(scored)
        if fit is not None and at >= fit.since:
            walker.set_fit = fit.value
        if intent is not None and at >= intent.since:
            walker.set_intent = intent.value
        for value in reached:
            walker.fit = value
            walker.look(at)
        walker.look(at)
    walker.look(as_of)
    return Course(walker.standing, walker.tallies, walker.values, intent is not None)


class _SetWalker:
    """`fit` is the computed one; what is set stands in place of it and of what the tallies give for intent."""

    def __init__(self, rules: ScoreRules) -> None:
        self.bands, self.tallies = rules.bands, Tallies(rules)
        self.standing: Standing = outside(rules.bands)
        self.values = Values(0, UNSEEN, UNSEEN)  # as in `Walker`
        self.fit = 0
        self.set_fit: int | None = None
        self.set_intent: int | None = None

    def look(self, at: int) -> None:
        """Look at the bands at an instant."""
        found = self.tallies.look(at)
        fit = self.fit if self.set_fit is None else self.set_fit
        values = Values(fit, found.intent if self.set_intent is None else self.set_intent, found.product)
        if values != self.values:  # else it stands where it stood
            self.values = values
            self.standing = step(self.bands, self.standing, values, at)


def _events(
    acts: list[Scored], fits: FitCourse, as_of: int, starts: Sequence[int]
) -> list[tuple[int, list[Scored], list[int]]]:
    """The event times up to `as_of`, ascending, each with its acts and the values that fit took there, in order.

    `starts`: when something was set, instants of their own.
    """
    found: dict[int, tuple[list[Scored], list[int]]] = {at: ([], []) for at in starts}
    for scored in acts:
        if scored.at <= as_of:
            found.setdefault(scored.at, ([], []))[0].append(scored)
    for at, fit in fits:
        if at <= as_of:
            found.setdefault(at, ([], []))[1].append(fit)
    return [(at, *found[at]) for at in sorted(found)]
