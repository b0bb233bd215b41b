"""What the monitor makes of a captured, a routed lead, of an act, and of its own alarms. Pure."""

from typing import Any
from uuid import UUID

from leadline_runtime.decision import Decision, Emit, Grounds, LeadState, drop, duplicate, emitted
from leadline_runtime.items import Item, Record, Timer
from leadline_runtime.outcomes import DropReason
from leadline_schemas.activity import Activity
from leadline_schemas.captured import LeadCaptured
from leadline_schemas.routed import LeadRouted
from leadline_schemas.topics import LEAD_SLA
from leadline_sla_monitor.core.advance import Change, Now
from leadline_sla_monitor.core.alarms import judge_at, timer_at
from leadline_sla_monitor.core.asked import Asked
from leadline_sla_monitor.core.known import Known
from leadline_sla_monitor.core.learn import from_activity, from_captured, from_routed
from leadline_sla_monitor.core.policy import SlaRules
from leadline_sla_monitor.core.settle import settle
from leadline_sla_monitor.core.telling import Teller
from leadline_sla_monitor.state import NOTHING

State = LeadState[Known]
ERASED = Known(over="erased")


def decide(item: Item, state: State | None, view: Any, grounds: Grounds) -> Decision[Known]:
    """Learn what the item says, settle what follows, tell what changed."""
    before = state or LeadState(NOTHING)
    if isinstance(item, Timer):
        return _settled(item.lead_id, before.body, before, grounds)
    if not isinstance(item, Record) or item.lead_id is None:
        return drop("not_addressed")
    if before.body.over == "erased":
        return drop("erased")
    return _record(item.value, item.lead_id, before, grounds)


def _record(event: Any, lead: UUID, before: State, grounds: Grounds) -> Decision[Known]:
    known = before.body
    if isinstance(event, LeadCaptured):
        learned, begun = from_captured(known, event)
        if before.merged_into != event.merged_into:
            before = before.having(merged_into=event.merged_into)
        return _settled(lead, learned, before, grounds, begun=begun)
    if isinstance(event, LeadRouted):
        # A lead that became part of another is routed as that one.
        learned = known if known.over else from_routed(known, event, grounds.rules)
        return _settled(lead, learned, before, grounds)
    activity: Activity = event.activity
    learned = from_activity(known, activity)
    if learned is known:
        return duplicate() if any(act.id == activity.id for act in known.acts) else drop("not_addressed")
    return _settled(lead, learned, before, grounds)


def _settled(
    lead: UUID, known: Known, before: State, grounds: Grounds, *, begun: tuple[Asked, ...] = ()
) -> Decision[Known]:
    rules: SlaRules = grounds.rules
    now = Now(grounds.decided_at, grounds.horizon, rules.grace)
    settled = settle(lead, known, rules, now, begun)
    after = before.having(
        body=ERASED if settled.known.over == "erased" else settled.known,
        revision=before.revision + len(settled.changes),
        timer_at=timer_at(settled.known, now),
        judge_at=judge_at(settled.known.promises, now),
    )
    if not settled.changes:
        return drop(_reason(known, before.body, grounds), {lead: after})
    teller = Teller(lead, settled, rules, grounds.basis(revision_before=before.revision), before.revision)
    return emitted(*(_emit(teller, change, n) for n, change in enumerate(settled.changes)), states={lead: after})


def _emit(teller: Teller, change: Change, ordinal: int) -> Emit[Any]:
    event = teller.event(change, ordinal)
    return Emit(LEAD_SLA, event, teller.lead, id=event.sla_id, suffix=f".{event.kind}")


def _reason(known: Known, before: Known, grounds: Grounds) -> DropReason:
    if isinstance(grounds.item, Timer):
        return "no_longer_due"
    if known.quarantined:
        return "quarantined"
    return "unchanged" if known == before else "kept"
