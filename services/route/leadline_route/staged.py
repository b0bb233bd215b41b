"""What a lead's stage does to who has it: put aside it is nobody's, brought back it is somebody's again (rules B6)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from leadline_route.case import Case, excluded, give_turn_back, is_open, let_go
from leadline_route.conclude import conclude
from leadline_route.core.giving import Situation
from leadline_route.core.ownership import owners
from leadline_route.core.prospect import Prospect
from leadline_route.core.router import below, disqualifying, route
from leadline_route.core.ruling import Ruling
from leadline_route.leaving import manager_of
from leadline_route.reentry import ASIDE, against, previous_owner
from leadline_route.state import Body, Standing
from leadline_runtime.decision import Decision, drop
from leadline_runtime.items import Record
from leadline_schemas.routed import Candidate
from leadline_schemas.stage import LeadStage

WITH_PEOPLE: Final = frozenset({"person", "queue", "held"})
# It was never his: the turn is given back, if it is recent enough (rules B4.4).
NO_TURN: Final = frozenset({"wrong_territory", "spam", "duplicate_person"})
WITH_A_REP: Final = frozenset({"opportunity", "customer"})
STAGE, REOPENED, DEAL = "stage", "reopened", "deal"


def on_stage(case: Case, record: Record[LeadStage]) -> Decision[Body]:
    """Decide on where the lead stands by now. Older words and those about what became part of it say nothing."""
    event, standing = record.value, case.standing
    if record.forwarded_to is not None or event.revision <= standing.stage_seen:
        return drop("stale_command")
    known = replace(
        standing, stage=event.stage, stage_at=event.since, stage_reason=event.stage_reason,
        stage_way=event.stage_way, stage_seen=event.revision, lifted=_lifted(standing, event),
    )  # fmt: skip
    if standing.outcome is None or not case.state.body.scored:
        return case.dropped("kept", known)
    if event.stage in ASIDE:
        aside = _put_aside(case, known, event) if _is_to_let_go(case, event) else _counted(case, known)
        return _looked_at_again(case, known, event, aside)
    if standing.outcome not in WITH_PEOPLE and _is_to_give(standing, event):
        return _brought_back(case, known, event)
    return _to_its_rep(case, known, event) if standing.waits and _is_deal(event) else _counted(case, known)


def _lifted(standing: Standing, event: LeadStage) -> tuple[str, ...]:
    """A person's word against a veto holds until a person, or a late truth about that word, says otherwise."""
    over = event.stage == "disqualified" and event.stage_way in ("command", "routed")
    return () if over else standing.lifted


def _is_to_let_go(case: Case, event: LeadStage) -> bool:
    outcome = case.standing.outcome
    if outcome in WITH_PEOPLE:
        return True
    if event.stage != "nurture":
        return outcome != "disqualified"
    # Of what was disqualified by mistake; in time it only meets the veto that was routed meanwhile.
    return outcome == "disqualified" and event.kind == "reverted" and not disqualifying(case.prospect())


def _is_to_give(standing: Standing, event: LeadStage) -> bool:
    """Is it not aside any more, does a person want it worked on, or is there a deal? History routes nothing (B1.12)."""
    if event.stage_way == "deal":
        return _is_deal(event)
    if event.historical:
        return False
    reopened = event.stage == "captured" and standing.outcome == "disqualified"
    return standing.stage in ASIDE or (event.stage_way == "command" and (reopened or event.stage == "MQL"))


def _is_deal(event: LeadStage) -> bool:
    return event.stage_way == "deal" and event.stage in WITH_A_REP and not event.historical


def _put_aside(case: Case, known: Standing, event: LeadStage) -> Decision[Body]:
    owner, prospect = case.standing.owner, case.prospect()
    let_go(case)
    if event.stage_reason in NO_TURN:
        give_turn_back(case)
    why = f"{event.stage}{f' ({event.stage_reason})' if event.stage_reason else ''}{_by(event)}"
    if event.stage == "nurture":
        ruling = below(prospect, known.rule, why)
    else:
        ruling = Ruling("disqualified", known.rule, reason=event.stage_reason or event.stage)
    return conclude(case, prospect, replace(ruling, released=owner), STAGE, replace(known, had=owner or known.had))


def _looked_at_again(case: Case, known: Standing, event: LeadStage, aside: Decision[Body]) -> Decision[Body]:
    """Read late, a lead may have asked again since: then it comes back as soon as it is told that it was put aside, and
    not only with its next scorecard."""
    if event.historical or against(case, case.prospect(), known) is not None:
        return aside
    state = aside.states[case.lead_id].having(timer_at=case.now + timedelta.resolution)
    return replace(aside, states={**aside.states, case.lead_id: state})


def _brought_back(case: Case, known: Standing, event: LeadStage) -> Decision[Body]:
    """By a person, by an act of the lead, by a deal, or because it turned out that it was never to be put aside."""
    reopened = event.stage == "captured" and event.stage_way == "command"
    if reopened:  # one command reverses a veto (rules B3.8): those that the lead has now
        known = replace(known, lifted=disqualifying(case.prospect(lifted=())))
    prospect = case.prospect(lifted=known.lifted)
    why = f"{event.stage} again{_by(event)}"
    # Why it was put aside says whether it was for him, unless it turned out never to have been.
    before = known if event.kind == "reverted" else case.standing
    ruling = _of_deal(case, prospect, event) if event.stage_way == "deal" else None
    # Who withdrew is given to nobody, but stays with whom it would have stayed.
    may_have_it = event.kind == "reverted" or not prospect.values["contact_withdrawn"]
    if ruling is None and event.stage != "captured" and may_have_it:
        ruling = previous_owner(case, before, why)
    if ruling is None:
        situation = Situation(case.now, excluded(known, case.now), among_people=event.stage != "captured")
        ruling = route(prospect, situation, case.draft)
    return conclude(case, prospect, ruling, REOPENED, known)


def _to_its_rep(case: Case, known: Standing, event: LeadStage) -> Decision[Body]:
    """Who waits for an owner has one by a deal that says whom; else it goes on waiting, where it stands."""
    prospect = case.prospect()
    ruling = _of_deal(case, prospect, event)
    return conclude(case, prospect, ruling, REOPENED, known) if ruling is not None else _counted(case, known)


def _of_deal(case: Case, prospect: Prospect, event: LeadStage) -> Ruling | None:
    """A deal is its rep's (defaults C2): of who made it, else of who has the lead or its account; None: of neither."""
    maker = event.author if event.way == "deal" and event.to == event.stage else None
    found = [(maker, "made the deal"), *((each, "has the lead or its account") for each in owners(prospect))]
    for member, why in found:
        if member is not None and case.book.team.is_active(member) and not prospect.values["contact_withdrawn"]:
            candidate = Candidate(id=member, chosen=True, reason="chosen", why=why)
            return Ruling(
                "person", DEAL, owner=member, manager=manager_of(case, prospect, case.standing),
                reason=f"{event.stage} by a deal: {member} {why}, no turn", candidates=(candidate,),
            )  # fmt: skip
    return None


def _counted(case: Case, known: Standing) -> Decision[Body]:
    """The stage decides whether the lead is among its owner's open ones."""
    counts = known.owner in case.book.team.members and is_open(known)
    if known.owner is not None and counts != known.counted:
        case.draft.opened(known.owner, 1 if counts else -1)
    return case.dropped("kept", replace(known, counted=counts))


def _by(event: LeadStage) -> str:
    said: Any = event.author if event.kind == "applied" else None
    return f" by {said}" if said else ""
