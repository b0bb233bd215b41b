"""An assignment that goes with its lead into another one, or comes back out of it (loop, section 7; rules B5.8)."""

from dataclasses import replace
from typing import Any

from pydantic import TypeAdapter, ValidationError

from leadline_route.case import Case, give_turn_back, is_open, let_go, take_turn
from leadline_route.conclude import conclude, told_let_go
from leadline_route.core.ruling import Adopted, Ruling
from leadline_route.state import NOWHERE, Body, Deeds, Offer, Standing
from leadline_runtime.core.values import dataclass
from leadline_runtime.decision import Decision, Send
from leadline_runtime.forwarding import back
from leadline_runtime.items import Message, Passage, Record
from leadline_runtime.outcomes import dropped
from leadline_schemas.activity import LeadActivity
from leadline_schemas.codec import Undecodable, describe
from leadline_schemas.ids import derived_id
from leadline_schemas.lead import MergedInto

CAUSE = "merged"


@dataclass(frozen=True, slots=True)
class Moved:
    """What a lead that became part of another held: its assignment, and what our people did with it, by origin."""

    offer: Offer | None = None
    deeds: tuple[Deeds, ...] = ()
    standing: Standing = NOWHERE  # its exclusions, its stage


_MOVED = TypeAdapter(Moved)


def read_moved(message: Message) -> Moved:
    """What another lane gave away. Raises Undecodable."""
    try:
        return _MOVED.validate_json(message.body)
    except ValidationError as error:
        raise Undecodable(f"route's message: {describe(error)}") from None


def gone(case: Case, raw: bytes, into: MergedInto) -> Decision[Body]:
    """The lead is part of another now: its member is released, its turn given back, and both are offered to the root.

    What it was stays with it, too: an unmerge gives it back to whom it had.
    """
    standing = case.standing
    if case.state.merged_into is not None:  # it holds nothing any more but what was sent back to it meanwhile
        return _told(case, standing, raw, into, Moved(deeds=(_own_deeds(case), *standing.deeds)))
    let_go(case)
    returned = give_turn_back(case)
    if standing.hold is not None:
        case.draft.held(standing.hold.pool, -1)
    offer = _offer(standing, returned) if standing.outcome == "person" and standing.owner else None
    moved = Moved(offer, (_own_deeds(case), *standing.deeds), Standing(
        excluded=standing.excluded, reassigned=standing.reassigned, stage=standing.stage, stage_at=standing.stage_at
    ))  # fmt: skip
    after = replace(standing, outcome=None, owner=None, counted=False, move=None, hold=None, offer=offer)
    told = _told(case, after, raw, into, moved)
    return told_let_go(case, told, raw, CAUSE, f"part of {into.lead_id} now")


def _told(case: Case, after: Standing, raw: bytes, into: MergedInto, moved: Moved) -> Decision[Body]:
    decision = case.dropped("unchanged", after, scored=raw, merged_into=into, timer_at=None)
    message = Send(
        derived_id("moved", case.grounds.item.cause, into.lead_id),
        into.lead_id,
        _MOVED.dump_json(moved, exclude_defaults=True),
        Passage(into.revision),
    )
    return replace(decision, messages=(message,))


def _offer(standing: Standing, returned: bool) -> Offer:
    assert standing.owner is not None
    return Offer(
        owner=standing.owner,
        assigned_at=standing.assigned_at,
        touched=standing.touch is not None,
        rule=standing.rule,
        pool=standing.pool,
        manager=standing.manager,
        escalated=standing.escalated,
        move=standing.move if returned else None,
    )


def _own_deeds(case: Case) -> Deeds:
    return Deeds(case.lead_id, case.standing.touched, case.standing.meeting_at)


def on_moved(case: Case, message: Message) -> Decision[Body]:
    """What came with a lead that is part of this one now, or back from the one that this was part of."""
    moved, standing, named = read_moved(message), case.standing, message.passage.named
    if message.passage.left is not None or case.state.merged_into is not None:
        return case.dropped("kept", _with_deeds(case, standing, moved.deeds, 0))
    foreign = next((each.origin for each in moved.deeds), None)
    if foreign is not None and foreign not in standing.aliases and named <= standing.snapshot:
        return case.dropped("unchanged", standing)  # it was taken out again, and kept what it was
    known = _with_stage(case, _with_deeds(case, standing, moved.deeds, named), moved.standing)
    known = replace(known, reassigned=max(known.reassigned, moved.standing.reassigned), excluded=_united(known, moved))
    if not case.state.body.scored:
        return case.dropped("kept", replace(known, offer=moved.offer or known.offer))
    return _owned_by_one(case, known, moved.offer)


def _united(standing: Standing, moved: Moved) -> tuple[Any, ...]:
    until = {
        each.member: each for each in sorted((*standing.excluded, *moved.standing.excluded), key=lambda e: e.until)
    }
    return tuple(until.values())


def _with_stage(case: Case, standing: Standing, theirs: Standing) -> Standing:
    """The stage that was set last stands."""
    if theirs.stage_at is None or (standing.stage_at is not None and standing.stage_at >= theirs.stage_at):
        return standing
    after = replace(standing, stage=theirs.stage, stage_at=theirs.stage_at)
    counts = standing.owner in case.book.team.members and is_open(after)
    if standing.owner is not None and counts != standing.counted:
        case.draft.opened(standing.owner, 1 if counts else -1)
        after = replace(after, counted=counts)
    return after


def _with_deeds(case: Case, standing: Standing, deeds: tuple[Deeds, ...], named: int) -> Standing:
    found = {each.origin: each for each in standing.deeds}
    for each in deeds:
        if each.origin == case.lead_id:
            own = Deeds(case.lead_id, standing.touched, standing.meeting_at).united(each)
            standing = replace(standing, touched=own.touched, meeting_at=own.meeting_at)
        elif each.touched or each.meeting_at or each.origin in found:
            old = found.get(each.origin, Deeds(each.origin))
            found[each.origin] = replace(old.united(each), named=max(named, old.named))
    return replace(standing, deeds=tuple(found[each] for each in sorted(found)))


def _owned_by_one(case: Case, known: Standing, offer: Offer | None) -> Decision[Body]:
    """Of two owners the one with a human touch, else the older assignment; the other is told (rules B5.8)."""
    team, standing = case.book.team, case.standing
    if offer is None or not team.is_active(offer.owner) or standing.outcome == "disqualified":
        return case.dropped("kept", known)
    owned = standing.outcome == "person" and standing.owner is not None and team.is_active(standing.owner)
    if not owned:
        return _adopt(case, known, offer, f"{offer.owner} owned what became part of it", None)
    if standing.owner == offer.owner:
        return case.dropped("kept", known)
    ours, theirs = _claim(standing.touch is not None, standing.assigned_at), _claim(offer.touched, offer.assigned_at)
    if theirs < ours:
        why = "touched it" if offer.touched and standing.touch is None else "had it first"
        return _adopt(case, known, offer, f"merged: {offer.owner} {why}, {standing.owner} is told", standing.owner)
    why = "touched it" if standing.touch is not None and not offer.touched else "had it first"
    kept = Ruling(
        "person", standing.rule, owner=standing.owner, pool=standing.pool, manager=standing.manager,
        escalated=standing.escalated, covering_for=standing.covering_for,
        reason=f"merged: {standing.owner} {why}, {offer.owner} is told", released=offer.owner,
    )  # fmt: skip
    return conclude(case, case.prospect(), kept, CAUSE, known)


def _claim(touched: bool, assigned_at: Any) -> tuple[bool, bool, Any]:
    return (not touched, assigned_at is None, assigned_at)


def _adopt(case: Case, known: Standing, offer: Offer, why: str, released: str | None) -> Decision[Body]:
    if released is not None:
        let_go(case)
        give_turn_back(case)
    ruling = adopted(case, offer, why, released)
    return conclude(case, case.prospect(), ruling, CAUSE, known)


def adopted(case: Case, offer: Offer, why: str, released: str | None = None, anew: bool = False) -> Ruling:
    """The owner stays the owner of what his lead became; his turn, given back with it, is taken again.

    `anew`: his time to answer begins now.
    """
    if offer.move is not None:
        take_turn(case, offer.move)
    since = case.now if anew else offer.assigned_at or case.now
    return Ruling(
        "person", offer.rule, owner=offer.owner, pool=offer.pool, manager=offer.manager, escalated=offer.escalated,
        reason=why, adopted=Adopted(since, offer.move), released=released,
    )  # fmt: skip


def parted(case: Case, revision: int, aliases: tuple[Any, ...]) -> tuple[Standing, tuple[Send, ...]]:
    """What the snapshot says of what is part of the lead; the deeds of an origin that left go after it."""
    if case.standing is NOWHERE:  # nearly every lead that is routed: half the price of a copy with changes
        return Standing(aliases=aliases, snapshot=revision), ()
    standing = replace(case.standing, aliases=aliases, snapshot=revision)
    leaving = [each for each in standing.deeds if each.origin not in aliases and each.named <= revision]
    if not leaving:
        return standing, ()
    passage = Passage(0, (case.lead_id, revision))
    messages = tuple(
        Send(
            derived_id("parted", case.grounds.item.cause, each.origin),
            each.origin,
            _MOVED.dump_json(Moved(deeds=(replace(each, named=0),)), exclude_defaults=True),
            passage,
        )
        for each in leaving
    )
    return replace(standing, deeds=tuple(each for each in standing.deeds if each not in leaving)), messages


def foreign(case: Case, record: Record[LeadActivity]) -> Decision[Body] | int | None:
    """Of an act of another origin: sent after it if that has left; else the revision from which on the lead lists it.

    None for an act of the lead's own.
    """
    act, standing = record.value.activity, case.standing
    if act.origin == case.lead_id:
        return None
    named = record.passage.named if record.passage else record.value.snapshot or 0
    if act.origin not in standing.aliases and standing.snapshot and named <= standing.snapshot:
        sent = back(record, act.origin, case.lead_id, standing.snapshot)
        return Decision(dropped("forwarded"), messages=(sent,))
    return named


def with_deeds(case: Case, deeds: Deeds) -> Standing:
    """The standing with what was done under another origin."""
    return _with_deeds(case, case.standing, (deeds,), deeds.named)
