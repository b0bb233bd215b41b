"""The review list as a table of score's own: one row a lead, written by the transaction that puts it on or off."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from leadline_runtime.core.values import dataclass
from leadline_runtime.decision import Decision, Grounds, LeadState
from leadline_runtime.items import Item
from leadline_runtime.transaction import Transaction
from leadline_schemas.scored import Review
from leadline_score.state import Body, Published

MIGRATION = (
    "score-1",
    """
    CREATE TABLE review (lead_id uuid PRIMARY KEY, state text NOT NULL, since timestamptz NOT NULL,
        rules_version text NOT NULL, rules_digest text NOT NULL, grade_before text NOT NULL,
        signal_before text NOT NULL, grade text NOT NULL, signal text NOT NULL, author text, decided_at timestamptz);
    """,
)
PUT = """
    INSERT INTO review (lead_id, state, since, rules_version, rules_digest, grade_before, signal_before, grade, signal,
        author, decided_at)
    SELECT * FROM unnest(%b::uuid[], %b::text[], %b::timestamptz[], %b::text[], %b::text[], %b::text[], %b::text[],
        %b::text[], %b::text[], %b::text[], %b::timestamptz[])
    ON CONFLICT (lead_id) DO UPDATE SET state = excluded.state, since = excluded.since,
      rules_version = excluded.rules_version, rules_digest = excluded.rules_digest,
      grade_before = excluded.grade_before, signal_before = excluded.signal_before, grade = excluded.grade,
      signal = excluded.signal, author = excluded.author, decided_at = excluded.decided_at"""
TAKE_OFF = "DELETE FROM review WHERE lead_id = ANY(%b::uuid[])"


@dataclass(frozen=True, slots=True)
class Listed:
    """A lead on the list with how it stands now; without a review it comes off."""

    lead_id: UUID
    review: Review | None
    now: Published | None


class ReviewView:
    """What a batch changes of the list: of each lead what was decided last."""

    def __init__(self) -> None:
        self.changes: dict[UUID, Listed] = {}

    def apply(self, delta: Listed) -> None:
        """See View.apply."""
        self.changes[delta.lead_id] = delta


class ReviewStore:
    """The list in PostgreSQL. It is read by people alone, so a batch that changes nothing of it costs nothing."""

    async def read(
        self, tx: Transaction, items: Sequence[Item], leads: dict[UUID, LeadState[Any]], grounds: Grounds
    ) -> ReviewView:
        """See Store.read."""
        return ReviewView()

    async def write(self, tx: Transaction, view: ReviewView) -> None:
        """See Store.write. A lead's row is written under its lane's lock, so by one instance at a time."""
        changes = [view.changes[lead] for lead in sorted(view.changes)]
        if off := [each.lead_id for each in changes if each.review is None]:
            await tx.execute(TAKE_OFF, (off,))
        if rows := [_row(each) for each in changes if each.review is not None]:
            await tx.execute(PUT, tuple(list(column) for column in zip(*rows, strict=True)))


def _row(listed: Listed) -> tuple[Any, ...]:
    review, now = listed.review, listed.now
    assert review is not None and now is not None
    return (
        listed.lead_id, review.state, review.since, review.rules.version, review.rules.digest, review.grade,
        review.signal, now.grade, now.signal, review.author, review.decided_at,
    )  # fmt: skip


def listed(decision: Decision[Body], lead_id: UUID, before: LeadState[Body]) -> Decision[Body]:
    """The decision with what it changes of the list."""
    after = decision.states.get(lead_id)
    if after is None:
        return decision
    was, is_now = before.body.memory, after.body.memory
    if is_now.review is None and was.review is None:
        return decision
    if (is_now.review, is_now.published) == (was.review, was.published):
        return decision
    delta = Listed(lead_id, is_now.review, is_now.published)
    return Decision(decision.outcome, decision.events, decision.states, decision.messages, delta)
