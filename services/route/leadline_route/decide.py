"""What route makes of one item: a scorecard, an act, a lapse, the alarm of a held lead. Pure."""

from typing import Any

from leadline_route.acts import on_activity
from leadline_route.case import Case
from leadline_route.core.roster import Draft
from leadline_route.core.snapshot import Scored
from leadline_route.handover import LOOK, on_handover
from leadline_route.lapsed import on_escalated, on_lapsed
from leadline_route.moving import on_moved
from leadline_route.released import on_alarm
from leadline_route.roster_change import on_roster_change
from leadline_route.scored import on_scored
from leadline_route.staged import on_stage
from leadline_route.state import Body
from leadline_route.view import RouteView
from leadline_runtime.decision import Decision, Grounds, LeadState, drop
from leadline_runtime.items import Item, Record, Timer
from leadline_schemas.activity import LeadActivity
from leadline_schemas.roster import RosterChange
from leadline_schemas.sla import LeadSla
from leadline_schemas.stage import LeadStage


def decide(item: Item, state: LeadState[Body] | None, view: RouteView, grounds: Grounds) -> Decision[Body]:
    """Decide on one item. `view` holds the members and pools it may touch; its changes come back as the delta."""
    lead_id = item.lead_id
    if isinstance(item, Record) and isinstance(item.value, RosterChange):
        return on_roster_change(item.value, view, grounds)
    if lead_id is None:
        return drop("not_addressed")
    case = Case(lead_id, state or LeadState(Body()), view, grounds, Draft(view))
    if isinstance(item, Timer):
        return on_alarm(case)
    if isinstance(item, Record):
        return _record(case, item)
    return on_handover(case) if item.body == LOOK else on_moved(case, item)


def _record(case: Case, record: Record[Any]) -> Decision[Body]:
    value = record.value
    if isinstance(value, Scored):
        return on_scored(case, record)
    if isinstance(value, LeadActivity):
        return on_activity(case, record)
    if isinstance(value, LeadStage):
        return on_stage(case, record)
    if isinstance(value, LeadSla) and value.kind in ("lapsed", "escalated"):
        # Of another lead's assignment, which came here with it or ended with the merge.
        return _promise(case, value) if record.forwarded_to is None else drop("stale_command")
    return drop("not_addressed")


def _promise(case: Case, sla: LeadSla) -> Decision[Body]:
    return on_lapsed(case, sla) if sla.kind == "lapsed" else on_escalated(case, sla)
