"""An owner let the clock lapse: the next member gets the lead, after two the manager (rules B4.7, B4.8).

And the last steps of a promise's ladder, which may ask for the same, for the manager or for the queue.
"""

from dataclasses import replace

from leadline_route.case import Case, excluded, excluding, give_turn_back, hands_off, let_go
from leadline_route.conclude import LADDER, LAPSED, conclude
from leadline_route.core.giving import Situation
from leadline_route.core.router import route
from leadline_route.core.ruling import Ruling
from leadline_route.core.touches import OPEN_STAGES
from leadline_route.leaving import to_manager
from leadline_route.state import Body, Standing
from leadline_runtime.decision import Decision, drop
from leadline_schemas.sla import LeadSla

WHY = "let the owner clock lapse"


def on_lapsed(case: Case, sla: LeadSla) -> Decision[Body]:
    """Decide on one lapse. It counts only for the assignment it names."""
    return _stays(case, sla, WHY, LAPSED) or _next(case, WHY, LAPSED)


def on_escalated(case: Case, sla: LeadSla) -> Decision[Body]:
    """Decide on one step of a ladder. It counts only for the assignment that the lead had when it was reached, or for
    one that it has got since by a step before it, or a lapse: that was read late as well, and led less far."""
    if sla.then is None:
        return drop("not_addressed")  # people are told, nothing moves
    why = f"did not keep {sla.target}, {sla.level} % of its time are over"
    overtaken = _overtaken(case.standing, sla)
    stays = _stays(case, sla, why, LADDER, overtaken=overtaken)
    if stays is not None:
        return stays
    if sla.then == "reassign":
        return _next(case, why, LADDER)
    prospect, standing = case.prospect(), case.standing
    let_go(case)
    if overtaken:  # nobody is to blame who got it a moment ago
        give_turn_back(case)
        after, words = standing, f"{sla.target} is overdue, {sla.level} % of its time were over before {standing.owner}"
        words += " had it"
    else:
        after = replace(standing, excluded=excluding(case, standing.owner or "", why))
        words = f"{standing.owner} {why}"
    if sla.then == "manager":
        ruling = to_manager(case, prospect, standing, f"{words}: to the manager")
    else:
        ruling = Ruling(
            "queue", standing.rule, pool=standing.pool, manager=standing.manager, escalated=True,
            reason=f"{words}: to the queue",
        )  # fmt: skip
    return conclude(case, prospect, replace(ruling, released=standing.owner), LADDER, after)


def _overtaken(standing: Standing, sla: LeadSla) -> bool:
    """Was the step reached before the owner of now got the lead, by lapses and steps alone, from whom it names?"""
    named, since = sla.for_assignment, standing.assigned_at
    if sla.then == "reassign" or named is None or since is None or standing.chased is None:
        return False
    return standing.chased <= named < standing.assignment and sla.detected_at <= since


def _stays(case: Case, sla: LeadSla, why: str, cause: str, *, overtaken: bool = False) -> Decision[Body] | None:
    """The decision on a lead that stays where it is, told to the manager if a person touched it; None: it moves."""
    standing, owner = case.standing, case.standing.owner
    meant = sla.assignment if sla.kind == "lapsed" else sla.for_assignment
    if standing.outcome != "person" or owner is None or (meant != standing.assignment and not overtaken):
        return drop("stale_command")
    at_the_top = owner in case.book.team.managers and sla.then != "queue"  # there is nobody above
    if at_the_top or standing.stage not in OPEN_STAGES:  # or a person has taken it further
        return drop("unchanged")
    touched = hands_off(case)
    if touched is None:
        return None
    return _tell_manager(case, f"{owner} {why}, but {touched}: nothing moves by itself, the manager is told", cause)


def _next(case: Case, why: str, cause: str) -> Decision[Body]:
    """The next member; after as many as the rules allow the manager."""
    prospect, standing = case.prospect(), case.standing
    owner = standing.owner or ""
    let_go(case)
    before = standing.reassigned if excluded(standing, case.now) else 0  # forgotten with the exclusions
    after = replace(standing, excluded=excluding(case, owner, why), reassigned=before + 1)
    limit = case.book.ladder.reassign_at_most
    if before >= limit:
        ruling = to_manager(case, prospect, standing, f"{owner} {why} after {limit} reassignments: to the manager")
    else:
        situation = Situation(case.now, excluded(after, case.now), among_people=True, may_hold=False)
        ruling = route(prospect, situation, case.draft)
    return conclude(case, prospect, ruling, cause, after)


def _tell_manager(case: Case, why: str, cause: str) -> Decision[Body]:
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
    return conclude(case, case.prospect(), ruling, cause, standing)
