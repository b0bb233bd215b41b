"""What happened to a lead's stages, as `lead.stage` events."""

from typing import Any
from uuid import UUID

from leadline_runtime.core.values import dataclass
from leadline_schemas.event import Basis, sparse
from leadline_schemas.stage import LeadStage
from leadline_schemas.vocabulary import LeadStatus
from leadline_sla_monitor.core.course import Course, Entry, Judged
from leadline_sla_monitor.core.known import Known
from leadline_sla_monitor.core.living import StageChange
from leadline_sla_monitor.core.routing import routing_at
from leadline_sla_monitor.core.silence import Word

_told = sparse(LeadStage)
BY_STAGE: dict[str, LeadStatus] = {
    "SQL": "qualified", "opportunity": "in_pipeline", "customer": "customer", "nurture": "nurture",
    "disqualified": "disqualified", "archived": "archived",
}  # fmt: skip
NO_ACT_BEHIND = frozenset({"routed", "stale", "act"})


@dataclass(frozen=True, slots=True)
class StageTeller:
    """Tells the changes of one lead at one instant. `revision` is the last one used before."""

    lead: UUID
    known: Known
    course: Course
    basis: Basis
    revision: int

    def event(self, change: StageChange, ordinal: int) -> LeadStage:
        """The `ordinal`-th change (from 0) as an event."""
        entry = self.course.now
        assert entry is not None, "who has no stage yet is told nothing of"
        now = self.basis.decided_at
        found = routing_at(self.known.routings, now)
        owner = found.owner if found and found.outcome == "person" else None
        manager = found.manager if found else None
        fields: dict[str, Any] = {
            "lead_id": self.lead, "revision": self.revision + ordinal + 1, "basis": self.basis,
            "stage_id": change.id, "kind": change.kind, "stage": entry.stage, "since": entry.at,
            "status": status(self.known, entry), "stage_way": entry.way, "stage_reason": entry.reason,
            "occurred_at": change.at, "detected_at": now, "owner": owner, "manager": manager,
            "confirmed": self.course.confirmed, "supersedes": change.supersedes,
        }  # fmt: skip
        if change.judged is not None:
            fields.update(_moved(change, change.judged))
        if change.word is not None:
            fields.update(self._word(change.word))
        fields["told"] = _hear(change, owner, manager)
        return _told(fields)

    def _word(self, word: Word) -> dict[str, Any]:
        fields: dict[str, Any] = {
            "action": word.action, "quiet_since": word.quiet_since, "quarter": word.quarter, "reason": word.reason,
        }  # fmt: skip
        if word.quarter is not None:
            fields["grade"] = self.known.life.grade
        return fields


def status(known: Known, entry: Entry) -> LeadStatus:
    """How it stands with the lead in one word (rules B6.2)."""
    if entry.stage in BY_STAGE:
        return BY_STAGE[entry.stage]
    touched = known.life.worked_at is not None
    return "in_conversation" if touched and known.life.two_way else "contacted" if touched else "new"


def _moved(change: StageChange, judged: Judged) -> dict[str, Any]:
    move = judged.move
    return {
        "before": judged.before, "to": judged.to, "way": move.way, "author": move.by, "reason": move.reason,
        "why": change.why, "historical": move.historical, "quiet_since": move.since,
        "activity": move.id if move.way not in NO_ACT_BEHIND else None,
    }  # fmt: skip


def _hear(change: StageChange, owner: str | None, manager: str | None) -> tuple[str, ...]:
    """Who is to hear of it: of a notice the owner, of what silence did both; of what was not applied its author."""
    if change.judged is not None and change.judged.move.historical:
        return ()
    people: tuple[str | None, ...] = ()
    if change.word is not None and change.word.kind == "stale":
        people = (owner or manager,) if change.word.action == "notice" else (owner, manager)
    elif change.judged is not None and (change.judged.move.way == "stale" or change.kind == "reverted"):
        people = (owner, manager)
    elif change.kind == "not_applied" and change.judged is not None and change.judged.move.way == "command":
        people = (change.judged.move.by,)
    return tuple(dict.fromkeys(each for each in people if each))
