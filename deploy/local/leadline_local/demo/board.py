"""What the demo has seen: counts per stage, the last leads, the promises. Fed with events, asked by the screen."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from leadline_local.demo.cast import UNANSWERED
from leadline_schemas.captured import LeadCaptured
from leadline_schemas.event import Model
from leadline_schemas.routed import LeadRouted
from leadline_schemas.scored import LeadScored
from leadline_schemas.sla import LeadSla

Answer = Callable[[str, str | None, str], None]


@dataclass
class Row:
    """One lead as the board shows it."""

    name: str
    source: str
    score: str = ""
    outcome: str = "captured"
    owner: str = ""
    due_at: datetime | None = None
    state: str = ""


@dataclass
class Board:
    """The state of the demo. `answer` is called once for each lead that somebody should answer."""

    answer: Answer
    counts: Counter[str] = field(default_factory=Counter)
    rows: dict[UUID, Row] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)
    seen: set[bytes] = field(default_factory=set)
    answered: set[UUID] = field(default_factory=set)
    breached: int = 0
    met: int = 0
    warned: int = 0

    def take(self, topic: str, event_id: bytes, event: Model) -> None:
        """One event; a repeat changes nothing."""
        if event_id in self.seen:
            return
        self.seen.add(event_id)
        self.counts[topic] += 1
        if isinstance(event, LeadCaptured):
            self._captured(event)
        elif isinstance(event, LeadScored):
            card = event.scorecard
            self._row(event.lead_id).score = f"{card.display} {card.grade} {card.temperature}"
        elif isinstance(event, LeadRouted):
            self._routed(event)
        elif isinstance(event, LeadSla):
            self._sla(event)

    def _row(self, lead_id: UUID) -> Row:
        return self.rows.setdefault(lead_id, Row("", ""))

    def _captured(self, event: LeadCaptured) -> None:
        row = self._row(event.lead_id)
        row.name, row.source = event.lead.name or "(no name)", event.lead.source
        if event.quarantine is not None:
            row.outcome = f"quarantined: {event.quarantine.reason}"
            self._say(f"{row.name}: kept apart as {event.quarantine.reason}")
        elif event.outcome == "merged_into":
            self._say(f"{row.name} again: merged into the same lead by {event.match}")

    def _routed(self, event: LeadRouted) -> None:
        row = self._row(event.lead_id)
        moved = bool(row.owner) and row.owner != event.owner
        row.outcome, row.owner = event.outcome, event.owner or ""
        why = event.reason or event.rule
        whom = f"to {event.owner}" if event.owner else event.outcome
        self._say(f"{row.name}: {'moved ' if moved else ''}{whom} ({event.cause if moved else why})")
        email = event.scored.enriched.captured.lead.email
        waits = event.outcome == "person" or (event.outcome == "nurture" and bool(event.requests))
        if waits and email != UNANSWERED and event.lead_id not in self.answered:
            self.answered.add(event.lead_id)
            self.answer(str(event.lead_id), event.owner, str(event.lead_id))

    def _sla(self, event: LeadSla) -> None:
        row = self._row(event.lead_id)
        if event.clock == "decision":
            return
        if event.kind == "armed" and event.clock == "customer":
            row.due_at, row.state = event.due_at, "waiting"
        elif event.kind == "met" and event.clock == "customer":
            self.met += 1
            row.due_at, row.state = None, f"answered in {event.elapsed_s or 0:.0f} s"
        elif event.kind == "warned":
            self.warned += 1
            self._say(f"WARNING  {row.name}: {event.level} % of the time for {event.target} is gone")
        elif event.kind == "breached":
            self.breached += 1
            row.state = "BREACHED"
            self._say(f"BREACH   {row.name}: {event.target} was due, {', '.join(event.told) or 'nobody'} told")
        elif event.kind == "lapsed":
            self._say(f"LAPSED   {row.name}: {event.owner} did not act, the next one gets it")

    def _say(self, line: str) -> None:
        self.told.append(line)
