"""The course of a lead's score in event time, walked from its first act to as_of (rules B3.7).

At each event time (an act, fit changing) the stretch before it is closed by one evaluation, which finds every exit,
as scores only fall in between; then what is new is taken in and the bands are looked at again. Where bounds show that
neither can change a band (`Walker`), nothing is evaluated.
"""

from bisect import bisect_left, bisect_right
from dataclasses import replace
from typing import Final

from leadline_runtime.core.values import dataclass
from leadline_score.core.bands import Values
from leadline_score.core.compiling import mypyc_attr
from leadline_score.core.marks import Mark, Standing
from leadline_score.core.matching import Scored
from leadline_score.core.rulebook import ScoreRules
from leadline_score.core.tallies import Tallies
from leadline_score.core.walker import Walker

FitCourse = tuple[tuple[int, int], ...]  # (instant in microseconds, fit in thousandths), ascending
KEPT_FITS: Final = 50


@mypyc_attr(acyclic=True)
@dataclass(slots=True, init=False)
class Course:
    """Where a lead stands at the end of the walk, with the tallies and values there. `intent_is_set`: by a person, so
    that it does not fade; `by_model`: in the MQL band by the points of a promoted model, in place of the total.
    """

    standing: Standing
    tallies: Tallies
    values: Values
    intent_is_set: bool
    by_model: bool

    # Written out, as those that dataclasses write stay interpreted in the compiled form.
    def __init__(
        self, standing: Standing, tallies: Tallies, values: Values, intent_is_set: bool = False, by_model: bool = False
    ) -> None:
        self.standing = standing
        self.tallies = tallies
        self.values = values
        self.intent_is_set = intent_is_set
        self.by_model = by_model


def walk(acts: list[Scored], fits: FitCourse, rules: ScoreRules, as_of: int, mark: Mark | None = None) -> Course:
    """Fold the bands over all event times up to `as_of` (microseconds). `acts` in order; later ones are passed over.

    With a `mark` the walk goes on from there, unless an act became known since that happened before it: then it is
    walked again from the start. Both ways end in the same place.
    """
    acts = _until(acts, as_of)
    start = 0
    if mark is not None:
        start = bisect_right(acts, mark.until, key=_at)
        if mark.until <= as_of and fingerprint(acts[:start]) == mark.acts:
            fits = tuple(f for f in fits if f[0] >= mark.until and f[1] != mark.fit)
        else:
            start, mark = 0, None
    walker = _walked(Walker(rules), acts, start, fits, (as_of, mark))
    undecided = walker.undecided()
    standing = walker.standing
    if undecided is not None:
        again = _walked(Walker(rules, undecided), acts, start, fits, (as_of, mark)).standing
        digit = again.digit if undecided.digits else standing.digit
        standing = replace(standing, digit=digit, fast=again.fast if undecided.fast else standing.fast)
    return Course(standing, walker.tallies, walker.values)


def _walked(walker: Walker, acts: list[Scored], start: int, fits: FitCourse, until: tuple[int, Mark | None]) -> Walker:
    as_of, mark = until
    if mark is not None:
        walker.resume(mark, acts[:start])
    looked = None
    for at, reached in _fits(fits, as_of):
        first = end = len(acts)
        if start < end and acts[end - 1].at >= at:  # as a rule fit changes after all acts
            first = bisect_left(acts, at, start, key=_at)
            end = bisect_right(acts, at, first, key=_at)
        walker.follow(acts[start:first])
        start = end
        walker.change(at, acts[first:start], reached)
        looked = at
    if looked != as_of:
        walker.follow(acts[start:])
        walker.look(as_of)
    return walker


def mark_of(course: Course, acts: list[Scored], as_of: int) -> Mark:
    """The mark to go on from; `acts` in order."""
    return Mark(as_of, fingerprint(_until(acts, as_of)), course.values.fit, course.standing)


def fingerprint(acts: list[Scored]) -> str:
    """What tells a set of acts from another.

    Of each id only what Python makes of it to look it up, which is a single machine word and the same in any process.
    Were it ever another, marks of before would not be recognised, and their acts walked again.
    """
    mixed = 0
    for scored in acts:
        mixed ^= hash(scored.number)
    return f"{len(acts)}/{mixed}"


def _until(acts: list[Scored], as_of: int) -> list[Scored]:
    return acts if not acts or acts[-1].at <= as_of else acts[: bisect_right(acts, as_of, key=_at)]


def _at(scored: Scored) -> int:
    return scored.at


def _fits(fits: FitCourse, as_of: int) -> list[tuple[int, list[int]]]:
    """The instants up to `as_of` at which fit changed, each with the values it took there, in order."""
    found: dict[int, list[int]] = {}
    for at, fit in fits:
        if at <= as_of:
            found.setdefault(at, []).append(fit)
    return sorted(found.items())


def fit_course(before: FitCourse, fit: int, at: int) -> FitCourse:
    """The course of fit with its value at `at`, which is not before the last one."""
    if before and before[-1][1] == fit:
        return before
    return (*before, (at, fit))[-KEPT_FITS:]
