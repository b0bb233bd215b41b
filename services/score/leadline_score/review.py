"""Leads that qualify by new rules alone wait for a person: when one comes on the review list and leaves it (B3.12)."""

from collections.abc import Iterable

from leadline_runtime.core.values import dataclass
from leadline_runtime.decision import Grounds
from leadline_schemas.activity import Activity
from leadline_schemas.event import Instant
from leadline_schemas.scored import Review, Scorecard
from leadline_score.changes import Changes
from leadline_score.core.matching import rule_of
from leadline_score.core.rulebook import ScoreRules
from leadline_score.state import Memory

RELEASED, DISMISSED = "lead.released", "lead.dismissed"


@dataclass(frozen=True, slots=True)
class Reviewing:
    """What the event says of the review, what is remembered of it, and whether the lead goes on from here by itself.

    `freed`: a person released it or it did something itself, so somebody's clock starts now.
    """

    told: Review | None = None
    kept: Review | None = None
    freed: bool = False


NO_REVIEW = Reviewing()


def reviewing(
    memory: Memory, card: Scorecard, changes: Changes, acts: Iterable[Activity], grounds: Grounds
) -> Reviewing:
    """Where the lead stands with the review list after this judgement. `acts`: what came to be known or to pass."""
    before, told = memory.review, memory.published
    if not card.mql:
        return NO_REVIEW  # nothing is left to be released
    if changes.reviewed is not None and before is not None:
        decided = decide_review(before, changes.reviewed, grounds.decided_at)
        return Reviewing(decided, None, freed=True) if decided.state == "released" else Reviewing(decided, decided)
    if before is not None:
        # What a merge brings of acts was done to another lead; a request of it is never left lying here.
        called = changes.cause == "override" and "override" in card.mql_reasons  # a person says that it is an MQL
        done = changes.cause != "merge" and any(counts(act, grounds.rules) for act in acts)
        moved = changes.request or called or done
        return Reviewing(freed=True) if moved else Reviewing(before, before)
    if changes.cause == "rules_change" and told is not None and not told.mql:
        since, rules = grounds.decided_at, grounds.rules_ref
        fresh = Review(since=since, rules=rules, grade=told.grade, signal=told.signal)
        return Reviewing(fresh, fresh)
    return NO_REVIEW


def decide_review(before: Review, act: Activity, at: Instant) -> Review:
    """The review with what a person decided."""
    return before.model_copy(
        update={
            "state": "released" if act.kind == RELEASED else "dismissed",
            "author": act.actor.id,
            "decided_at": at,
            "reason": act.reason,
        }
    )


def counts(act: Activity, rules: ScoreRules) -> bool:
    """Did the lead itself do something that speaks for it? A machine's doing, history and an unsubscription do not."""
    if act.actor.kind != "lead" or act.automated or act.historical:
        return False
    rule = rule_of(act, rules)
    return rule is not None and rule.points > 0
