"""The course of a lead's score in event time, walked from its first act to as_of (rules B3.7).

At each event time (an act, fit changing) the stretch before it is closed by one evaluation, which finds every exit,
as scores only fall in between; then what is new is taken in and the bands are looked at again.
"""

from bisect import bisect_right
from collections.abc import Sequence

from leadline_runtime.core.values import dataclass
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


@dataclass(slots=True)
class Mark:
    """A walk that was done before: up to `until`, over these `acts` (their fingerprint), and where it ended.

    Without it a lead with hundreds of acts would be walked from its first act at each new one.
    """

    until: int
    acts: str
    fit: int
    standing: Standing


def walk(acts: Sequence[Scored], fits: FitCourse, rules: ScoreRules, as_of: int, mark: Mark | None = None) -> Course:
    """Fold the bands over all event times up to `as_of` (microseconds). `acts` in order; later ones are passed over.

    With a `mark` the walk goes on from there, unless an act became known since that happened before it: then it is
    walked again from the start. Both ways end in the same place.
    """
    walker = _Walker(rules)
    if mark is not None and mark.until <= as_of:
        done = bisect_right(acts, mark.until, key=_at)
        if fingerprint(acts[:done]) == mark.acts:
            walker.resume(mark, acts[:done])
            acts, fits = acts[done:], tuple(f for f in fits if f[0] >= mark.until and f[1] != mark.fit)
    for at, new, reached in _events(acts, fits, as_of):
        walker.fade(at)
        for scored in new:
            walker.tallies.add(scored)
        walker.take_in(at, bool(new), reached)
    walker.fade(as_of)
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


class _Walker:
    def __init__(self, rules: ScoreRules) -> None:
        self.bands = rules.bands
        self.tallies = Tallies(rules)
        self.standing = outside(rules.bands)
        self.values = Values(0, 0, 0)

    def resume(self, mark: Mark, acts: Sequence[Scored]) -> None:
        """Go on from where an earlier walk over these acts ended."""
        for scored in acts:
            self.tallies.add(scored)
        self.standing = mark.standing
        self.values = Values(mark.fit, self.tallies.intent(mark.until), self.tallies.product(mark.until))

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
