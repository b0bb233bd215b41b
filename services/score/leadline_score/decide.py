"""What score makes of a snapshot, of an act of the lead, and of the alarm for the next change by decay. Pure."""

from datetime import datetime
from typing import Any
from uuid import UUID

from leadline_runtime.canary import passed_on
from leadline_runtime.decision import Decision, Grounds, LeadState, drop, duplicate
from leadline_runtime.forwarding import back
from leadline_runtime.items import Item, Message, Record, Timer
from leadline_runtime.outcomes import DropReason, dropped
from leadline_schemas.activity import Activity, LeadActivity
from leadline_schemas.enriched import LeadEnriched
from leadline_schemas.topics import LEAD_ACTIVITY
from leadline_score.case import Case, publish
from leadline_score.changes import Changes, changes_of
from leadline_score.core.acts import newest
from leadline_score.core.matching import rule_of
from leadline_score.moving import given_away, newest_receipt, read_moved, sorted_out, with_moved
from leadline_score.rejudging import both, ends_it, is_rejudge, is_stale, on_rejudge, rejudged
from leadline_score.review import DISMISSED, RELEASED
from leadline_score.review_list import listed
from leadline_score.state import Body, Memory, enriched_in, having


def decide(item: Item, state: LeadState[Body] | None, view: Any, grounds: Grounds) -> Decision[Body]:
    """One item: a snapshot, an act, an alarm, what another lead held that is now part of this one, or new rules."""
    held = state or LeadState(Body())
    lead_id = item.lead_id
    if lead_id is None:
        return drop("not_addressed")
    if isinstance(item, Record) and isinstance(item.value, LeadEnriched) and item.value.captured.canary:
        snapshot = _snapshot(item, LeadState(Body()), grounds)
        return passed_on(snapshot, item.value.captured.received_at, grounds.decided_at)
    if is_rejudge(item):
        decision = on_rejudge(lead_id, held, grounds)
    elif is_stale(held, grounds) and not ends_it(item):
        first = rejudged(held, grounds)
        decision = both(first, _decided(item, first.states[lead_id], grounds))
    else:
        decision = _decided(item, held, grounds)
    return listed(decision, lead_id, held)


def _decided(item: Item, held: LeadState[Body], grounds: Grounds) -> Decision[Body]:
    if isinstance(item, Record):
        if item.topic is not LEAD_ACTIVITY:
            return _snapshot(item, held, grounds)
        if item.value.activity.kind in (RELEASED, DISMISSED):
            return _reviewed(item.value.activity, held, grounds)
        return _act(item, held, grounds)
    if isinstance(item, Message):
        return _moved(item, held, grounds)
    return _alarm(item, held, grounds)


def _snapshot(record: Record[LeadEnriched], held: LeadState[Body], grounds: Grounds) -> Decision[Body]:
    enriched, captured = record.value, record.value.captured
    before = held.body
    if captured.outcome == "tombstone" and captured.merged_into is None:
        return drop("erased", {enriched.lead_id: held.having(body=Body(), timer_at=None)})
    memory = _without(before.memory, captured.acts)
    if captured.quarantine is not None:
        memory = having(memory, review=None)
        kept = held.having(body=Body(memory, record.raw), merged_into=captured.merged_into, timer_at=None)
        return drop("quarantined", {enriched.lead_id: kept})
    earlier = enriched_in(before.snapshot) if before.snapshot else None
    changes = changes_of(enriched, earlier, before.memory.facts)
    sort = given_away if captured.merged_into is not None else sorted_out
    kept_facts = sort(memory, captured, record.cause)
    case = Case(enriched, record.raw, held, kept_facts.memory, changes, _as_of(enriched), kept_facts.messages)
    return publish(case, grounds)


def _without(memory: Memory, acts: tuple[Activity, ...]) -> Memory:
    """The memory without the facts that the snapshot holds itself."""
    if not memory.facts:
        return memory
    inside = {act.id for act in acts}
    return having(memory, facts=tuple([fact for fact in memory.facts if fact.id not in inside]))


def _as_of(enriched: LeadEnriched) -> datetime:
    """When it was received, or, if enrich told it again by itself, the time of the alarm that made it do so."""
    alarm = enriched.basis.as_of
    received = enriched.captured.received_at
    return received if alarm is None else max(alarm, received)


def _act(record: Record[LeadActivity], held: LeadState[Body], grounds: Grounds) -> Decision[Body]:
    act, lead_id, body = record.value.activity, record.lead_id, held.body
    assert lead_id is not None
    if _is_known(act, body):
        return duplicate()
    foreign = act.origin != lead_id
    named = record.passage.named if record.passage else record.value.snapshot or 0
    if foreign and body.snapshot and _has_left(act.origin, enriched_in(body.snapshot), named):
        revision = enriched_in(body.snapshot).captured.revision
        return Decision(dropped("forwarded"), messages=(back(record, act.origin, lead_id, revision),))
    memory = _with_fact(body.memory, act, named if foreign else None)
    # Of a tombstone: it was sent back from what it was part of, and that it was taken out is yet to be read.
    if held.merged_into is not None or not body.snapshot or not _counts(act, grounds):
        return _kept("kept", lead_id, held, memory)
    enriched = enriched_in(body.snapshot)
    if enriched.captured.quarantine is not None:
        return _kept("quarantined", lead_id, held, memory)
    if foreign and act.origin not in enriched.captured.aliases:
        return _kept("kept", lead_id, held, memory)
    changes = changes_of(enriched, enriched, (), act)
    return publish(Case(enriched, body.snapshot, held, memory, changes, act.received_at), grounds)


def _kept(reason: DropReason, lead_id: UUID, held: LeadState[Body], memory: Memory) -> Decision[Body]:
    """Remembered, and nothing said."""
    return drop(reason, {lead_id: held.having(body=Body(memory, held.body.snapshot))})


def _reviewed(act: Activity, held: LeadState[Body], grounds: Grounds) -> Decision[Body]:
    """A person's word on a lead that is on the review list; one that is not on it (any more) needs none."""
    body = held.body
    review = body.memory.review
    if review is None or act.actor.kind != "person" or (act.kind == DISMISSED and review.state == "dismissed"):
        return drop("stale_command")
    assert body.memory.as_of is not None
    enriched, changes = enriched_in(body.snapshot), Changes("review", reviewed=act)
    return publish(Case(enriched, body.snapshot, held, body.memory, changes, body.memory.as_of), grounds)


def _counts(act: Activity, grounds: Grounds) -> bool:
    """Can it change the scorecard: does a rule speak of it, or did a person override the score by it?"""
    return act.override is not None or rule_of(act, grounds.rules) is not None


def _is_known(act: Activity, body: Body) -> bool:
    if any(fact.id == act.id for fact in body.memory.facts):
        return True
    if str(act.id).encode() not in body.snapshot:  # decoding would be dear: an act that is in it is spelled in it
        return False
    return any(known.id == act.id for known in enriched_in(body.snapshot).captured.acts)


def _with_fact(memory: Memory, act: Activity, named: int | None) -> Memory:
    facts, cut = newest([*memory.facts, act])
    origins = memory.named if named is None else {**memory.named, act.origin: named}
    return having(memory, facts=tuple(facts), truncated=memory.truncated or cut, named=origins)


def _has_left(origin: UUID, enriched: LeadEnriched, named: int) -> bool:
    """Is this no part of the lead any more? If its snapshot is older than the writer's, it may be yet to become one."""
    return origin not in enriched.captured.aliases and named <= enriched.captured.revision


def _moved(message: Message, held: LeadState[Body], grounds: Grounds) -> Decision[Body]:
    """What another lead held, which is now part of this one, or what came back from the one that it was part of."""
    lead_id, snapshot = message.lead_id, held.body.snapshot
    moved = read_moved(message)
    memory = with_moved(held.body.memory, moved, message.passage.named)
    enriched = enriched_in(snapshot) if snapshot else None
    if enriched is None or held.merged_into is not None or enriched.captured.quarantine is not None:
        return drop("kept", {lead_id: held.having(body=Body(memory, snapshot))})
    kept = sorted_out(_without(memory, enriched.captured.acts), enriched.captured, message.cause)
    as_of = newest_receipt(moved.facts, _as_of(enriched))
    changes = Changes("merge", elsewhere=bool(moved.opened))
    return publish(Case(enriched, snapshot, held, kept.memory, changes, as_of, kept.messages), grounds)


def _alarm(timer: Timer, held: LeadState[Body], grounds: Grounds) -> Decision[Body]:
    snapshot = held.body.snapshot
    enriched = enriched_in(snapshot) if snapshot and timer.kind == "timer" else None
    if enriched is None or enriched.captured.quarantine is not None:
        return drop("no_longer_due", {timer.lead_id: held.having(timer_at=None)})
    changes = changes_of(enriched, enriched, ())
    return publish(Case(enriched, snapshot, held, held.body.memory, changes, timer.due), grounds)
