"""What one event adds to what is known of a lead. Nothing is decided here."""

from typing import Any
from uuid import UUID

from leadline_runtime.core.values import replace
from leadline_schemas.activity import Activity
from leadline_schemas.captured import LeadCaptured
from leadline_schemas.routed import LeadRouted
from leadline_sla_monitor.core.acts import united
from leadline_sla_monitor.core.asked import MOST_ASKED, Asked, Seen, asked_by, with_requests
from leadline_sla_monitor.core.calendar_order import newer
from leadline_sla_monitor.core.known import Known
from leadline_sla_monitor.core.life import Life, ended, lived
from leadline_sla_monitor.core.life import begun as begun_life
from leadline_sla_monitor.core.life import routed as routed_life
from leadline_sla_monitor.core.managers import managers_by, with_managers
from leadline_sla_monitor.core.policy import SlaRules
from leadline_sla_monitor.core.reach import cannot
from leadline_sla_monitor.core.routing import routing_of, with_routing


def from_captured(known: Known, event: LeadCaptured) -> tuple[Known, tuple[Asked, ...]]:
    """The requests and acts of a captured lead, whether it is kept apart, and whether it is one no more (tombstone).

    Besides the requests whose decision clock begins now.
    """
    at = event.basis.decided_at
    if event.outcome == "tombstone" and event.merged_into is None:
        return replace(known, over="erased", over_at=at, life=ended(known.life)), ()
    quarantined = event.quarantine is not None
    seen = Seen(at, quarantined, released=event.outcome == "released")
    life = _lived(known.life, event) if event.merged_into is None else ended(known.life)
    requests = (*event.requests, *(event.passed_on or ()))
    asked = with_requests(known.asked, requests, event.lead_id, seen, known.begun)
    before = {each.id for each in known.asked if each.decision == "armed"}
    begun = tuple(each for each in asked if each.decision == "armed" and each.id not in before)
    learned = replace(
        known,
        asked=asked,
        acts=united(known.acts, event.acts, (each.start for each in asked), event.lead_id),
        quarantines=(*known.quarantines, at) if quarantined and not known.quarantined else known.quarantines,
        quarantined=quarantined,
        over="merged" if event.merged_into else None,
        over_at=at if event.merged_into else None,
        aliases=event.aliases,
        snapshot=event.revision,
        parted_at=event.parted_at,
        life=life,
    )
    return learned, begun


def from_activity(known: Known, activity: Activity, lead: UUID) -> Known:
    """One more act; `known` itself if it concerns no promise or is known."""
    if activity.calendars is not None:
        order = newer(known.calendar_order, activity)
        return known if order is known.calendar_order else replace(known, calendar_order=order)
    acts = united(known.acts, (activity,), (each.start for each in known.asked), lead)
    life = lived(known.life, activity, lead)
    if acts is known.acts and life is known.life:
        return known
    return replace(known, acts=acts, life=life)


def _lived(life: Life, event: LeadCaptured) -> Life:
    for activity in event.acts:
        life = lived(life, activity, event.lead_id)
    return life if event.quarantine is not None else begun_life(life, event.basis.decided_at)


def from_routed(known: Known, event: LeadRouted, rules: SlaRules) -> Known:
    """Who has the lead, and what the requests that are routed for the first time are promised."""
    asked = with_requests(known.asked, event.requests, event.lead_id, begun=known.begun)
    held = {request.id for request in event.requests}
    first = [each for each in asked if each.routed_at is None and each.id in held]
    ahead = _ahead(known, asked, event)
    if first or ahead:
        values, impossible = facts(event), cannot(event)
        routed = {each.id: _routed(each, event, rules, values, impossible=impossible) for each in (*first, *ahead)}
        asked = tuple(routed.get(each.id, each) for each in asked)
        ahead = [routed[each.id] for each in ahead]
    new, last = routing_of(event), known.routings[-1] if known.routings else None
    managers = with_managers(known.managers or managers_by(known.routings), new, first=last is None)
    life = known.life
    if life.begun_at is None and known.snapshot and not known.quarantined:  # known before stages were kept
        life = begun_life(life, new.at)
    # What was told of its routing before a merge comes back with its stages, perhaps after this.
    parted_at = new.at if known.over is not None else known.parted_at
    was_away = last is not None and parted_at is not None and last.at < parted_at
    life = routed_life(life, event, (last.outcome, last.assignment) if last else None, told=was_away)
    waiting = (*known.ahead, *ahead)[-MOST_ASKED:] if ahead else known.ahead
    routings = with_routing(known.routings, new)
    return replace(known, asked=asked, routings=routings, managers=managers, life=life, ahead=waiting)


def _ahead(known: Known, asked: tuple[Asked, ...], event: LeadRouted) -> list[Asked]:
    """The requests that are routed here for the first time, and of which another lead has yet to tell what it knows:
    they are taken up from its message alone (loop, section 7), which will not say that they were routed."""
    here = {each.id for each in (*asked, *known.ahead)}
    return [
        asked_by(each, None, event.lead_id) for each in event.requests if not each.historical and each.id not in here
    ]


def facts(event: LeadRouted) -> dict[str, Any]:
    """What the conditions of policies are asked of, but for the request's own values."""
    card, lead = event.scored.scorecard, event.scored.enriched.captured.lead
    return {
        "outcome": event.outcome,
        "temperature": card.temperature,
        "grade": card.grade,
        "letter": card.grade[:1],
        "source": lead.source,
        "segment": lead.segment,
    }


def _routed(
    asked: Asked, event: LeadRouted, rules: SlaRules, values: dict[str, Any], *, impossible: tuple[str, ...]
) -> Asked:
    own = {**values, "type": asked.type, "missed_call": asked.missed_call}
    policy, added = rules.choose(own)
    return replace(
        asked,
        routed_at=event.basis.decided_at,
        policy=policy,
        added=added,
        nurture=event.outcome == "nurture",
        source=values["source"],
        territory=event.territory,
        cannot=impossible,
        manual=values["source"] == "manual",
    )
