"""A lead whose owner left, or will be away past its first promise: somebody else gets it (rules B4.6, B4.9)."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from leadline_route.case import Case, excluded, hands_off, let_go
from leadline_route.conclude import conclude
from leadline_route.core.giving import Situation
from leadline_route.core.router import below, route
from leadline_route.core.team import Team
from leadline_route.core.touches import BEFORE_SAL, OPEN_STAGES
from leadline_route.core.words import clock, day_or_clock
from leadline_route.owned import OVER
from leadline_route.scored import to_manager
from leadline_route.state import Body, Standing
from leadline_runtime.core.values import dataclass
from leadline_runtime.decision import Decision

LOOK: Final = b"handover"  # the message that asks for it
LEFT, AWAY = "owner_left", "owner_away"


@dataclass(frozen=True, slots=True)
class Away:
    """Why a member is not there, and when he is back."""

    why: str
    back_at: datetime


def away(team: Team, member: str, now: datetime) -> Away | None:
    """A declared absence in force; None: there, or only off shift. A manager has no hours."""
    found = team.members.get(member)
    duty = found.hours.duty(now) if found is not None else None
    if found is None or duty is None or duty.absence is None:
        return None
    until = day_or_clock(duty.absence.end, found.days.zone)
    return Away(f"{member} is absent ({duty.absence.reason}) until {until}", duty.back_at)


def on_handover(case: Case) -> Decision[Body]:
    """Look at the lead's owner again. What a person has touched moves only if the owner is gone for good."""
    standing, owner = case.standing, case.standing.owner
    if standing.outcome != "person" or owner is None or case.state.merged_into is not None:
        return case.dropped("no_longer_due", standing)
    if not case.book.team.is_active(owner):
        return _left(case, owner)
    gone = away(case.book.team, owner, case.now)
    if gone is None:
        return case.dropped("no_longer_due", standing)
    return _away(case, owner, gone)


def _left(case: Case, owner: str) -> Decision[Body]:
    """Untouched: routed again. Touched, or further than SAL: to the manager. In nurture: nobody's. Over: as it is."""
    standing, why = case.standing, f"{owner} is no longer active"
    if standing.stage in OVER:
        return case.dropped("unchanged", standing)
    prospect = case.prospect()
    if standing.stage == "nurture":
        let_go(case)
        ruling = replace(below(prospect, standing.rule, f"{why}: nobody needs to have it in nurture"), released=owner)
        return conclude(case, prospect, ruling, LEFT, standing)
    touched = hands_off(case)
    if touched is None and standing.stage in OPEN_STAGES:
        return _again(case, owner, why, LEFT)
    let_go(case)
    why = f"{why}; {touched or f'it is {standing.stage}'}: to the manager"
    ruling = replace(to_manager(_with_manager(case, standing), why), released=owner)
    return conclude(case, prospect, ruling, LEFT, standing)


def _away(case: Case, owner: str, gone: Away) -> Decision[Body]:
    standing, now = case.standing, case.now
    first_due = case.prospect().first_due(now)
    if gone.back_at <= first_due or standing.stage not in BEFORE_SAL or hands_off(case) is not None:
        return case.dropped("unchanged", standing)
    return _again(case, owner, f"{gone.why}, not back by the first promise at {clock(first_due, now)}", AWAY)


def _again(case: Case, owner: str, why: str, cause: str) -> Decision[Body]:
    let_go(case)
    prospect = case.prospect()
    situation = Situation(case.now, excluded(case.standing, case.now), among_people=True)
    found = route(prospect, situation, case.draft)
    told = replace(found, reason=f"{why}; {found.reason}" if found.reason else why, released=owner)
    if cause == AWAY:
        told = replace(told, covering_for=owner)
    return conclude(case, prospect, told, cause, case.standing)


def _with_manager(case: Case, standing: Standing) -> Standing:
    """With a manager who is there: the one of before, else of the lead's territory."""
    team = case.book.team
    if standing.manager is not None and team.is_active(standing.manager):
        return standing
    territory = case.prospect().territory
    manager = team.pools[territory.pool].manager if territory is not None else None
    return replace(standing, manager=manager)
