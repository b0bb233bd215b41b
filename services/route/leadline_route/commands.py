"""Commands of people about an assignment: accepted, declined, claimed, reassigned (rules B4.7, B4.2).

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
from leadline_route.core.router import route
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


def _refuse(case: Case, act: Activity, why: str) -> Decision[Body]:
    refused = (*case.standing.refused, Refused(id=str(act.id), why=why))[-NEWEST:]
    return case.dropped("not_applied", replace(case.standing, refused=refused))


def _accepted(case: Case, act: Activity) -> Decision[Body]:
    standing, by = case.standing, act.member or act.actor.id
    if (stale := _stale(case, act)) is not None:
        return stale
    if standing.outcome != "person" or by != standing.owner:
        return _refuse(case, act, "only the owner accepts a lead; others claim it")
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
        return _refuse(case, act, "only the owner declines a lead")
    if (touched := hands_off(case)) is not None:
        return _refuse(case, act, f"declined after the first touch: {touched}")
    if reason is None or reason not in reasons:
        return _refuse(case, act, f"a decline needs one of the reasons {', '.join(reasons)}")
    let_go(case)
    if not reasons[reason]:
        give_turn_back(case)
    after = replace(standing, excluded=excluding(case, by, f"declined ({reason})"))
    prospect = case.prospect()
    situation = Situation(case.now, excluded(after, case.now), among_people=True)
    ruling = route(prospect, situation, case.draft)
    return conclude(case, prospect, ruling, "declined", after)


def _claimed(case: Case, act: Activity) -> Decision[Body]:
    by = act.member or act.actor.id
    return _by_hand(case, act, by, "claimed", f"claimed by {by}")


def _reassigned(case: Case, act: Activity) -> Decision[Body]:
    return _by_hand(case, act, act.member, "reassigned", f"assigned by {act.actor.id or 'somebody'}")


def _by_hand(case: Case, act: Activity, to: str | None, cause: str, why: str) -> Decision[Body]:
    """A person decides: always possible, no turn; caps may be exceeded and are named then."""
    standing = case.standing
    if (stale := _stale(case, act)) is not None:
        return stale
    if to is None or not case.book.team.is_active(to):
        return _refuse(case, act, "names no active member or manager")
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
    )
    after = replace(standing, reassigned=0)
    return conclude(case, case.prospect(), ruling, cause, after)


def _over_cap(case: Case, to: str) -> str:
    member = case.book.team.members.get(to)
    if member is None:
        return ""
    load = case.draft.load(to)
    cap = reached(member.caps, load.open, load.assigned, member.days, case.now)
    return f"; over_cap: {cap.why}" if cap else ""


COMMANDS: Mapping[str, Command] = {
    "assignment.accepted": _accepted,
    "assignment.declined": _declined,
    "assignment.claimed": _claimed,
    "assignment.reassigned": _reassigned,
}
