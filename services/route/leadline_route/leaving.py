"""A lead whose owner is gone for good: decided alike whether the pass over his leads, a scorecard or a lapse finds it.

Untouched it is dealt again; touched, or taken further by a person, it goes to the manager (rules B4.8, B4.9).
"""

from dataclasses import replace
from typing import Any

from leadline_route.case import Case, excluded, hands_off, let_go
from leadline_route.conclude import conclude
from leadline_route.core.giving import Situation
from leadline_route.core.prospect import Prospect
from leadline_route.core.router import below, route
from leadline_route.core.ruling import Ruling
from leadline_route.core.touches import OPEN_STAGES
from leadline_route.owned import OVER
from leadline_route.state import Body, Standing
from leadline_runtime.decision import Decision


def left(case: Case, prospect: Prospect, standing: Standing, cause: str) -> Decision[Body]:
    """Untouched: routed again. Touched, or further than SAL: to the manager. In nurture: nobody's. Over: as it is.

    `standing`: where it stood, with what the snapshot says of its parts.
    """
    owner, why = standing.owner, f"{standing.owner} is no longer active"
    if standing.stage in OVER:
        return case.dropped("unchanged", standing, scored=prospect.raw)
    if standing.stage == "nurture":
        let_go(case)
        ruling = replace(below(prospect, standing.rule, f"{why}: nobody needs to have it in nurture"), released=owner)
        return conclude(case, prospect, ruling, cause, standing)
    touched = hands_off(case)
    if touched is None and standing.stage in OPEN_STAGES:
        return conclude(case, prospect, again(case, prospect, standing, why), cause, standing)
    let_go(case)
    why = f"{why}; {touched or f'it is {standing.stage}'}: to the manager"
    return conclude(case, prospect, replace(to_manager(case, prospect, standing, why), released=owner), cause, standing)


def again(case: Case, prospect: Prospect, standing: Standing, why: str) -> Ruling:
    """Dealt to somebody else, because of `why`."""
    let_go(case)
    situation = Situation(case.now, excluded(standing, case.now), among_people=True)
    found = route(prospect, situation, case.draft)
    return replace(found, reason=f"{why}; {found.reason}" if found.reason else why, released=standing.owner)


def to_manager(case: Case, prospect: Prospect, standing: Standing, why: str) -> Ruling:
    """The manager owns it, one who is there; without one it waits in a queue."""
    manager = manager_of(case, prospect, standing)
    known: dict[str, Any] = {"pool": standing.pool, "manager": manager, "reason": why, "escalated": True}
    if manager is None:
        return Ruling("queue", standing.rule, **known)
    return Ruling("person", standing.rule, owner=manager, **known)


def manager_of(case: Case, prospect: Prospect, standing: Standing) -> str | None:
    """The one of before, else of the lead's territory."""
    team = case.book.team
    if standing.manager is not None and team.is_active(standing.manager):
        return standing.manager
    return team.pools[prospect.territory.pool].manager if prospect.territory is not None else None
