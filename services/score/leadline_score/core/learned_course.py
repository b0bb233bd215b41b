"""The course of a lead's learned score, and whether it stands in the MQL band: a fold over it, as for the total.

What a model looks at are facts: its points change when a fact becomes known, never by decay.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from leadline_schemas.event import trusted
from leadline_schemas.scored import Learned
from leadline_score.core.bands import Band, Bands
from leadline_score.core.exact import text
from leadline_score.core.learned import CAPTURED_AT, Assessment, LearnedModel, assess
from leadline_score.core.trajectory import Course

_learned_of = trusted(Learned)
KEPT = 50


@dataclass(slots=True)
class LearnedCourse:
    """The values so far by the model of this `digest`: instants in microseconds, points in thousandths, ascending."""

    digest: str
    points: tuple[tuple[int, int], ...]


class InBand(NamedTuple):
    """Where the fold stands: inside the band, how often entered, when last (microseconds)."""

    inside: bool
    entries: int
    entered_at: int | None


class LearnedVerdict(NamedTuple):
    """What the model says, the course so far with that, and where it stands."""

    found: Assessment
    course: LearnedCourse
    band: InBand


def judge_learned(
    model: LearnedModel,
    known: Mapping[str, Any],
    captured_at: datetime | None,
    before: LearnedCourse | None,
    band: Band,
    as_of: int,
) -> LearnedVerdict:
    """The learned score as of an instant. By another model the course begins anew, with when its last value began."""
    if model.asks_captured_at:
        known = {**known, CAPTURED_AT: captured_at}
    found = assess(model, known, captured_at)
    course = _continued(before, model.digest, found.points, as_of)
    return LearnedVerdict(found, course, _fold(course, band))


def told_of(model: LearnedModel, verdict: LearnedVerdict, total_in_band: bool) -> Learned:
    """As the scorecard carries it; `total_in_band`: what the rules' own total says of the MQL band."""
    return _learned_of(
        version=model.version,
        digest=model.digest,
        mode=model.mode,
        probability=f"{verdict.found.probability:.4f}",
        points=text(verdict.found.points),
        in_band=verdict.band.inside,
        total_in_band=total_in_band,
        contributions=verdict.found.contributions,
        unknown=verdict.found.unknown,
    )


def _continued(before: LearnedCourse | None, digest: str, points: int, at: int) -> LearnedCourse:
    if before is None or not before.points:
        return LearnedCourse(digest, ((at, points),))
    since, last = before.points[-1]
    if before.digest != digest:
        return LearnedCourse(digest, ((since, points),))
    return before if last == points else LearnedCourse(digest, (*before.points, (at, points))[-KEPT:])


def _fold(course: LearnedCourse, band: Band) -> InBand:
    state = InBand(False, 0, None)
    for at, points in course.points:
        inside = band.holds(state.inside, points)
        state = InBand(True, state.entries + 1, at) if inside and not state.inside else state._replace(inside=inside)
    return state


def course_by_model(course: Course, band: InBand, bands: Bands) -> Course:
    """The course under a promoted model: its points in place of the total, in the MQL band alone.

    The minima of fit and intent hold as ever: who did nothing is no MQL, whatever a model thinks of him. A lead comes
    into it with the later of its points and of what it did last.
    """
    standing, values = course.standing, course.values
    mql = band.inside and values.fit >= bands.mql_fit and values.intent >= bands.mql_intent
    acts = [tally.times[-1] for tally in course.tallies.in_order() if tally.times]
    times = [at for at in (band.entered_at, max(acts, default=None)) if at is not None]
    qualified_at = max(times) if mql and times and not standing.pql else standing.qualified_at
    standing = replace(standing, mql=mql, entries=band.entries, qualified_at=qualified_at)
    return replace(course, standing=standing, by_model=True)
