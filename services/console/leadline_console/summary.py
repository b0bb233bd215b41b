"""One event in one line of words, without any personal data."""

from collections.abc import Callable
from typing import Any

from leadline_console.review_view import review_summary
from leadline_console.stages import words
from leadline_runtime.command_scored import verdict
from leadline_schemas.activity import LeadActivity
from leadline_schemas.captured import LeadCaptured
from leadline_schemas.enriched import LeadEnriched
from leadline_schemas.event import Model
from leadline_schemas.received import LeadReceived
from leadline_schemas.routed import LeadRouted
from leadline_schemas.scored import LeadScored
from leadline_schemas.sla import LeadSla
from leadline_schemas.stage import LeadStage


def summary(event: Model) -> str:
    """The event in words."""
    found: Callable[[Any], str] | None = _WORDS.get(type(event))
    return found(event) if found else type(event).__name__


def lead_of(event: Model) -> str:
    """The id of the lead, or of the submission if it is not resolved yet."""
    return str(event.submission_id if isinstance(event, LeadReceived) else getattr(event, "lead_id", ""))


def _received(event: LeadReceived) -> str:
    return f"submission from {event.source} ({event.way}), {len(event.body)} characters, {event.authentication.method}"


def _captured(event: LeadCaptured) -> str:
    if event.merged_into is not None:
        return f"became part of {event.merged_into.lead_id}{_ordered(event)}"
    kept_apart = f", kept apart: {event.quarantine.reason}" if event.quarantine else ""
    match = f" by {event.match}" if event.match else ""
    if event.canary:
        return f"{event.outcome}: a canary, nobody's lead"
    types = ", ".join(dict.fromkeys(request.type for request in event.requests[-3:]))
    told = f"{event.outcome}{match}: {types or event.lead.type} from {event.lead.source}"
    return f"{told}{kept_apart}{_ordered(event)}{_doubts(event)}"


def _ordered(event: LeadCaptured) -> str:
    """Who ordered it, and what is part of it since. Not why: people write there what they like."""
    if event.ordered is None:
        return ""
    parts = f", with {', '.join(map(str, event.aliases))}" if event.aliases else ""
    return f", {event.ordered.kind} by {event.ordered.author}{parts}"


def _doubts(event: LeadCaptured) -> str:
    """Who it may be besides: of a key that another lead has too its kind, of a likeness its probability."""
    told = [
        f"{each.lead_id} ({each.reason if each.score is None else f'{each.score:.0%}, {each.words}'})"
        for each in event.possible_duplicates[-3:]
    ]
    return f"; may be {', '.join(told)}" if told else ""


def _activity(event: LeadActivity) -> str:
    act = event.activity
    who = act.actor.kind if act.actor.id is None else f"{act.actor.kind} {act.actor.id}"
    said = act.tag or (act.calendars.version if act.calendars else "")
    tag = f" ({said})" if said else ""
    return f"{act.kind}{tag} by {who}, {act.direction}" + (", automated" if act.automated else "")


def _enriched(event: LeadEnriched) -> str:
    known = [name for name, fact in event.facts.items() if fact.absent is None]
    unknown = [f"{name} ({fact.absent})" for name, fact in event.facts.items() if fact.absent is not None]
    return f"known: {', '.join(known) or 'nothing'}" + (f"; unknown: {', '.join(unknown)}" if unknown else "")


def _scored(event: LeadScored) -> str:
    card = event.scorecard
    vetoes = f", veto: {', '.join(veto.id for veto in card.vetoes)}" if card.vetoes else ""
    return f"{verdict(card)}{vetoes}, because of {_CAUSES[event.cause]}{review_summary(event.review)}"


def _routed(event: LeadRouted) -> str:
    to = f" {event.owner}" if event.owner else ""
    until = f" until {event.held_until:%Y-%m-%d %H:%M:%SZ}" if event.held_until else ""
    reason = f" ({event.reason})" if event.reason else ""
    escalated = ", escalated" if event.escalated else ""
    return f"{event.outcome}{to}{until}{reason}{escalated} by rule {event.rule}, after {event.cause}"


def _sla(event: LeadSla) -> str:
    level = f" at {event.level} %" if event.level is not None and event.kind in ("warned", "escalated") else ""
    owner = f", owner {event.owner}" if event.owner else ""
    late = f", {event.late_by_s:.0f} s late" if event.late_by_s else ""
    cause = f", cause {event.cause}" if event.cause else ""
    provisional = ", provisional" if event.provisional else ""
    due = f"due {event.due_at:%Y-%m-%d %H:%M:%SZ}"
    due += f" instead of {event.due_before:%Y-%m-%d %H:%M:%SZ}" if event.due_before else ""
    return f"{event.kind}{level}: {event.clock} {event.target}, {due}{owner}{late}{cause}{provisional}"


_CAUSES = {
    "act": "a new act",
    "fact": "a new fact",
    "decay": "time alone",
    "rules_change": "new rules",
    "merge": "a merge",
    "review": "a person's word on the review list",
    "override": "what a person set",
}
_WORDS: dict[type[Model], Callable[[Any], str]] = {
    LeadReceived: _received,
    LeadCaptured: _captured,
    LeadActivity: _activity,
    LeadEnriched: _enriched,
    LeadScored: _scored,
    LeadRouted: _routed,
    LeadSla: _sla,
    LeadStage: words,
}
