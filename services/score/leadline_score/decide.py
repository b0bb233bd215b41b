"""What score makes of a snapshot, of an act of the lead, and of the alarm for the next change by decay. Pure."""

from datetime import datetime
from typing import Any

from leadline_runtime.decision import Decision, Grounds, LeadState, drop, duplicate
from leadline_runtime.items import Item, Record, Timer
from leadline_schemas.activity import Activity, LeadActivity
from leadline_schemas.enriched import LeadEnriched
from leadline_schemas.topics import LEAD_ACTIVITY
from leadline_score.case import Case, publish
from leadline_score.changes import changes_of
from leadline_score.core.acts import newest
from leadline_score.core.matching import rule_of
from leadline_score.state import Body, Memory, enriched_in


def decide(item: Item, state: LeadState[Body] | None, view: Any, grounds: Grounds) -> Decision[Body]:
    """One item: a snapshot, an act or an alarm; nobody sends messages here."""
    held = state or LeadState(Body())
    if isinstance(item, Record):
        return _act(item, held, grounds) if item.topic is LEAD_ACTIVITY else _snapshot(item, held, grounds)
    if isinstance(item, Timer) and state is not None:
        return _alarm(item, held, grounds)
    return drop("not_addressed")


def _snapshot(record: Record[LeadEnriched], held: LeadState[Body], grounds: Grounds) -> Decision[Body]:
    enriched, captured = record.value, record.value.captured
    before = held.body
    if captured.outcome == "tombstone" and captured.merged_into is None:
        return drop("erased", {enriched.lead_id: held.having(body=Body(), timer_at=None)})
    memory = _without(before.memory, captured.acts)
    if captured.quarantine is not None:
        kept = held.having(body=Body(memory, record.raw), merged_into=captured.merged_into, timer_at=None)
        return drop("quarantined", {enriched.lead_id: kept})
    earlier = enriched_in(before.snapshot) if before.snapshot else None
    changes = changes_of(enriched, earlier, before.memory.facts)
    return publish(Case(enriched, record.raw, held, memory, changes, _as_of(enriched)), grounds)


def _without(memory: Memory, acts: tuple[Activity, ...]) -> Memory:
    """The memory without the facts that the snapshot holds itself."""
    if not memory.facts:
        return memory
    inside = {act.id for act in acts}
    return memory.model_copy(update={"facts": tuple(fact for fact in memory.facts if fact.id not in inside)})


def _as_of(enriched: LeadEnriched) -> datetime:
    """When it was received, or, if enrich told it again by itself, the time of the alarm that made it do so."""
    alarm = enriched.basis.as_of
    received = enriched.captured.received_at
    return received if alarm is None else max(alarm, received)


def _act(record: Record[LeadActivity], held: LeadState[Body], grounds: Grounds) -> Decision[Body]:
    act, lead_id = record.value.activity, record.lead_id
    assert lead_id is not None
    body = held.body
    if any(fact.id == act.id for fact in body.memory.facts):
        return duplicate()
    enriched: LeadEnriched | None = None
    if str(act.id).encode() in body.snapshot:  # decoding would be dear: an act that is in it is spelled in it
        enriched = enriched_in(body.snapshot)
        if any(known.id == act.id for known in enriched.captured.acts):
            return duplicate()
    facts, cut = newest([*body.memory.facts, act])
    truncated = body.memory.truncated or cut
    memory = body.memory.model_copy(update={"facts": tuple(facts), "truncated": truncated})
    kept = {lead_id: held.having(body=Body(memory, body.snapshot))}
    if not body.snapshot or rule_of(act, grounds.rules) is None:
        return drop("kept", kept)
    enriched = enriched or enriched_in(body.snapshot)
    if enriched.captured.quarantine is not None:
        return drop("quarantined", kept)
    if act.origin != lead_id and act.origin not in enriched.captured.aliases:
        return drop("kept", kept)
    changes = changes_of(enriched, enriched, (), act)
    return publish(Case(enriched, body.snapshot, held, memory, changes, act.received_at), grounds)


def _alarm(timer: Timer, held: LeadState[Body], grounds: Grounds) -> Decision[Body]:
    snapshot = held.body.snapshot
    enriched = enriched_in(snapshot) if snapshot and timer.kind == "timer" else None
    if enriched is None or enriched.captured.quarantine is not None:
        return drop("no_longer_due", {timer.lead_id: held.having(timer_at=None)})
    changes = changes_of(enriched, enriched, ())
    return publish(Case(enriched, snapshot, held, held.body.memory, changes, timer.due), grounds)
