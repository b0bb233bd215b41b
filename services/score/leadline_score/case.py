"""One lead judged as of one instant, and the event that says so if it says anything new."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pydantic_core import to_json

from leadline_runtime.decision import Decision, Emit, Grounds, LeadState, Send, emitted
from leadline_runtime.outcomes import dropped
from leadline_schemas.activity import Activity
from leadline_schemas.codec import encode_model
from leadline_schemas.enriched import LeadEnriched
from leadline_schemas.event import trusted
from leadline_schemas.lead import Request
from leadline_schemas.scored import LeadScored, Scorecard
from leadline_schemas.topics import LEAD_SCORED
from leadline_score.changes import Cause, Changes
from leadline_score.core.exact import instant, microseconds
from leadline_score.core.overrides import changed_between
from leadline_score.core.rulebook import ScoreRules
from leadline_score.core.scorecard import Verdict, judge
from leadline_score.evidence import by_rules, evidence_of
from leadline_score.moving import opened_of
from leadline_score.opening import opened_by
from leadline_score.review import NO_REVIEW, Reviewing, reviewing
from leadline_score.state import JUDGED_BY, Body, Memory, Published, judged_by

_published, _memory, _scored = trusted(Published), trusted(Memory), trusted(LeadScored)
KEPT_REQUESTS = 50


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
class Judged:
    """A verdict with what it is as of (microseconds) and why; `passed`: acts known before whose time has come."""

    verdict: Verdict
    as_of: int
    cause: Cause
    passed: tuple[Activity, ...] = ()


def publish(case: Case, grounds: Grounds) -> Decision[Body]:
    """Judge the lead; emit the scorecard if it, the requests or what later steps decide on changed."""
    judged = _judge(case, grounds)
    card, memory, changes = judged.verdict.card, case.memory, case.changes
    review = _review(case, judged, grounds)
    opened = opened_by(case, judged, review, grounds)
    encoded = encode_model(card)
    published = _published(card=_digest(card, encoded), grade=card.grade, signal=card.signal, mql=card.mql)
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
        review=review.kept,
        learned=judged.verdict.learned,
    )
    changed = told is None or told.card != published.card or opened or changes.request or changes.elsewhere
    changed = changed or review.kept != memory.review
    merged_into = case.enriched.captured.merged_into
    state = case.held.having(
        body=Body(kept, case.raw),
        revision=case.held.revision + bool(changed),
        merged_into=merged_into,
        timer_at=None if merged_into else _next(judged.verdict),
        seen={**case.held.seen, JUDGED_BY: judged_by(grounds.rules_ref.digest)},
    )
    lead_id = case.enriched.lead_id
    if not changed:
        return Decision(dropped("unchanged"), (), {lead_id: state}, case.messages)
    event = _event(case, judged, _Told(opened, review), grounds)
    emit: Emit[Any] = Emit(LEAD_SCORED, event, lead_id, carried=case.raw, told={"scorecard": encoded})
    return emitted(emit, states={lead_id: state}, messages=case.messages)


@dataclass(slots=True)
class _Told:
    opened: tuple[Request, ...]
    review: Reviewing


def _review(case: Case, judged: Judged, grounds: Grounds) -> Reviewing:
    if case.enriched.captured.merged_into is not None:
        return NO_REVIEW  # it is no lead of its own any more
    acts = (*case.changes.acts, *judged.passed)
    return reviewing(case.memory, judged.verdict.card, case.changes, acts, grounds)


def _event(case: Case, judged: Judged, new: _Told, grounds: Grounds) -> LeadScored:
    told, before = case.memory.published, case.held.revision
    basis = grounds.basis(
        revision_before=before,
        as_of=judged.verdict.card.as_of,
        facts={"before": {"grade": told.grade, "signal": told.signal, "mql": told.mql}} if told else None,
    )
    return _scored(
        lead_id=case.enriched.lead_id,
        revision=before + 1,
        basis=basis,
        requests=(*case.enriched.captured.requests, *case.opened, *new.opened)[-KEPT_REQUESTS:],
        cause=judged.cause,
        scorecard=judged.verdict.card,
        review=new.review.told,
        enriched=case.enriched,
    )


def _judge(case: Case, grounds: Grounds) -> Judged:
    """Judge as of the record's time, then as of whatever has fallen due since: it is decided at once, never written."""
    rules: ScoreRules = grounds.rules
    memory = case.memory
    evidence = evidence_of(case.enriched, memory, memory.mark)
    if memory.rules != grounds.rules_ref.digest:
        evidence = by_rules(evidence, rules)
    acts = evidence.acts
    since = microseconds(memory.as_of) if memory.as_of else 0
    as_of = max(microseconds(case.as_of), since)
    until = microseconds(grounds.decided_at)
    verdict = judge(evidence, rules, as_of)
    while (due := _next(verdict)) is not None and microseconds(due) <= until:
        passed = [at for act in acts if as_of < (at := microseconds(act.occurred_at)) <= until]
        as_of = max([microseconds(due), *passed])
        going_on = replace(evidence, fits=verdict.fits, mark=verdict.mark, learned=verdict.learned)
        verdict = judge(going_on, rules, as_of)
    cause = case.changes.cause
    if cause not in ("decay", "rules_change"):
        return Judged(verdict, as_of, cause)
    passed_now = tuple(act for act in acts if since < microseconds(act.occurred_at) <= as_of)
    if changed_between(evidence.orders, since, as_of):
        cause = "override"
    elif passed_now:
        cause = "act"
    return Judged(verdict, as_of, cause, passed_now)


def _next(verdict: Verdict) -> datetime | None:
    recheck = verdict.card.next_recheck
    moments = [recheck.at] if recheck else []
    if verdict.pending is not None:
        moments.append(instant(verdict.pending))
    return min(moments, default=None)


def _digest(card: Scorecard, encoded: bytes) -> str:
    """What a scorecard says, in short: without its instant and its explanation, which may differ between two scorecards
    that say the same. They are cut out of its bytes: to encode it again without them would cost as much as the event.
    """
    before, _, after = encoded.partition(b',"explanation":' + to_json(card.explanation))
    said = (b"{", before[before.index(b",") + 1 :], after)  # its first field is as_of
    return hashlib.sha256(b"".join(said)).hexdigest()[:16]
