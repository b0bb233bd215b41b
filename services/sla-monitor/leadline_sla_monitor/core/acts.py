"""What the monitor keeps of an activity, and which promises it answers: the table of rules B5.4."""

import hashlib
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal
from uuid import UUID

from leadline_runtime.core.values import dataclass
from leadline_schemas.activity import Activity

# What an act can be to a promise. `touch`: a person turned to the lead; `ack`: anything, also a machine, answered it;
# `enrolled`: a cadence took it up; `referrer`: a person turned to who referred it.
Answer = Literal["email", "call", "touch", "ack", "enrolled", "referrer"]
Who = Literal["lead", "person", "machine"]

LIVE: tuple[Answer, ...] = ("email", "call", "touch", "ack")  # a live contact meets every human promise
WRITTEN: Mapping[Who, tuple[Answer, ...]] = {"person": ("touch", "ack"), "machine": ("ack",)}
TABLE: Mapping[str, Mapping[Who, tuple[Answer, ...]]] = {
    "email.sent": {"person": ("email", "touch", "ack"), "machine": ("ack",)},
    "sms.sent": WRITTEN,
    "chat.message": WRITTEN,
    "call.attempted": {"person": ("call", "touch")},
    "call.connected": {"person": LIVE},
    "call.inbound_answered": {"person": LIVE, "lead": LIVE},
    "meeting.held": {"person": LIVE, "lead": LIVE},
    "meeting.booked": {"lead": LIVE},
    "nurture.enrolled": {"person": ("enrolled",), "machine": ("enrolled",), "lead": ("enrolled",)},
}
BOUNCE, WITHDRAWAL, STAGE = "email.bounced", "consent.withdrawn", "stage.changed"
BOOKED = "meeting.booked"
PAUSED, RESUMED = "sla.paused", "sla.resumed"
ORDERS = frozenset({PAUSED, RESUMED})
REOPENING = frozenset({"meeting.cancelled", "meeting.no_show"})  # of an appointment that was the answer
OF_INTEREST = frozenset({*TABLE, *REOPENING, *ORDERS, BOUNCE, WITHDRAWAL, STAGE})
MOST_KEPT = 500
MOST_ORDERS = 50


@dataclass(frozen=True, slots=True)
class Act:
    """An activity as far as promises are concerned.

    `message` is a digest of the sender's id of a message; `stops` the reason why it ends promises, `channel` the only
    channel it ends them for; `origin` the lead it was first resolved to, if that is not this one. Of an order to pause
    or to resume: `who` gave it, `told_at` when, for what `reason`, and `until` when the clocks are to stand still.
    """

    id: UUID
    kind: str
    at: datetime
    by: str | None = None
    answers: tuple[Answer, ...] = ()
    message: str | None = None
    stops: str | None = None
    channel: str | None = None
    origin: UUID | None = None
    who: Who | None = None
    told_at: datetime | None = None
    reason: str | None = None
    until: datetime | None = None


def answers_of(activity: Activity) -> tuple[Answer, ...]:
    """Which promises the activity answers. Bulk mail and sequence steps come marked as automated."""
    row = TABLE.get(activity.kind)
    if row is None:
        return ()
    who: Who = "machine" if activity.automated or activity.actor.kind == "automation" else activity.actor.kind
    found = row.get(who, ())
    if activity.to == "referrer":
        return ("referrer",) if "touch" in found else ()
    return found


def kept(activity: Activity, lead: UUID | None = None) -> Act | None:
    """What `lead` keeps of an activity; None if it concerns no promise."""
    if activity.kind not in OF_INTEREST:
        return None
    if activity.kind in ORDERS:  # what was ordered of a lead elsewhere, long ago, moves nothing here
        return None if activity.historical else _order(activity, lead)
    answers, stops = answers_of(activity), _stops(activity)
    if not answers and not stops and activity.kind not in REOPENING and not _hard_bounce(activity):
        return None
    return Act(
        id=activity.id,
        kind=activity.kind,
        at=activity.occurred_at,
        by=activity.actor.id,
        answers=answers,
        message=_digest(activity.message_id) if activity.kind in {BOUNCE, "email.sent"} else None,
        stops=stops,
        channel=activity.channel if stops and activity.channel != "any" else None,
        origin=activity.origin if activity.origin != lead else None,
    )


def united(
    known: tuple[Act, ...], more: Iterable[Activity], asked: Iterable[datetime] = (), lead: UUID | None = None
) -> tuple[Act, ...]:
    """Both sets, by id, in order of time; `known` itself if nothing is new. `lead`: whose they are."""
    ids = {act.id for act in known}
    new = [act for each in more if each.id not in ids and (act := kept(each, lead)) is not None]
    return bounded((*known, *new), asked) if new else known


def bounded(acts: Iterable[Act], asked: Iterable[datetime] = ()) -> tuple[Act, ...]:
    """The acts by id, in order of time.

    At most 500: the newest, the first answers of each kind to what was `asked` at these instants, because without
    them a request would look unanswered, and the newest orders to pause.
    """
    found = sorted({act.id: act for act in acts}.values(), key=lambda a: (a.at, a.id))
    if len(found) <= MOST_KEPT:
        return tuple(found)
    needed = {act.id for start in asked for act in _first_answers(found, start)}
    needed |= {act.id for act in [act for act in found if act.kind in ORDERS][-MOST_ORDERS:]}
    spare = [act.id for act in found if act.id not in needed]
    gone = set(spare[: len(found) - MOST_KEPT])
    return tuple(act for act in found if act.id not in gone)[-MOST_KEPT:]


def _first_answers(acts: list[Act], start: datetime) -> list[Act]:
    found: dict[str, Act] = {}
    for act in acts[bisect_left(acts, start, key=lambda a: a.at) :]:
        for answer in act.answers:
            found.setdefault(answer, act)
        if all(answer in found for answer in LIVE):  # the others are rare, and not worth a walk through all
            break
    return list(found.values())


def answering(acts: tuple[Act, ...]) -> tuple[Act, ...]:
    """The acts that answer something, without e-mails that bounced."""
    found = tuple(act for act in acts if act.answers)
    bounces = [act for act in acts if act.kind == BOUNCE]
    if not bounces:
        return found
    void = _bounced(found, bounces)  # once: of hundreds of mails and bounces each look takes milliseconds
    return tuple([act for act in found if act.id not in void])


def _bounced(found: tuple[Act, ...], bounces: list[Act]) -> frozenset[UUID]:
    """The e-mails that bounced: those named by their message id, else the last one before the bounce."""
    void: set[UUID] = set()
    for bounce in bounces:
        sent = [a for a in found if a.kind == "email.sent" and a.at <= bounce.at and a.id not in void]
        named = [a for a in sent if a.message is not None and a.message == bounce.message]
        void.update(a.id for a in (named or sent)[-1:])
    return frozenset(void)


def _hard_bounce(activity: Activity) -> bool:
    return activity.kind == BOUNCE and "soft" not in {activity.tag, activity.reason}


def _stops(activity: Activity) -> str | None:
    if activity.kind == WITHDRAWAL and activity.purpose == "respond":
        return "consent_withdrawn"
    return "disqualified" if activity.kind == STAGE and activity.stage == "disqualified" else None


def _order(activity: Activity, lead: UUID | None) -> Act:
    return Act(
        id=activity.id,
        kind=activity.kind,
        at=activity.occurred_at,
        by=activity.actor.id,
        origin=activity.origin if activity.origin != lead else None,
        who="machine" if activity.automated or activity.actor.kind == "automation" else activity.actor.kind,
        told_at=activity.received_at,
        reason=activity.reason,
        until=activity.until,
    )


def _digest(message_id: str | None) -> str | None:
    return hashlib.blake2b(message_id.encode(), digest_size=8).hexdigest() if message_id else None
