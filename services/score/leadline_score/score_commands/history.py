"""The evidence of a lead as of an instant and for rules that need not be those it was judged by."""

from dataclasses import replace

from leadline_score.core.learned_course import LearnedCourse
from leadline_score.core.rulebook import ScoreRules
from leadline_score.core.scorecard import Evidence
from leadline_score.evidence import by_rules


def as_it_was(evidence: Evidence, at: int, rules: ScoreRules) -> Evidence:
    """What to judge by `rules` as of `at` (microseconds), from the lead's first act on.

    The course of fit ends at `at`; acts and requests of later are passed over by the judgement itself. What is known of
    the lead stays what is known now: nobody keeps what was known at each instant.
    """
    fits = tuple(fit for fit in evidence.fits if fit[0] <= at)
    if len(fits) < len(evidence.fits):  # taken by the facts and rules of then
        return replace(evidence, fits=fits, mark=None, learned=_learned(evidence.learned, at))
    return by_rules(evidence, rules)


def _learned(course: LearnedCourse | None, at: int) -> LearnedCourse | None:
    points = tuple(each for each in course.points if each[0] <= at) if course else ()
    return replace(course, points=points) if course and points else None
