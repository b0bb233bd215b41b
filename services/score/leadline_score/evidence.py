"""What a lead is judged on, from what score keeps of it: the same for a decision and for a person who asks why."""

from leadline_schemas.enriched import LeadEnriched
from leadline_score.core.acts import newest, of_lead, orders_in, unite
from leadline_score.core.known import known, profiling_denied
from leadline_score.core.scorecard import Evidence
from leadline_score.core.walker import Mark
from leadline_score.moving import opened_of
from leadline_score.state import Memory


def evidence_of(enriched: LeadEnriched, memory: Memory, mark: Mark | None = None) -> Evidence:
    """The evidence. Without a `mark` its course is walked from the first act on."""
    captured = enriched.captured
    names = (enriched.lead_id, *captured.aliases)
    acts, cut = newest(of_lead(unite(captured.acts, memory.facts), names))
    return Evidence(
        known=known(enriched),
        acts=acts,
        requests=(*captured.requests, *opened_of(memory, names)),
        fits=memory.fits,
        mark=mark,
        truncated=cut or memory.truncated,
        withheld=profiling_denied(captured.lead.consent),
        orders=orders_in(acts),
    )
