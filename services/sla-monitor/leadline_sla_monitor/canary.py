"""The end of a canary's way: that it was routed is told as its decision clock would tell it, and counted nowhere."""

from typing import Any

from leadline_runtime.canary import passed_on
from leadline_runtime.decision import Decision, Emit, Grounds, emitted
from leadline_schemas.event import trusted
from leadline_schemas.ids import derived_id
from leadline_schemas.routed import LeadRouted
from leadline_schemas.sla import LeadSla
from leadline_schemas.topics import LEAD_SLA
from leadline_schemas.vocabulary import SlaKind
from leadline_sla_monitor.core.arming import DECISION
from leadline_sla_monitor.core.policy import SlaRules

_told = trusted(LeadSla)


def on_canary(event: LeadRouted, grounds: Grounds) -> Decision[Any]:
    """`met` if it was routed within the time that the system has for a decision, else `resolved_late`."""
    rules: SlaRules = grounds.rules
    request, routed_at = event.requests[-1], event.basis.decided_at
    due_at = request.received_at + rules.decision_within
    kind: SlaKind = "met" if routed_at <= due_at else "resolved_late"
    told = _told(
        lead_id=event.lead_id, revision=1, basis=grounds.basis(revision_before=0),
        sla_id=derived_id("canary", event.lead_id), kind=kind, clock="decision", target=DECISION, cycle=request.id,
        mode="wall", duration_s=rules.decision_within.total_seconds(), start=request.received_at, due_at=due_at,
        occurred_at=routed_at, detected_at=grounds.decided_at,
        elapsed_s=(routed_at - request.received_at).total_seconds(), canary=True,
    )  # fmt: skip
    emit: Emit[Any] = Emit(LEAD_SLA, told, event.lead_id, id=told.sla_id, suffix=f".{kind}")
    return passed_on(emitted(emit, states={}), request.received_at, grounds.decided_at)
