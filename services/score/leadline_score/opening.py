"""The request that score itself writes, so that somebody's clock starts for a lead that asked for nothing (loop, 8)."""

from datetime import datetime
from typing import TYPE_CHECKING

from leadline_runtime.decision import Grounds
from leadline_schemas.ids import derived_id
from leadline_schemas.lead import Request
from leadline_schemas.vocabulary import LEAD_TYPES, LeadType
from leadline_score.core.exact import instant
from leadline_score.review import Reviewing

if TYPE_CHECKING:
    from leadline_score.case import Case, Judged


def opened_by(case: "Case", judged: "Judged", review: Reviewing, grounds: Grounds) -> tuple[Request, ...]:
    """The request of a lead that became an MQL by its score alone, with no request of its own behind it (loop, 8).

    Its clock starts with the act that did it, or, if no act did, with this decision. New rules open none: nobody is to
    hurry for them; it is opened when the lead leaves the review list by its own act or by a person's word. One is
    opened too for a lead that asked for a person and was kept from one until an override began or ended: what it asked
    for itself was promised nothing.
    """
    card, told = judged.verdict.card, case.memory.published
    if not card.mql or case.changes.request or review.kept is not None:
        return ()
    let_through = told is not None and judged.cause == "override"
    if not review.freed and ((card.hand_raise and not let_through) or (told is not None and told.mql)):
        return ()
    if case.enriched.captured.merged_into is not None or case.changes.cause == "merge":
        return ()  # the promise to a lead that is part of another is that one's, and a merge alone is no wish
    started = _started(case, judged, review)
    return (
        Request(
            id=derived_id("mql", grounds.item.cause),
            type=_wish(case, grounds) if card.hand_raise else "other",
            start=started or grounds.decided_at,
            received_at=card.as_of if started else grounds.decided_at,
            historical=not review.freed and _is_history(case),
            origin=case.enriched.lead_id,
        ),
    )


def _started(case: "Case", judged: "Judged", review: Reviewing) -> datetime | None:
    """When the act happened that made the lead somebody's; None if none did."""
    acts = (*case.changes.acts, *judged.passed)
    if judged.cause != "act":
        return None
    if review.freed:  # it had entered the band before, by the new rules' own reckoning
        return max((act.occurred_at for act in acts), default=None)
    return None if judged.verdict.qualified_at is None else instant(judged.verdict.qualified_at)


def _is_history(case: "Case") -> bool:
    act, requests = case.changes.act, case.enriched.captured.requests
    return act.historical if act else bool(requests) and all(each.historical for each in requests)


def _wish(case: "Case", grounds: Grounds) -> LeadType:
    """What the lead asked for that wants a person, the strongest."""
    asked = {each.type for each in (*case.enriched.captured.requests, *case.opened)} & grounds.rules.hand_raises
    return min(asked, key=LEAD_TYPES.index, default="other")
