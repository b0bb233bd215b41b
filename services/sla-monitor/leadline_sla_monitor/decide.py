"""What the monitor makes of a captured, a routed lead, of an act, of what another lead held, and of its own alarms."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from leadline_runtime.decision import Decision, Emit, Grounds, LeadState, Send, drop, duplicate
from leadline_runtime.items import Item, Message, Record, Timer
from leadline_runtime.outcomes import EMITTED, DropReason, dropped
from leadline_schemas.activity import Activity, LeadActivity
from leadline_schemas.captured import LeadCaptured
from leadline_schemas.routed import LeadRouted
from leadline_schemas.topics import LEAD_SLA
from leadline_sla_monitor.canary import on_canary
from leadline_sla_monitor.core.advance import Change, Now
from leadline_sla_monitor.core.alarms import judge_at, timer_at
from leadline_sla_monitor.core.asked import Asked
from leadline_sla_monitor.core.known import Known
from leadline_sla_monitor.core.learn import from_activity, from_captured, from_routed
from leadline_sla_monitor.core.policy import SlaRules
from leadline_sla_monitor.core.settle import settle
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
    return _settled(lead, learned, before, grounds)


def _told_before(known: Known, activity: Activity) -> Decision[Known]:
    """An act that adds nothing: it is known, or an order that a later one followed, or is about no promise."""
    order = known.calendar_order
    if any(act.id == activity.id for act in known.acts) or (order is not None and order.id == activity.id):
        return duplicate()
    return drop("superseded" if activity.calendars is not None else "not_addressed")


def _settled(
    lead: UUID, known: Known, before: State, grounds: Grounds, *, begun: tuple[Asked, ...] = (),
    messages: tuple[Send, ...] = (),
) -> Decision[Known]:  # fmt: skip
    rules: SlaRules = grounds.rules
    now = Now(grounds.decided_at, grounds.horizon, rules.grace)
    settled = settle(lead, known, rules, now, begun)
    after = before.having(
        body=ERASED if settled.known.over == "erased" else settled.known,
        revision=before.revision + len(settled.changes),
        timer_at=timer_at(settled.known, now),
        judge_at=judge_at(settled.known.promises, now),
    )
    states, delta = {lead: after}, moved(lead, before.body, after.body)
    if not settled.changes:
        return Decision(dropped(_reason(known, before.body, settled.known, grounds)), (), states, messages, delta)
    basis = grounds.basis(revision_before=before.revision)
    teller = Teller(lead, settled, rules, basis, before.revision, routed=_routed_by(grounds.item))
    events = tuple(_emit(teller, change, n) for n, change in enumerate(settled.changes))
    return Decision(EMITTED, events, states, messages, delta)


def _emit(teller: Teller, change: Change, ordinal: int) -> Emit[Any]:
    event = teller.event(change, ordinal)
    return Emit(LEAD_SLA, event, teller.lead, id=event.sla_id, suffix=f".{event.kind}")


def _routed_by(item: Item) -> LeadRouted | None:
    return item.value if isinstance(item, Record) and isinstance(item.value, LeadRouted) else None


def _reason(known: Known, before: Known, after: Known, grounds: Grounds) -> DropReason:
    if after.calendar_order is not None and after.calendar_order.state == "refused" and after != before:
        return "not_applied"
    if isinstance(grounds.item, Timer):
        return "no_longer_due"
    if known.quarantined:
        return "quarantined"
    return "unchanged" if known == before else "kept"
