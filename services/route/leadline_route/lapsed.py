"""An owner let the clock lapse: the next member gets the lead, after two the manager (rules B4.7, B4.8)."""

from dataclasses import replace

from leadline_route.case import Case, excluded, excluding, hands_off, let_go
from leadline_route.conclude import conclude
from leadline_route.core.giving import Situation
from leadline_route.core.router import route
from leadline_route.core.ruling import Ruling
from leadline_route.core.touches import OPEN_STAGES
from leadline_route.leaving import to_manager
from leadline_route.state import Body
from leadline_runtime.decision import Decision, drop
from leadline_schemas.sla import LeadSla

CAUSE = "owner_clock_lapsed"
WHY = "let the owner clock lapse"


def on_lapsed(case: Case, sla: LeadSla) -> Decision[Body]:
    """Decide on one lapse. It counts only for the assignment it names."""
    standing, owner = case.standing, case.standing.owner
    if standing.outcome != "person" or owner is None or sla.assignment != standing.assignment:
        return drop("stale_command")
    if owner in case.book.team.managers or standing.stage not in OPEN_STAGES:
        return drop("unchanged")  # there is nobody above, or a person has taken it further
    touched = hands_off(case)
    if touched is not None:
        return _tell_manager(case, f"{owner} {WHY}, but {touched}: nothing moves by itself, the manager is told")
    prospect = case.prospect()
    let_go(case)
    before = standing.reassigned if excluded(standing, case.now) else 0  # forgotten with the exclusions
    after = replace(standing, excluded=excluding(case, owner, WHY), reassigned=before + 1)
    limit = case.book.ladder.reassign_at_most
    if before >= limit:
        ruling = to_manager(case, prospect, standing, f"{owner} {WHY} after {limit} reassignments: to the manager")
    else:
        situation = Situation(case.now, excluded(after, case.now), among_people=True, may_hold=False)
        ruling = route(prospect, situation, case.draft)
    return conclude(case, prospect, ruling, CAUSE, after)


def _tell_manager(case: Case, why: str) -> Decision[Body]:
    """Same owner, same assignment, escalated: told once."""
    standing = case.standing
    if standing.escalated:
        return drop("unchanged")
    ruling = Ruling(
        "person",
        standing.rule,
        owner=standing.owner,
        pool=standing.pool,
        manager=standing.manager,
        escalated=True,
        covering_for=standing.covering_for,
        reason=why,
    )
    return conclude(case, case.prospect(), ruling, CAUSE, standing)
