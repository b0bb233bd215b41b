"""What a lead is judged on, from what score keeps of it: the same for a decision and for a person who asks why."""

from dataclasses import replace

from leadline_schemas.enriched import LeadEnriched
from leadline_score.core.acts import acts_of_lead, orders_in
from leadline_score.core.fit import judge_fit
from leadline_score.core.known import known, profiling_denied
from leadline_score.core.marks import Mark
from leadline_score.core.rulebook import ScoreRules
from leadline_score.core.scorecard import Evidence
from leadline_score.moving import opened_of
from leadline_score.state import Memory


def evidence_of(enriched: LeadEnriched, memory: Memory, mark: Mark | None = None) -> Evidence:
    """The evidence. Without a `mark` its course is walked from the first act on."""
    captured = enriched.captured
    names = (enriched.lead_id, *captured.aliases)
    acts, cut = acts_of_lead(captured.acts, memory.facts, names)
    return Evidence(
        known=known(enriched),
        acts=acts,
        requests=(*captured.requests, *opened_of(memory, names)),
        fits=memory.fits,
        mark=mark,
        truncated=cut or memory.truncated,
        withheld=profiling_denied(captured.lead.consent),
        orders=orders_in(acts),
        learned=memory.learned,
    )


def by_rules(evidence: Evidence, rules: ScoreRules) -> Evidence:
    """The evidence for other rules than its course of fit was taken by: what is known now gives what these give for it,
    from when it was known. What was known before that is gone, so those values stay; so going back to the rules of
    before gives back what they had given.
    """
    fits = evidence.fits
    if fits:
        fits = (*fits[:-1], (fits[-1][0], judge_fit(evidence.known, rules).value))
    return replace(evidence, fits=fits, mark=None)
