"""What the monitor makes of a captured, a routed lead, of an act, of what another lead held, and of its own alarms."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from leadline_runtime.core.values import replace
from leadline_runtime.decision import Decision, Emit, Grounds, LeadState, Send, drop, duplicate
from leadline_runtime.items import Item, Message, Record, Timer
from leadline_runtime.outcomes import EMITTED, DropReason, dropped
from leadline_schemas.activity import Activity, LeadActivity
from leadline_schemas.captured import LeadCaptured
from leadline_schemas.routed import LeadRouted
from leadline_schemas.topics import BY_ROUTING, LEAD_SLA, LEAD_STAGE
from leadline_sla_monitor.canary import on_canary
from leadline_sla_monitor.core.advance import Change, Now
from leadline_sla_monitor.core.alarms import judge_at, timer_at
from leadline_sla_monitor.core.asked import Asked
from leadline_sla_monitor.core.known import Known
from leadline_sla_monitor.core.learn import from_activity, from_captured, from_routed
from leadline_sla_monitor.core.living import StageChange
from leadline_sla_monitor.core.policy import SlaRules
from leadline_sla_monitor.core.settle import Settled, settle
from leadline_sla_monitor.core.silence import DONE
from leadline_sla_monitor.core.stage_telling import StageTeller
from leadline_sla_monitor.core.telling import Teller
from leadline_sla_monitor.merging import (
    after_tombstone,
    beginning_elsewhere,
    returned_act,
    sent_after,
    sorted_out,
    taken_up,
)
from leadline_sla_monitor.overdue import moved
from leadline_sla_monitor.state import NOTHING

State = LeadState[Known]
ERASED = Known(over="erased")


def decide(item: Item, state: State | None, view: Any, grounds: Grounds) -> Decision[Known]:
    """Learn what the item says, settle what follows, tell what changed."""
    before = state or LeadState(NOTHING)
    if isinstance(item, Timer):
        return _settled(item.lead_id, before.body, before, grounds)
    lead = item.lead_id
    if lead is None:
        return drop("not_addressed")
    if before.body.over == "erased":
        return drop("erased")
    if isinstance(item, Message):
        known, messages = taken_up(lead, before.body, item)
        if known.over is not None:
            return drop("kept", {lead: before.having(body=known)})
        return _settled(lead, known, before, grounds, messages=messages)
    return _record(item, lead, before, grounds)


def _record(record: Record[Any], lead: UUID, before: State, grounds: Grounds) -> Decision[Known]:
    event = record.value
    if isinstance(event, LeadCaptured):
        return _captured(event, before, grounds)
    if isinstance(event, LeadRouted):
        return _routed(event, lead, before, grounds)
    return _act(record, lead, before, grounds)


def _captured(event: LeadCaptured, before: State, grounds: Grounds) -> Decision[Known]:
    if event.canary:
        return drop("not_addressed")  # its end is told when it is routed
    lead = event.lead_id
    learned, begun = from_captured(before.body, event)
    if before.merged_into != event.merged_into:
        before = before.having(merged_into=event.merged_into)
    if event.merged_into is not None:
        known, messages = after_tombstone(lead, learned, event.merged_into, grounds.item.cause)
    else:
        known, messages = sorted_out(lead, learned, grounds.item.cause)
    return _settled(lead, known, before, grounds, begun=begun, messages=messages)


def _routed(event: LeadRouted, lead: UUID, before: State, grounds: Grounds) -> Decision[Known]:
    if event.scored.enriched.captured.canary:
        return on_canary(event, grounds)
    known = before.body
    if known.over is None:
        return _settled(lead, from_routed(known, event, grounds.rules), before, grounds)
    if event.scored.enriched.captured.revision > known.snapshot:  # it is its own again, which has yet to be read
        return drop("kept", {lead: before.having(body=from_routed(known, event, grounds.rules))})
    # A lead that became part of another is routed as that one; what it began by its score alone goes there.
    routed = from_routed(replace(known, asked=()), event, grounds.rules)
    kept, messages = beginning_elsewhere(lead, known, routed, before.merged_into, grounds.item.cause)
    if not messages:
        return _settled(lead, known, before, grounds)
    return Decision(dropped("kept"), (), {lead: before.having(body=kept)}, messages)


def _act(record: Record[LeadActivity], lead: UUID, before: State, grounds: Grounds) -> Decision[Known]:
    known, activity = before.body, record.value.activity
    if known.over == "merged":  # it came back before it was read that the lead is one of its own again
        return drop("kept", {lead: before.having(body=returned_act(known, activity))})
    learned = from_activity(known, activity, lead)
    if learned is known:
        return _told_before(known, activity)
    gone, learned = sent_after(record, lead, learned)
    if gone is not None:
        return Decision(dropped("forwarded"), messages=(gone,))
    if _is_heard_alone(known, learned, before, grounds):
        return drop("kept", {lead: before.having(body=learned)})
    return _settled(lead, learned, before, grounds)


def _told_before(known: Known, activity: Activity) -> Decision[Known]:
    """An act that adds nothing: it is known, or an order that a later one followed, or is about no promise."""
    order = known.calendar_order
    repeats = activity.id in {*(act.id for act in known.acts), *(move.id for move in known.life.moves)}
    if repeats or (order is not None and order.id == activity.id):
        return duplicate()
    return drop("superseded" if activity.calendars is not None else "not_addressed")


def _is_heard_alone(known: Known, learned: Known, before: State, grounds: Grounds) -> bool:
    """Did the lead only do something that ends a silence? What rings for the silence of before looks again then."""
    life = learned.life
    if life is known.life or learned.acts is not known.acts or life.moves is not known.life.moves or life.is_archived:
        return False
    if life.noticed is not None and life.noticed[1] == DONE:  # nothing rings for a silence of which all was told
        return False
    rings, judges, horizon = before.timer_at, before.judge_at, grounds.horizon
    if rings is not None and rings <= grounds.decided_at:
        return False
    return judges is None or horizon is None or judges > horizon


def _settled(
    lead: UUID, known: Known, before: State, grounds: Grounds, *, begun: tuple[Asked, ...] = (),
    messages: tuple[Send, ...] = (),
) -> Decision[Known]:  # fmt: skip
    rules: SlaRules = grounds.rules
    now = Now(grounds.decided_at, grounds.horizon, rules.grace)
    settled = settle(lead, known, rules, now, begun)
    told = len(settled.changes) + len(settled.lived.changes)
    after = before.having(
        body=ERASED if settled.known.over == "erased" else settled.known,
        revision=before.revision + told,
        timer_at=timer_at(settled.known, now, settled.lived.look_at),
        judge_at=judge_at(settled.known.promises, now),
    )
    states, delta = {lead: after}, moved(lead, before.body, after.body)
    if not told:
        return Decision(dropped(_reason(known, before.body, settled.known, grounds)), (), states, messages, delta)
    return Decision(EMITTED, tuple(_events(lead, settled, before, grounds)), states, messages, delta)


def _events(lead: UUID, settled: Settled, before: State, grounds: Grounds) -> Iterator[Emit[Any]]:
    basis = grounds.basis(revision_before=before.revision)
    teller = Teller(lead, settled, grounds.rules, basis, before.revision, routed=_routed_by(grounds.item))
    for ordinal, change in enumerate(settled.changes):
        yield _emit(teller, change, ordinal)
    stages = StageTeller(lead, settled.known, settled.lived.course, basis, before.revision + len(settled.changes))
    for ordinal, change_of_stage in enumerate(settled.lived.changes):
        yield _emit_stage(stages, change_of_stage, ordinal)


def _emit_stage(teller: StageTeller, change: StageChange, ordinal: int) -> Emit[Any]:
    event = teller.event(change, ordinal)
    end = BY_ROUTING if event.way == "routed" and event.stage == event.to else ""
    return Emit(LEAD_STAGE, event, teller.lead, id=event.stage_id, suffix=f".{event.kind}{end}")


def _emit(teller: Teller, change: Change, ordinal: int) -> Emit[Any]:
    event = teller.event(change, ordinal)
    return Emit(LEAD_SLA, event, teller.lead, id=event.sla_id, suffix=f".{event.kind}")


def _routed_by(item: Item) -> LeadRouted | None:
    return item.value if isinstance(item, Record) and isinstance(item.value, LeadRouted) else None


def _reason(known: Known, before: Known, after: Known, grounds: Grounds) -> DropReason:
    order = after.calendar_order
    if order is not None and order.state == "refused" and order != before.calendar_order:
        return "not_applied"
    if isinstance(grounds.item, Timer):
        return "no_longer_due"
    if known.quarantined:
        return "quarantined"
    return "unchanged" if known == before else "kept"
