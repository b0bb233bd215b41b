"""What became of each command about an assignment: written with the decision, for the door that waits for it.

The only rows of this schema that another service reads (docs/adr): the door, to answer who gave the command.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from leadline_route.core.roster import RosterDelta
from leadline_route.state import Body, Refused
from leadline_runtime.core.values import dataclass
from leadline_runtime.decision import Decision, LeadState
from leadline_runtime.transaction import Transaction
from leadline_schemas.activity import Activity
from leadline_schemas.routed import LeadRouted

KEPT = timedelta(days=7)  # for who asks; the lead itself remembers its newest refusals, its events all that applied
MIGRATION = (
    "route-commands-1",
    """
    CREATE TABLE command (id uuid PRIMARY KEY, lead_id uuid NOT NULL, applied boolean NOT NULL, reason text,
        detail text, outcome text, owner text, assignment integer NOT NULL, over_cap boolean NOT NULL,
        decided_at timestamptz NOT NULL);
    CREATE INDEX command_decided_at ON command (decided_at);
    COMMENT ON TABLE command IS 'what became of commands about assignments; read by the door';
    """,
)
ROSTER = (
    "route-commands-2",
    """
    -- Changes of the roster are about no lead, and known to nobody else: so whose they are stands here.
    ALTER TABLE command ALTER COLUMN lead_id DROP NOT NULL, ADD COLUMN source text;
    """,
)
# A command that comes again is decided as stale; what became of it the first time stands.
WRITE = """INSERT INTO command (id, lead_id, applied, reason, detail, outcome, owner, assignment, over_cap, decided_at,
      source)
    SELECT * FROM unnest(%b::uuid[], %b::uuid[], %b::bool[], %b::text[], %b::text[], %b::text[], %b::text[], %b::int[],
      %b::bool[], %b::timestamptz[], %b::text[]) ON CONFLICT DO NOTHING"""
# As many as a batch may write: the table never holds more than the commands of KEPT and one batch.
FORGET = """DELETE FROM command WHERE id IN (SELECT id FROM command WHERE decided_at < %b::timestamptz
    ORDER BY decided_at LIMIT 1000 FOR UPDATE SKIP LOCKED)"""
TELL = "SELECT pg_notify('leadline_command_' || current_schema(), '')"


@dataclass(frozen=True, slots=True)
class CommandOutcome:
    """A row: refused for `reason`, one of a closed list, in words `detail`; who has the lead after it.

    Of a change of the roster: without a lead, with the `source` that ordered it, `assignment` is the roster's number.
    """

    id: UUID
    lead_id: UUID | None
    applied: bool
    reason: str | None
    detail: str | None
    outcome: str | None
    owner: str | None
    assignment: int
    over_cap: bool
    decided_at: datetime
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Commanded:
    """What the decision on a command changes of the roster, and what is told to who gave it."""

    roster: RosterDelta | None
    outcome: CommandOutcome


class OutcomeTable(Protocol):
    """Where the rows live: PostgreSQL, or memory in tests."""

    async def write(self, tx: Transaction, outcomes: Sequence[CommandOutcome]) -> None:
        """Keep them in the same transaction, and let those who wait know of it when it commits."""


class PostgresOutcomes:
    """The table `command` of the service's schema."""

    async def write(self, tx: Transaction, outcomes: Sequence[CommandOutcome]) -> None:
        """See OutcomeTable."""
        rows = [
            (o.id, o.lead_id, o.applied, o.reason, o.detail, o.outcome, o.owner, o.assignment, o.over_cap, o.decided_at,
             o.source)
            for o in sorted(outcomes, key=lambda each: each.id.int)
        ]  # fmt: skip
        await tx.execute(WRITE, [list(column) for column in zip(*rows, strict=True)])
        await tx.execute(FORGET, (max(each.decided_at for each in outcomes) - KEPT,))
        await tx.execute(TELL)


# What is told of a command that was not carried out and not refused by a rule of its own.
DROPPED: Mapping[str, tuple[str, str]] = {
    "stale_command": ("superseded", "the assignment that is meant is over"),
    "unknown_lead": ("not_routed", "nobody has decided yet who is to have the lead: send it again in a moment"),
    "not_addressed": ("not_a_person", "only people of ours order something about a lead"),
}
DONE = frozenset({"unchanged", "kept"})


def told(act: Activity, before: LeadState[Body], decision: Decision[Body], lead_id: UUID, now: datetime) -> (
    Decision[Body]
):  # fmt: skip
    """The decision with its outcome, if anybody may still ask for it. One that came before was told then."""
    if decision.outcome.kind == "duplicate" or act.received_at < now - KEPT:
        return decision
    after = decision.states.get(lead_id, before).body.standing
    reason, detail = _why(decision, after.refused[-1:])
    if reason is not None and detail is not None and after.owner is not None:
        detail = f"{detail}; {after.owner} has it"
    outcome = CommandOutcome(
        id=act.id, lead_id=lead_id, applied=reason is None, reason=reason, detail=detail, outcome=after.outcome,
        owner=after.owner, assignment=after.assignment, over_cap=_over_cap(decision), decided_at=now,
    )  # fmt: skip
    return Decision(
        decision.outcome, decision.events, decision.states, decision.messages, Commanded(decision.delta, outcome)
    )


def _why(decision: Decision[Body], refused: Sequence[Refused]) -> tuple[str | None, str | None]:
    outcome = decision.outcome
    if outcome.kind == "emitted" or outcome.reason in DONE:
        return None, None
    if outcome.reason == "not_applied":
        return refused[0].reason, refused[0].why
    return DROPPED.get(outcome.reason, (outcome.reason, outcome.reason))


def _over_cap(decision: Decision[Body]) -> bool:
    return any(isinstance(each.event, LeadRouted) and each.event.over_cap is True for each in decision.events)
