"""What a lead's stage does to who has it: put aside it is nobody's, brought back it is somebody's again (rules B6)."""

from dataclasses import replace
from typing import Any, Final

from leadline_route.case import Case, excluded, give_turn_back, is_open, let_go
from leadline_route.conclude import conclude
from leadline_route.core.giving import Situation
from leadline_route.core.router import below, route
from leadline_route.core.ruling import Ruling
from leadline_route.reentry import previous_owner
from leadline_route.state import Body, Standing
from leadline_runtime.decision import Decision, drop
from leadline_runtime.items import Record
from leadline_schemas.stage import LeadStage

ASIDE: Final = frozenset({"nurture", "disqualified", "archived"})
WITH_PEOPLE: Final = frozenset({"person", "queue", "held"})
# It was never his: the turn is given back, if it is recent enough (rules B4.4).
NO_TURN: Final = frozenset({"wrong_territory", "spam", "duplicate_person"})
STAGE, REOPENED = "stage", "reopened"


def on_stage(case: Case, record: Record[LeadStage]) -> Decision[Body]:
    """Decide on where the lead stands by now. Older words and those about what became part of it say nothing."""
    event, standing = record.value, case.standing
    if record.forwarded_to is not None or event.revision <= standing.stage_seen:
        return drop("stale_command")
    known = replace(
        standing, stage=event.stage, stage_at=event.since, stage_reason=event.stage_reason,
        stage_way=event.stage_way, stage_seen=event.revision,
    )  # fmt: skip
    if standing.outcome is None or not case.state.body.scored:
        return case.dropped("kept", known)
    if event.stage in ASIDE and _is_to_let_go(standing, event.stage):
        return _put_aside(case, known, event)
    if event.stage not in ASIDE and standing.outcome not in WITH_PEOPLE and _is_to_give(standing, event):
        return _brought_back(case, known, event)
    return _counted(case, known)


def _is_to_let_go(standing: Standing, stage: str) -> bool:
    if standing.outcome in WITH_PEOPLE:
        return True
    return stage != "nurture" and standing.outcome != "disqualified"


def _is_to_give(standing: Standing, event: LeadStage) -> bool:
    """Is it not aside any more, or does a person say that it is an MQL? What is history routes nothing (B1.12)."""
    return not event.historical and (standing.stage in ASIDE or (event.stage == "MQL" and event.stage_way == "command"))


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


def _brought_back(case: Case, known: Standing, event: LeadStage) -> Decision[Body]:
    """By a person, by an act of the lead, or because it turned out that it was never to be put aside."""
    prospect = case.prospect()
    why = f"{event.stage} again{_by(event)}"
    # Why it was put aside says whether it was for him, unless it turned out never to have been.
    before = known if event.kind == "reverted" else case.standing
    ruling = None if event.stage == "captured" else previous_owner(case, before, why)
    if ruling is None:
        situation = Situation(case.now, excluded(known, case.now), among_people=event.stage != "captured")
        ruling = route(prospect, situation, case.draft)
    return conclude(case, prospect, ruling, REOPENED, known)


def _counted(case: Case, known: Standing) -> Decision[Body]:
    """The stage decides whether the lead is among its owner's open ones."""
    counts = known.owner in case.book.team.members and is_open(known)
    if known.owner is not None and counts != known.counted:
        case.draft.opened(known.owner, 1 if counts else -1)
    return case.dropped("kept", replace(known, counted=counts))


def _by(event: LeadStage) -> str:
    said: Any = event.author if event.kind == "applied" else None
    return f" by {said}" if said else ""
