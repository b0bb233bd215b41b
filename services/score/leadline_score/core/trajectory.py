"""The course of a lead's score in event time, walked from its first act to as_of (rules B3.7).

At each event time (an act, fit changing) the stretch before it is closed by one evaluation, which finds every exit,
as scores only fall in between; then what is new is taken in and the bands are looked at again. Where bounds show that
neither can change a band (`Walker`), nothing is evaluated.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from leadline_runtime.core.values import dataclass
from leadline_score.core.bands import Standing, Values
from leadline_score.core.matching import Scored
from leadline_score.core.rulebook import ScoreRules
from leadline_score.core.tallies import Tallies
from leadline_score.core.walker import Mark, Walker

FitCourse = tuple[tuple[int, int], ...]  # (instant in microseconds, fit in thousandths), ascending
KEPT_FITS = 50


@dataclass(frozen=True, slots=True)
class Course:
    """Where a lead stands at the end of the walk, with the tallies and values there. `intent_is_set`: by a person, so
    that it does not fade; `by_model`: in the MQL band by the points of a promoted model, in place of the total.
    """

    standing: Standing
    tallies: Tallies
    values: Values
    intent_is_set: bool = False
    by_model: bool = False


def walk(acts: Sequence[Scored], fits: FitCourse, rules: ScoreRules, as_of: int, mark: Mark | None = None) -> Course:
    """Fold the bands over all event times up to `as_of` (microseconds). `acts` in order; later ones are passed over.

    With a `mark` the walk goes on from there, unless an act became known since that happened before it: then it is
    walked again from the start. Both ways end in the same place.
    """
    walker, start, stop = Walker(rules), 0, bisect_right(acts, as_of, key=_at)
    if mark is not None and mark.until <= as_of:
        done = bisect_right(acts, mark.until, 0, stop, key=_at)
        if fingerprint(acts[:done]) == mark.acts:
            walker.resume(mark, acts[:done])
            start, fits = done, tuple(f for f in fits if f[0] >= mark.until and f[1] != mark.fit)
    looked = None
    for at, reached in _fits(fits, as_of):
        first = bisect_left(acts, at, start, stop, key=_at)
        walker.follow(acts[start:first])
        start = bisect_right(acts, at, first, stop, key=_at)
        walker.change(at, acts[first:start], reached)
        looked = at
    if looked != as_of:
        walker.follow(acts[start:stop])
        walker.look(as_of)
    return Course(walker.standing, walker.tallies, walker.values)


def mark_of(course: Course, acts: Sequence[Scored], as_of: int) -> Mark:
    """The mark to go on from; `acts` in order."""
    done = acts[: bisect_right(acts, as_of, key=_at)]
    return Mark(as_of, fingerprint(done), course.values.fit, course.standing)


def fingerprint(acts: Sequence[Scored]) -> str:
    """What tells a set of acts from another."""
    mixed = 0
    for scored in acts:
        mixed ^= scored.act.id.int
    return f"{len(acts)}:{mixed:x}"


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
