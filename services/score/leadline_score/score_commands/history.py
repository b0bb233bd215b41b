"""The evidence as of an earlier instant."""

from dataclasses import replace

from leadline_score.core.scorecard import Evidence


def as_it_was(evidence: Evidence, at: int) -> Evidence:
    """The course of fit up to `at` (microseconds); acts and requests of later are passed over by the judgement itself.

    What is known of the lead stays what is known now: nobody keeps what was known at each instant.
    """
    fits = tuple(fit for fit in evidence.fits if fit[0] <= at)
    return evidence if len(fits) == len(evidence.fits) else replace(evidence, fits=fits)
