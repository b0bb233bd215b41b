"""What the monitor knows of a lead's way through the stages: what was to move it, and when somebody last did something.

Kept small: a quiet lead has one move or none.
"""

from collections.abc import Container, Iterable, Mapping
from datetime import datetime
from typing import get_args
from uuid import UUID

from leadline_runtime.core.values import dataclass, replace
from leadline_schemas.activity import Activity
from leadline_schemas.ids import derived_id
from leadline_schemas.routed import LeadRouted
from leadline_schemas.vocabulary import Confirmed, Stage, StageWay

STAGES: tuple[Stage, ...] = get_args(Stage)
APPLIED = "applied"
MOST_MOVES = 50
MOST_HEARD = 10
MOST_WORKED = 3
DEALS: Mapping[str, Stage | None] = {"deal.created": "opportunity", "deal.won": "customer", "deal.lost": None}
CHANGED, ACCEPTED = "stage.changed", "assignment.accepted"
WITH_PEOPLE = frozenset({"person", "queue", "held"})
# The lead answered, or both sides were there: a conversation (rules B6.2).
ANSWERED = frozenset({
    "email.replied", "sms.received", "call.connected", "call.inbound_answered", "meeting.held", "chat.message",
})  # fmt: skip
# Not the lead's doing, whoever is named as the actor; or that it wants to be left alone, which is no interest.
NO_ACT = frozenset({
    "email.delivered", "email.bounced", "webinar.no_show", "meeting.no_show", "list.added", "other",
    "consent.withdrawn", "consent.declined",
})  # fmt: skip
OURS = frozenset({
    "email.sent", "call.attempted", "call.connected", "call.inbound_answered", "sms.sent", "chat.message",
    "meeting.held", "meeting.booked", "document.shared",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Move:
    """Something that is to bring the lead into stage `to` (None: where a lost deal leaves it).

    `accepts`: it is the owner's word, nobody else's; or was a touch of his, of a part. `since`: of silence, the last
    act that counted; `void`: there was one after it. `told`: what was said of it last (APPLIED, or why not), `turn` how
    often; `found`: the stage that it was judged in by that, and how much of BANT was recorded.
    """

    id: UUID
    at: datetime
    to: Stage | None
    way: StageWay
    by: str | None = None
    reason: str | None = None
    confirmed: tuple[Confirmed, ...] = ()
    noted: bool = False
    accepts: bool = False
    historical: bool = False
    origin: UUID | None = None
    since: datetime | None = None
    void: bool = False
    told: str = ""
    turn: int = 0
    found: tuple[Stage, int] | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """Where the moves led that are no longer kept: the last of them at `until`, with what people had recorded."""

    stage: Stage
    at: datetime
    id: UUID
    way: StageWay | None = None
    reason: str | None = None
    historical: bool = False
    confirmed: tuple[Confirmed, ...] = ()
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Life:
    """`begun_at`: since when it is a lead here; `acted`: the newest acts of the lead, in order of time; `worked_at`:
    the last act of a person of ours towards it, after those of `worked_before`; `grade`, `reachable`: by the last
    routing. `noticed`: the silence (its beginning) and how much of it was told; `listed_at`: the last list of archived
    leads that it stood on.

    `left`: moves that were told and have gone with another lead since, which is yet to be told. `off_list`: it stood on
    a list and is no lead of its own any more, which is yet to be told: since when it was archived.
    """

    begun_at: datetime | None = None
    acted: tuple[datetime, ...] = ()
    worked_at: datetime | None = None
    worked_before: tuple[datetime, ...] = ()
    two_way: bool = False
    grade: str | None = None
    reachable: bool = False
    moves: tuple[Move, ...] = ()
    past: Past | None = None
    noticed: tuple[datetime, int] | None = None
    listed_at: datetime | None = None
    left: tuple[Move, ...] = ()
    off_list: datetime | None = None

    @property
    def acted_at(self) -> datetime | None:
        """The last act of the lead."""
        return self.acted[-1] if self.acted else None

    @property
    def worked(self) -> tuple[datetime, ...]:
        """The newest acts of people of ours towards it, in order of time."""
        return self.worked_before if self.worked_at is None else (*self.worked_before, self.worked_at)

    @property
    def is_archived(self) -> bool:
        """May it be in the archive? Then an act of its own makes it a lead again."""
        if self.past is not None and self.past.stage == "archived":
            return True
        return any(each.to == "archived" and each.told == APPLIED for each in self.moves)


def move_of(activity: Activity, lead: UUID | None) -> Move | None:
    """What an act wants of the stage; None: nothing."""
    kind, way, to = activity.kind, "command", None
    if kind == CHANGED:
        to = activity.stage if activity.stage in STAGES else None
        if to is None or activity.actor.kind == "lead":  # a CRM's own names of its pipeline are no stages of ours
            return None
    elif kind == ACCEPTED:
        to = "SAL"
    elif kind in DEALS:
        way, to = "deal", activity.stage if activity.stage in STAGES else DEALS[kind]
    else:
        return None
    return Move(
        id=activity.id, at=activity.occurred_at, to=to, way=way,  # type: ignore[arg-type]
        by=activity.actor.id if kind != ACCEPTED else activity.member or activity.actor.id,
        reason=activity.reason, confirmed=activity.confirmed or (), noted=activity.note is not None,
        accepts=kind == ACCEPTED, historical=activity.historical,
        origin=activity.origin if activity.origin != lead else None,
    )  # fmt: skip


def lived(life: Life, activity: Activity, lead: UUID | None) -> Life:
    """With one more act; `life` itself if it says nothing new about stages or silence."""
    move = move_of(activity, lead)
    if move is not None and not _is_known(life, move):
        life = replace(life, moves=(*life.moves, move))
    by_lead, by_us = _by_lead(activity), _by_us(activity)
    if not by_lead and not by_us:
        return life
    at = activity.occurred_at
    if by_lead:
        life = _heard(life, at)
    if by_us:
        life = _worked(life, (at,))
    if activity.kind in ANSWERED and not life.two_way and (by_lead or activity.kind != "chat.message"):
        life = replace(life, two_way=True)
    return _not_silent(life, at, by_lead=by_lead)


def _is_known(life: Life, move: Move) -> bool:
    """What is older than all that is kept may be a repeat, and moves nothing."""
    past = life.past
    return (past is not None and move.at <= (past.until or past.at)) or any(each.id == move.id for each in life.moves)


def _heard(life: Life, at: datetime) -> Life:
    """With an act of the lead. More than the last one: the first after it was archived brings it back."""
    if at in life.acted or (len(life.acted) == MOST_HEARD and at < life.acted[0]):
        return life
    return replace(life, acted=_newest((*life.acted, at)))


def _worked(life: Life, more: Iterable[datetime]) -> Life:
    newest = _newest((*life.worked, *more), MOST_WORKED)
    if newest == life.worked:
        return life
    return replace(life, worked_at=newest[-1], worked_before=newest[:-1])


def _newest(acted: Iterable[datetime], most: int = MOST_HEARD) -> tuple[datetime, ...]:
    return tuple(sorted(set(acted)))[-most:]


def begun(life: Life, at: datetime) -> Life:
    """It is a lead here, since `at` at the latest."""
    return life if life.begun_at is not None else replace(life, begun_at=at)


def routed(life: Life, event: LeadRouted, before: tuple[str, int] | None, told: bool = False) -> Life:
    """With what routing decided. `before`: outcome and assignment of the routing before, None: it is the first. `told`:
    of that one was told, whatever stands here.

    What follows from a stage by itself (`cause` stage) moves none.
    """
    grade = event.scored.scorecard.grade
    reachable = any(each.allowed for each in event.allowed_channels if each.purpose == "marketing")
    if (life.grade, life.reachable) != (grade, reachable):
        life = replace(life, grade=grade, reachable=reachable)
    told_of = told or life.past is not None or any(each.way == "routed" for each in life.moves)
    to = _to(event, before if told_of else None)
    if to is None or (event.cause == "stage" and to != "MQL"):
        return life
    at = event.basis.decided_at
    last = next((each for each in reversed(life.moves) if each.way == "routed" and each.origin is None), None)
    if last is not None and last.at >= at:
        return life
    reason = event.reason if to == "disqualified" else None
    historical = bool(event.requests) and all(each.historical for each in event.requests)
    move = Move(
        id=derived_id("routed", event.lead_id, event.revision),
        at=at,
        to=to,
        way="routed",
        historical=historical,
        reason=reason,
    )
    return replace(life, moves=(*life.moves, move))


def _to(event: LeadRouted, before: tuple[str, int] | None) -> Stage | None:
    """The stage that an outcome means, if it is another outcome than before (an owner who changes moves no stage)."""
    was_with_people = before is not None and before[0] in WITH_PEOPLE
    if event.outcome in WITH_PEOPLE:
        return None if was_with_people else "MQL"
    if before is not None and before[0] == event.outcome:
        return None
    if event.outcome == "nurture":
        return "nurture"
    return "disqualified" if event.outcome == "disqualified" else None


def _by_lead(activity: Activity) -> bool:
    return activity.actor.kind == "lead" and not activity.automated and activity.kind not in NO_ACT


def _by_us(activity: Activity) -> bool:
    """A person's act towards the lead: no note, no machine, nothing to the referrer."""
    if activity.actor.kind != "person" or activity.automated or activity.to != "lead":
        return False
    return activity.kind in OURS


def _not_silent(life: Life, at: datetime, *, by_lead: bool) -> Life:
    """What silence did is void if somebody did something in it after all, and it was read later."""
    voided = tuple(
        replace(each, void=True)
        if each.way == "stale" and each.since is not None and each.since < at <= each.at
        and not each.void and (each.to == "nurture" or (by_lead and each.to == "disqualified"))
        else each
        for each in life.moves
    )  # fmt: skip
    return life if voided == life.moves else replace(life, moves=voided)


def united_lives(own: Life, other: Life) -> Life:
    """With the moves of a lead that became part of this one, or came back: to be told anew here. Who accepted it by a
    touch was its owner, whoever has this one."""
    ids = {each.id for each in own.moves}
    new = tuple(
        replace(each, told="", accepts=each.accepts or (each.way == "acting" and each.told != ""))
        for each in other.moves
        if each.id not in ids
    )
    return replace(
        _worked(own, other.worked),
        moves=(*own.moves, *new),
        acted=_newest((*own.acted, *other.acted)),
        two_way=own.two_way or other.two_way,
    )


def ended(life: Life) -> Life:
    """Of a lead that is merged or erased: if it stands on a list of archived leads, that is to be told."""
    if life.listed_at is None:
        return life
    applied = [each for each in life.moves if each.told == APPLIED and each.to is not None]
    last = max(applied, key=lambda each: (each.at, STAGES.index(each.to or "raw")), default=None)
    stage, since = (last.to, last.at) if last else (life.past.stage, life.past.at) if life.past else (None, None)
    return replace(life, off_list=since) if stage == "archived" else life


def parted_lives(life: Life, gone: Container[UUID | None]) -> Life:
    """Without the moves of leads that are no part of this one any more; those that were told are to be taken back."""
    left = tuple([each for each in life.moves if each.origin in gone and each.told == APPLIED])
    moves = tuple([each for each in life.moves if each.origin not in gone])
    return replace(life, moves=moves, left=(*life.left, *left))


def life_of(life: Life, origin: UUID) -> Life:
    """What of it is another lead's, as it goes back there: that a move is taken back here took one of its numbers."""
    moves = [each for each in life.moves if each.origin == origin]
    counted = tuple([replace(each, turn=each.turn + (each.told == APPLIED)) for each in moves])
    return replace(life, moves=counted, left=())
