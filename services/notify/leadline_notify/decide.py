"""What notify makes of a routed lead, of what became of a promise, of silence: notices, and notices needless now."""

from datetime import datetime
from typing import Any

from leadline_notify.core.addressing import addressed
from leadline_notify.core.book import NotifyRules
from leadline_notify.core.known import NOTHING, Known
from leadline_notify.core.notices import Told
from leadline_notify.core.telling import Heard, from_routed, from_sla, from_stage
from leadline_runtime.decision import Decision, Grounds, LeadState, drop
from leadline_runtime.items import Item, Record
from leadline_runtime.outcomes import EMITTED
from leadline_schemas.routed import LeadRouted
from leadline_schemas.sla import LeadSla
from leadline_schemas.stage import LeadStage

State = LeadState[Known]
Event = LeadRouted | LeadSla | LeadStage


def decide(item: Item, state: State | None, view: Any, grounds: Grounds) -> Decision[Known]:
    """Learn from the event; tell whom it concerns, unless it is too old to be news."""
    lead = item.lead_id
    if lead is None or not isinstance(item, Record):
        return drop("not_addressed")
    if _is_canary(item.value):
        return drop("not_addressed")
    before = state or LeadState(NOTHING)
    heard = _heard(before.body, item.value)
    states = {lead: before.having(body=heard.known)}
    rules: NotifyRules = grounds.rules
    if _at(item.value) < grounds.decided_at - rules.max_age:
        return drop("too_old", states, Told((), heard.needless))
    made = addressed(heard.tellings, rules, item.event_id, grounds.decided_at)
    told = Told(made.notices, heard.needless, made.unknown)
    if made.notices:
        return Decision(EMITTED, (), states, (), told)
    return drop("unchanged" if heard.known == before.body else "kept", states, told)


def _heard(known: Known, event: Event) -> Heard:
    if isinstance(event, LeadStage):
        return from_stage(known, event)
    return from_routed(known, event) if isinstance(event, LeadRouted) else from_sla(known, event)


def _is_canary(event: Event) -> bool:
    if isinstance(event, LeadStage):  # a canary has no stages
        return False
    return bool(event.scored.enriched.captured.canary if isinstance(event, LeadRouted) else event.canary)


def _at(event: Event) -> datetime:
    return event.basis.decided_at
