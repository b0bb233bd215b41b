"""From a ruling to the lead's new standing and the event that tells it."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from typing import cast

from leadline_route.case import Case
from leadline_route.core.caps import counted
from leadline_route.core.channels import signature
from leadline_route.core.hold import QUEUED_LOOK, alarm
from leadline_route.core.prospect import Prospect
from leadline_route.core.ruling import Ruling
from leadline_route.core.touches import OPEN_STAGES
from leadline_route.state import Body, Hold, Move, Standing
from leadline_runtime.decision import Decision, Emit, LeadState, drop, emitted
from leadline_runtime.outcomes import EMITTED
from leadline_schemas.event import trusted
from leadline_schemas.lead import Request
from leadline_schemas.routed import LeadRouted, NextStep, TurnMoved
from leadline_schemas.scored import LeadScored
from leadline_schemas.topics import LEAD_ROUTED, LET_GO

_routed = trusted(LeadRouted)
# What a reader may act on: if none of it changed, nothing is published (loop, section 6).
TELLING = ("outcome", "owner", "escalated", "cadence", "hold", "channels", "requests", "assignment")

LAPSED, LADDER = "owner_clock_lapsed", "sla_ladder"
CHASED = frozenset({LAPSED, LADDER})
PUT_ASIDE = frozenset({"nurture", "disqualified", "archived"})


def conclude(case: Case, prospect: Prospect, ruling: Ruling, cause: str, standing: Standing) -> Decision[Body]:
    """Give the lead the new standing and publish it, unless nothing that is published changed.

    `standing` is the old one with what the item itself changed (exclusions, counters, touches).
    """
    keeps = ruling.outcome == "person" == standing.outcome and ruling.owner == case.standing.owner
    after = _standing(case, prospect, ruling, standing, cause=cause, keeps=keeps)
    _count(case, prospect, after, ruling, keeps)
    old = case.standing
    changed = any(getattr(after, name) != getattr(old, name) for name in TELLING)
    changed = changed or ruling.released is not None
    if after.outcome in ("parked", "disqualified"):
        changed = changed or after.reason != old.reason
    timer_at = case.now + QUEUED_LOOK if ruling.outcome == "queue" else None
    if ruling.held_until is not None:
        timer_at = alarm(ruling.held_until, prospect.first_due(case.now), prospect.values["total"])
    revision = case.state.revision + changed
    state = LeadState(Body(after, prospect.raw), revision, case.state.seen, None, timer_at)
    states, delta = {case.lead_id: state}, case.draft.delta()
    if not changed:
        return drop("unchanged", states, delta)
    event = _event(case, prospect, ruling, cause, after)
    return emitted(Emit(LEAD_ROUTED, event, case.lead_id, carried=prospect.raw), states=states, delta=delta)


def requests_of(requests: Iterable[Request]) -> str:
    """The set of requests in short, to tell whether it changed."""
    return hashlib.blake2b(b"".join(sorted(each.id.bytes for each in requests)), digest_size=8).hexdigest()


def _standing(
    case: Case, prospect: Prospect, ruling: Ruling, standing: Standing, *, cause: str, keeps: bool
) -> Standing:  # fmt: skip
    owned = ruling.outcome == "person"
    move = None
    if ruling.adopted is not None:
        move = ruling.adopted.move
    elif keeps:
        move = standing.move
    elif ruling.counts_as_turn and ruling.pool is not None:
        shares = {member: str(share) for member, share in ruling.move.items()}
        move = Move(pool=ruling.pool, shares=shares)
    gained = owned and not keeps
    # The new owner has yet to accept; and a lead that was put aside is to be worked on, also if it waits for somebody.
    anew = gained and ruling.adopted is None and standing.stage in (*PUT_ASIDE, "SAL")
    waits = ruling.outcome in ("held", "queue") and standing.stage in PUT_ASIDE
    stage = "MQL" if anew or waits else standing.stage
    return Standing(
        outcome=ruling.outcome,
        rule=ruling.rule,
        reason=ruling.reason,
        cadence=ruling.cadence,
        owner=ruling.owner if owned else None,
        pool=ruling.pool,
        manager=ruling.manager,
        escalated=ruling.escalated,
        covering_for=ruling.covering_for,
        assignment=standing.assignment + 1 if gained else standing.assignment,
        assigned_at=_assigned_at(case, ruling) if gained else standing.assigned_at,
        channels=signature(prospect.channels),
        requests=requests_of(prospect.scored.requests),
        excluded=standing.excluded,
        reassigned=standing.reassigned,
        chased=_chased(standing, cause) if gained else standing.chased,
        touched=standing.touched,
        meeting_at=standing.meeting_at,
        stage=stage,
        stage_at=standing.stage_at,
        stage_reason=None if stage == "MQL" else standing.stage_reason,
        stage_way=standing.stage_way,
        stage_seen=standing.stage_seen,
        had=standing.had,
        lifted=standing.lifted,
        counted=owned and ruling.owner in case.book.team.members and stage in OPEN_STAGES,
        move=move,
        hold=Hold(pool=ruling.pool, until=ruling.held_until) if ruling.held_until and ruling.pool else None,
        refused=standing.refused,
        deeds=standing.deeds,
        aliases=standing.aliases,
        snapshot=standing.snapshot,
    )


def _chased(standing: Standing, cause: str) -> int | None:
    """The assignment that lapses and steps began from; None: a person, a merge or another reason gave it."""
    return (standing.chased or standing.assignment) if cause in CHASED else None


def _assigned_at(case: Case, ruling: Ruling) -> datetime:
    return ruling.adopted.since if ruling.adopted is not None else case.now


def _count(case: Case, prospect: Prospect, after: Standing, ruling: Ruling, keeps: bool) -> None:
    draft, before = case.draft, case.standing
    if before.hold != after.hold:
        if before.hold is not None:
            draft.held(before.hold.pool, -1)
        if after.hold is not None:
            draft.held(after.hold.pool, 1)
    if keeps or after.owner not in case.book.team.members or after.owner is None:
        return
    if ruling.adopted is not None:  # his day was spent when he got what became part of it
        draft.opened(after.owner, int(after.counted))
        return
    member = case.book.team.members[after.owner]
    assigned = counted(draft.load(member.id).assigned, member.days, case.now, prospect.segments)
    draft.received(member.id, assigned, opened=int(after.counted))


def _event(case: Case, prospect: Prospect, ruling: Ruling, cause: str, after: Standing) -> LeadRouted:
    dealt = ruling.counts_as_turn
    # Not validated: every part is typed here, and `scored` stands for the bytes that are carried on.
    return _routed(
        lead_id=case.lead_id,
        revision=case.state.revision + 1,
        basis=case.grounds.basis(revision_before=case.state.revision, as_of=prospect.scored.scorecard.as_of),
        outcome=ruling.outcome,
        assignment=after.assignment,
        assigned_at=after.assigned_at if after.owner else None,
        owner=ruling.owner,
        escalated=ruling.escalated,
        manager=ruling.manager,
        pool=ruling.pool,
        territory=prospect.territory_id,
        rule=ruling.rule,
        reason=ruling.reason,
        cause=cause,
        counts_as_turn=dealt,
        released=ruling.released,
        over_cap=ruling.over_cap or None,
        covering_for=ruling.covering_for,
        cadence=ruling.cadence,
        held_until=ruling.held_until,
        rules_tried=tuple(ruling.tried),
        candidates=tuple(ruling.candidates),
        balance_before={member: str(owed) for member, owed in ruling.before.items()} if dealt else {},
        balance_after={member: str(owed) for member, owed in ruling.after.items()} if dealt else {},
        turn_returned=_moved(case.draft.returned, case.standing.owner),
        turn_retaken=_moved(case.draft.retaken, ruling.owner),
        excluded=tuple(each.member for each in after.excluded if each.until > case.now),
        allowed_channels=prospect.channels,
        next_step=_next_step(ruling),
        requests=prospect.scored.requests,
        scored=cast(LeadScored, prospect.scored),
    )


def told_let_go(case: Case, decision: Decision[Body], raw: bytes, cause: str, why: str) -> Decision[Body]:
    """The decision, and told with it that nobody has the lead any more, if somebody had it, and that the turn was given
    back, if it was.

    For a lead that is none of its own any more; whoever reads what became of it passes the event over by its type.
    """
    standing, state = case.standing, decision.states[case.lead_id]
    returned = _moved(case.draft.returned, standing.owner)
    if returned is None and (standing.outcome != "person" or standing.owner is None):
        return decision
    back = ", the turn is given back" if returned is not None else ""
    event = _routed(
        lead_id=case.lead_id,
        revision=case.state.revision + 1,
        basis=case.grounds.basis(revision_before=case.state.revision),
        outcome="parked",
        assignment=standing.assignment,
        rule=standing.rule,
        reason=f"{why}: {standing.owner or 'nobody'} has it no longer{back}",
        cause=cause,
        turn_returned=returned,
        scored=cast(LeadScored, None),  # stands for the bytes that are carried on
    )
    emit: Emit[Body] = Emit(LEAD_ROUTED, event, case.lead_id, carried=raw, suffix=LET_GO)
    states = {**decision.states, case.lead_id: state.having(revision=state.revision + 1)}
    return replace(decision, outcome=EMITTED, events=(emit,), states=states)


def _moved(turns: Mapping[str, Mapping[str, Fraction]], member: str | None) -> TurnMoved | None:
    """The turn of the one assignment that a decision ends or adopts."""
    for pool, shares in turns.items():
        told = {each: str(share) for each, share in shares.items()}
        return TurnMoved(pool=pool, member=member or "", shares=told)
    return None


def _next_step(ruling: Ruling) -> NextStep | None:
    if ruling.outcome == "person":
        return NextStep(kind="respond", owner=ruling.owner)
    if ruling.outcome == "held":
        return NextStep(kind="assign", due_at=ruling.held_until)
    if ruling.outcome == "queue":
        return NextStep(kind="claim", owner=ruling.manager)
    return NextStep(kind="enrol") if ruling.outcome == "nurture" else None
