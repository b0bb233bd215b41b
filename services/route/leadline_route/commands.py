"""Commands of people about an assignment: accepted, declined, claimed, reassigned, released (rules B4.7, B4.2).

A command counts for the assignment it names; one without a number for the assignment at the time it was given. What
the rules do not allow changes nothing and is kept with the lead, with the reason (rules B6.1).
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from leadline_route.case import Case, excluded, excluding, give_turn_back, hands_off, let_go
from leadline_route.conclude import conclude
from leadline_route.core.caps import reached
from leadline_route.core.giving import Situation
from leadline_route.core.nurture import UNLAWFUL
from leadline_route.core.router import needed, route
from leadline_route.core.ruling import Ruling
from leadline_route.core.touches import BEFORE_SAL
from leadline_route.state import NEWEST, Body, Refused, Standing
from leadline_runtime.decision import Decision, drop, duplicate
from leadline_schemas.activity import Activity
from leadline_schemas.routed import Candidate

Command = Callable[[Case, Activity], Decision[Body]]


def _stale(case: Case, act: Activity) -> Decision[Body] | None:
    standing = case.standing
    if act.actor.kind == "lead":
        return drop("not_addressed")  # a lead commands nobody
    if not case.state.body.scored:
        return drop("unknown_lead")
    if any(each.id == str(act.id) for each in standing.refused):
        return duplicate()
    if act.assignment is not None:
        current = act.assignment == standing.assignment
    else:
        # An applied command's assignment begins at its decision, which is never before it was given: a repeat is stale.
        current = standing.assigned_at is None or act.occurred_at > standing.assigned_at
    return None if current else drop("stale_command")


def _refuse(case: Case, act: Activity, reason: str, why: str) -> Decision[Body]:
    refused = (*case.standing.refused, Refused(id=str(act.id), why=why, reason=reason))[-NEWEST:]
    return case.dropped("not_applied", replace(case.standing, refused=refused))


def _accepted(case: Case, act: Activity) -> Decision[Body]:
    standing, by = case.standing, act.member or act.actor.id
    if (stale := _stale(case, act)) is not None:
        return stale
    if standing.outcome != "person" or by != standing.owner:
        return _refuse(case, act, "not_the_owner", "only the owner accepts a lead; others claim it")
    accepted = in_sal(standing, act.occurred_at)
    return drop("unchanged") if accepted is None else case.dropped("kept", accepted)


def in_sal(standing: Standing, at: datetime) -> Standing | None:
    """The owner accepted the lead, by saying or by acting (rules B6.2); None: it was accepted or is further already."""
    if standing.outcome != "person" or standing.stage not in BEFORE_SAL:
        return None
    return replace(standing, stage="SAL", stage_at=at)


def _declined(case: Case, act: Activity) -> Decision[Body]:
    standing, by = case.standing, act.member or act.actor.id
    if (stale := _stale(case, act)) is not None:
        return stale
    reasons, reason = case.book.decline_costs_turn, act.reason
    if standing.outcome != "person" or by is None or by != standing.owner:
        return _refuse(case, act, "not_the_owner", "only the owner declines a lead")
    if by in case.book.team.managers:
        return _refuse(case, act, "manager", "a manager has it because nobody else could: reassign it")
    if (touched := hands_off(case)) is not None:
        return _refuse(case, act, "touched", f"declined after the first touch: {touched}")
    if reason is None or reason not in reasons:
        return _refuse(case, act, "unknown_reason", f"a decline needs one of the reasons {', '.join(reasons)}")
    if not reasons[reason]:
        give_turn_back(case)
    return _again(case, by, f"declined ({reason})", "declined", standing)


def _again(case: Case, had: str, why: str, cause: str, standing: Standing) -> Decision[Body]:
    """Who had it does not want it, or is not to have it: it is given to somebody else."""
    let_go(case)
    after = replace(standing, excluded=excluding(case, had, why))
    prospect = case.prospect()
    situation = Situation(case.now, excluded(after, case.now), among_people=True)
    return conclude(case, prospect, route(prospect, situation, case.draft), cause, after)


def _released(case: Case, act: Activity) -> Decision[Body]:
    """The owner gives it back, or a manager takes it from him: a person's word, so also after a touch. It costs the
    turn."""
    standing, by = case.standing, act.actor.id
    if (stale := _stale(case, act)) is not None:
        return stale
    owner = standing.owner
    if standing.outcome != "person" or owner is None or (by != owner and by not in case.book.team.managers):
        return _refuse(case, act, "not_the_owner", "only the owner or a manager releases a lead")
    why = f"released by {by} ({act.reason})" if act.reason else f"released by {by}"
    return _again(case, owner, why, "returned", replace(standing, reassigned=0))


def _claimed(case: Case, act: Activity) -> Decision[Body]:
    """Somebody takes a lead that waits for an owner; also off duty or beyond a cap, which is named then."""
    by = act.member or act.actor.id
    if (stale := _stale(case, act)) is not None:
        return stale
    against = _against_claim(case, by) or _against_anybody(case)
    if against is not None:
        return _refuse(case, act, *against)
    return _given(case, act, by or "", "claimed", f"claimed by {by}")


def _against_claim(case: Case, by: str | None) -> tuple[str, str] | None:
    standing, team = case.standing, case.book.team
    if by is None or not team.is_active(by):
        return "not_active", "names no active member or manager"
    has, owner = standing.outcome == "person", standing.owner
    if has and owner is not None and owner != by and team.is_active(owner):
        return "owned_by_another", "only a lead that nobody has can be claimed; a person can reassign it"
    if not has and not standing.waits:
        return "not_waiting", f"it waits for nobody: {standing.outcome or 'not routed'}"
    if by in (not_his := excluded(standing, case.now)):
        return "excluded", f"{by} {not_his[by]}: somebody else can reassign it"
    member = team.members.get(by)
    missing = needed(case.prospect(), standing.rule) - member.skills if member is not None else frozenset()
    if missing:
        return "missing_skill", f"{by} has not the skill {', '.join(sorted(missing))}"
    return None


def _against_anybody(case: Case) -> tuple[str, str] | None:
    """Why nobody is to have the lead; None: somebody may."""
    standing = case.standing
    if case.prospect().scored.enriched.captured.quarantine is not None:
        return "not_routed", "the lead is kept apart"
    if case.prospect().values["contact_withdrawn"]:
        return "not_assignable", "nobody is to write to it: consent to be answered was withdrawn"
    if standing.outcome == "disqualified" or (standing.reason or "").startswith(UNLAWFUL):
        return "not_assignable", f"nobody is to write to it: {standing.reason}"
    return None


def _reassigned(case: Case, act: Activity) -> Decision[Body]:
    """A person decides who has it: always possible where the lead may be written to at all, whatever hours, caps and
    exclusions say."""
    to = act.member
    if (stale := _stale(case, act)) is not None:
        return stale
    if to is None or not case.book.team.is_active(to):
        return _refuse(case, act, "not_active", "names no active member or manager")
    if (against := _against_anybody(case)) is not None:
        return _refuse(case, act, *against)
    return _given(case, act, to, "reassigned", f"assigned by {act.actor.id or 'somebody'}")


def _given(case: Case, act: Activity, to: str, cause: str, why: str) -> Decision[Body]:
    """By hand: no turn; caps may be exceeded and are named then."""
    standing = case.standing
    if standing.outcome == "person" and to == standing.owner:
        return drop("unchanged")
    let_go(case)
    if act.reason == "wrong_territory":
        give_turn_back(case)
    over = _over_cap(case, to)
    ruling = Ruling(
        "person",
        "manual",
        owner=to,
        manager=standing.manager,
        reason=f"{why} ({act.reason})" if act.reason else why,
        candidates=(Candidate(id=to, chosen=True, reason="chosen", why=f"{why}{over}"),),
        over_cap=bool(over),
    )
    after = replace(standing, reassigned=0)
    return conclude(case, case.prospect(), ruling, cause, after)


def _over_cap(case: Case, to: str) -> str:
    member = case.book.team.members.get(to)
    if member is None:
        return ""
    load = case.draft.load(to)
    cap = reached(member.caps, load.open, load.assigned, member.days, case.now, case.prospect().segments)
    return f"; over_cap: {cap.why}" if cap else ""


COMMANDS: Mapping[str, Command] = {
    "assignment.accepted": _accepted,
    "assignment.declined": _declined,
    "assignment.claimed": _claimed,
    "assignment.reassigned": _reassigned,
    "assignment.released": _released,
}
