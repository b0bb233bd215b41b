"""One lead judged as of one instant, and the event that says so if it says anything new."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

from leadline_runtime.decision import Decision, Emit, Grounds, LeadState, Send, emitted
from leadline_runtime.outcomes import dropped
from leadline_schemas.codec import adapter
from leadline_schemas.enriched import LeadEnriched
from leadline_schemas.event import trusted
from leadline_schemas.ids import derived_id
from leadline_schemas.lead import Request
from leadline_schemas.scored import LeadScored, Scorecard
from leadline_schemas.topics import LEAD_SCORED
from leadline_score.changes import Cause, Changes
from leadline_score.core.exact import instant, microseconds
from leadline_score.core.rulebook import ScoreRules
from leadline_score.core.scorecard import Verdict, judge
from leadline_score.evidence import evidence_of
from leadline_score.moving import opened_of
from leadline_score.state import Body, Memory, Published

_published, _memory, _scored = trusted(Published), trusted(Memory), trusted(LeadScored)
KEPT_REQUESTS = 50
_UNPUBLISHED = {"as_of", "explanation"}  # they may differ between two scorecards that say the same


@dataclass(slots=True)
class Case:
    """A lead to judge: its snapshot with its bytes, the state it was in, what is remembered with the new facts in it,
    what changed, as of when.
    """

    enriched: LeadEnriched
    raw: bytes
    held: LeadState[Body]
    memory: Memory
    changes: Changes
    as_of: datetime
    messages: tuple[Send, ...] = ()

    @property
    def opened(self) -> tuple[Request, ...]:
        """The requests that score itself opened for the lead and for what is part of it."""
        return opened_of(self.memory, (self.enriched.lead_id, *self.enriched.captured.aliases))


@dataclass(slots=True)
class _Judged:
    verdict: Verdict
    as_of: int
    cause: Cause


def publish(case: Case, grounds: Grounds) -> Decision[Body]:
    """Judge the lead; emit the scorecard if it, the requests or what later steps decide on changed."""
    judged = _judge(case, grounds)
    card, memory, changes = judged.verdict.card, case.memory, case.changes
    opened = _opened(case, judged, grounds)
    published = _published(card=_digest(card), grade=card.grade, signal=card.signal, mql=card.mql)
    told = memory.published
    kept = _memory(
        as_of=card.as_of,
        facts=memory.facts,
        truncated=memory.truncated,
        fits=judged.verdict.fits,
        mark=judged.verdict.mark,
        rules=grounds.rules_ref.digest,
        opened=(*memory.opened, *opened),
        published=published,
        named=memory.named,
    )
    changed = told is None or told.card != published.card or opened or changes.request or changes.elsewhere
    merged_into = case.enriched.captured.merged_into
    state = case.held.having(
        body=Body(kept, case.raw),
        revision=case.held.revision + bool(changed),
        merged_into=merged_into,
        timer_at=None if merged_into else _next(judged.verdict),
    )
    lead_id = case.enriched.lead_id
    if not changed:
        return Decision(dropped("unchanged"), (), {lead_id: state}, case.messages)
    event = _event(case, judged, opened, grounds)
    return emitted(Emit(LEAD_SCORED, event, lead_id, carried=case.raw), states={lead_id: state}, messages=case.messages)


def _event(case: Case, judged: _Judged, opened: tuple[Request, ...], grounds: Grounds) -> LeadScored:
    told, before = case.memory.published, case.held.revision
    basis = grounds.basis(
        revision_before=before,
        as_of=judged.verdict.card.as_of,
        facts={"before": told.model_dump(exclude={"card"})} if told else None,
    )
    return _scored(
        lead_id=case.enriched.lead_id,
        revision=before + 1,
        basis=basis,
        requests=(*case.enriched.captured.requests, *case.opened, *opened)[-KEPT_REQUESTS:],
        cause=judged.cause,
        scorecard=judged.verdict.card,
        enriched=case.enriched,
    )


def _judge(case: Case, grounds: Grounds) -> _Judged:
    """Judge as of the record's time, then as of whatever has fallen due since: it is decided at once, never written."""
    rules: ScoreRules = grounds.rules
    memory = case.memory
    mark = memory.mark if memory.rules == grounds.rules_ref.digest else None
    evidence = evidence_of(case.enriched, memory, mark)
    acts = evidence.acts
    since = microseconds(memory.as_of) if memory.as_of else 0
    as_of = max(microseconds(case.as_of), since)
    until = microseconds(grounds.decided_at)
    verdict = judge(evidence, rules, as_of)
    while (due := _next(verdict)) is not None and microseconds(due) <= until:
        passed = [at for act in acts if as_of < (at := microseconds(act.occurred_at)) <= until]
        as_of = max([microseconds(due), *passed])
        verdict = judge(replace(evidence, fits=verdict.fits, mark=verdict.mark), rules, as_of)
    cause = case.changes.cause
    if cause == "decay" and any(since < microseconds(act.occurred_at) <= as_of for act in acts):
        cause = "act"
    return _Judged(verdict, as_of, cause)


def _next(verdict: Verdict) -> datetime | None:
    recheck = verdict.card.next_recheck
    moments = [recheck.at] if recheck else []
    if verdict.pending is not None:
        moments.append(instant(verdict.pending))
    return min(moments, default=None)


def _opened(case: Case, judged: _Judged, grounds: Grounds) -> tuple[Request, ...]:
    """The request of a lead that became an MQL by its score alone, with no request of its own behind it (loop, 8).

    Its clock starts with the act that did it, or, if no act did, with this decision.
    """
    card, told = judged.verdict.card, case.memory.published
    if not card.mql or card.hand_raise or case.changes.request or (told is not None and told.mql):
        return ()
    if case.enriched.captured.merged_into is not None or case.changes.cause == "merge":
        return ()  # the promise to a lead that is part of another is that one's, and a merge alone is no wish
    requests = case.enriched.captured.requests
    act, entered = case.changes.act, judged.verdict.qualified_at
    by_act = judged.cause == "act" and entered is not None
    start = instant(entered) if by_act and entered is not None else grounds.decided_at
    return (
        Request(
            id=derived_id("mql", grounds.item.cause),
            type="other",
            start=start,
            received_at=card.as_of if by_act else grounds.decided_at,
            historical=act.historical if act else bool(requests) and all(each.historical for each in requests),
            origin=case.enriched.lead_id,
        ),
    )


def _digest(card: Scorecard) -> str:
    said = adapter(Scorecard).serializer.to_json(card, exclude=_UNPUBLISHED, exclude_none=True)
    return hashlib.sha256(said).hexdigest()[:16]
