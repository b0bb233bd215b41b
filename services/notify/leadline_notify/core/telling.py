"""What an event tells, and to whom by what they are to the lead; and what it makes needless."""

from collections.abc import Mapping
from dataclasses import field, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from leadline_notify.core.content import Content, Kind, Role
from leadline_notify.core.known import Known
from leadline_notify.core.notices import Needless
from leadline_runtime.core.values import dataclass
from leadline_schemas.routed import LeadRouted
from leadline_schemas.sla import LeadSla
from leadline_schemas.stage import LeadStage

ASSIGNMENT: Final = "assignment"
# Merged, or kept apart: nobody has it for now, and that it is so is told by what it became part of, or to nobody.
_LET_GO: Final = frozenset({"merged", "quarantined"})
# Who did it himself need not be told.
_OWN_DOING: Final = frozenset({"claimed", "accepted"})
_KIND_OF: Final[Mapping[str, Kind]] = {
    "warned": "warned", "breached": "breached", "escalated": "breached", "lapsed": "lapsed",
    "breach_retracted": "retracted",
}  # fmt: skip
_ENDS_WARNINGS: Final = {
    "warned": "a_later_warning", "breach_retracted": "retracted",
    "met": "answered", "cancelled": "cancelled", "breached": "breached_since",
    "paused": "deadline_moved", "moved": "deadline_moved",  # what waits names a time that does not hold any more
}  # fmt: skip
# What the monitor tells that concerns people, or makes needless what was to be told to them.
SLA_KINDS: Final = frozenset({*_KIND_OF, *_ENDS_WARNINGS})
STALE: Final = "stale"  # of what is told of stages this alone: of a lead that silence takes from somebody `moved` tells


@dataclass(frozen=True, slots=True)
class Telling:
    """One happening for `people` by their roles. `breach`: the one that is told (also by a step), or taken back."""

    content: Content
    subject: str
    people: Mapping[Role, tuple[str, ...]]
    breach: UUID | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """What follows from an event: what is known then, what is told, what is needless."""

    known: Known
    tellings: tuple[Telling, ...] = ()
    needless: tuple[Needless, ...] = field(default=())


def from_routed(known: Known, event: LeadRouted) -> Heard:
    """A new assignment is told to the owner, to who had the lead before, and to the manager."""
    after = _standing(known, event)
    if event.outcome == "parked" and event.cause in _LET_GO:
        return Heard(after, needless=(Needless("lead", event.lead_id, ("assigned", "stale"), event.cause),))
    if event.assignment <= known.assignment and event.released is None:
        return Heard(after)
    previous = event.released or (known.owner if known.owner != event.owner else None)
    gone = dict.fromkeys(who for who in (previous, known.owner) if who is not None and who != event.owner)
    needless = tuple(Needless("lead", event.lead_id, ("assigned", "warned"), "moved_on", who) for who in gone)
    if after.historical:
        return Heard(after, needless=needless)
    tellings: list[Telling] = []
    owner = event.owner if event.outcome == "person" else None
    about = replace(
        _content("assigned", event.lead_id, event.assigned_at or event.basis.decided_at, after),
        previous=previous, cause=event.cause, assignment=event.assignment,
    )  # fmt: skip
    if owner is not None and event.assignment > known.assignment and event.cause not in _OWN_DOING:
        tellings.append(Telling(about, ASSIGNMENT, _people(owner=owner, manager=event.manager)))
    if previous is not None and previous != owner:
        manager = event.manager if event.manager != owner else None
        moved = replace(about, kind="moved", at=event.basis.decided_at)
        tellings.append(Telling(moved, ASSIGNMENT, _people(previous=previous, manager=manager)))
    return Heard(after, tuple(tellings), needless)


def from_sla(known: Known, event: LeadSla) -> Heard:
    """Warnings and breaches are told to whom the event names; it names of one taken back whoever was told of it."""
    needless = _ended(event)
    kind = _KIND_OF.get(event.kind)
    if kind is None or known.historical:
        return Heard(known, needless=needless)
    content = replace(
        _content(kind, event.lead_id, event.occurred_at, known),
        cause=_why(event), policy=event.policy, target=event.target, level=event.level, due_at=event.due_at,
        owner=event.owner, manager=event.manager, assignment=event.assignment, provisional=event.provisional,
    )  # fmt: skip
    people = _people(owner=event.owner, manager=event.manager, told=event.told)
    return Heard(known, (Telling(content, promise_of(event), people, _breach(event)),), needless)


def from_stage(known: Known, event: LeadStage) -> Heard:
    """Silence is told to whom the event names."""
    if event.kind != STALE or known.historical:
        return Heard(known)
    content = replace(
        _content("stale", event.lead_id, event.occurred_at, known),
        owner=event.owner, manager=event.manager, cause=event.action,
    )  # fmt: skip
    return Heard(known, (Telling(content, STALE, _people(owner=event.owner, manager=event.manager, told=event.told)),))


def promise_of(event: LeadSla) -> str:
    """The promise, as the subject of notices."""
    return f"{event.clock}/{event.cycle}/{event.assignment or ''}/{event.target}"


def _breach(event: LeadSla) -> UUID | None:
    if event.kind in {"breached", "lapsed"}:
        return event.sla_id
    return {"escalated": event.breach, "breach_retracted": event.supersedes}.get(event.kind)


def _ended(event: LeadSla) -> tuple[Needless, ...]:
    reason = _ENDS_WARNINGS.get(event.kind)
    needless = (Needless("promise", promise_of(event), ("warned",), reason),) if reason else ()
    if event.kind == "breach_retracted" and event.supersedes is not None:
        return (*needless, Needless("breach", event.supersedes, ("breached", "lapsed"), "retracted"))
    return needless


def _why(event: LeadSla) -> str | None:
    """Why it was broken, or why it was not after all."""
    if event.kind != "breach_retracted":
        return event.cause
    return event.reason or ("answered_in_time" if event.response is not None else None)


def _people(told: tuple[str, ...] = (), **each: str | None) -> Mapping[Role, tuple[str, ...]]:
    named: dict[Role, tuple[str, ...]] = {"told": told}
    for role, who in each.items():
        named[role] = (who,) if who is not None else ()  # type: ignore[index]
    return named


def _content(kind: Kind, lead: UUID, at: datetime, known: Known) -> Content:
    return Content(
        kind=kind, lead_id=lead, at=at, owner=known.owner, manager=known.manager, request=known.request,
        source=known.source, grade=known.grade, temperature=known.temperature, territory=known.territory,
    )  # fmt: skip


def _standing(known: Known, event: LeadRouted) -> Known:
    newest = max(event.requests, key=lambda each: (each.start, each.id), default=None)
    lead = event.scored.enriched.captured.lead
    return replace(
        known,
        assignment=max(known.assignment, event.assignment),
        owner=event.owner if event.outcome == "person" else None,
        manager=event.manager,
        request=newest.type if newest is not None else None,
        source=lead.source,
        grade=event.scored.scorecard.grade,
        temperature=event.scored.scorecard.temperature,
        territory=event.territory,
        historical=bool(event.requests) and all(each.historical for each in event.requests),
    )
