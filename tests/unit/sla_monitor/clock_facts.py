"""What the plain reference of clocks reads: requests, who has the lead, acts."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tests.unit.sla_monitor.clock_rules import STRENGTH, Policy


@dataclass
class Ask:
    """A request; `routed_at` and `policy` by the first routing that held it."""

    id: UUID
    type: str
    start: datetime
    received_at: datetime
    captured: bool = False
    routed_at: datetime | None = None
    policy: Policy | None = None
    cadence: bool = False

    @property
    def strength(self) -> tuple[bool, int]:
        """Smaller is stronger."""
        return self.cadence, STRENGTH.index(self.type)


@dataclass(frozen=True)
class Routed:
    """Who has the lead from `at` on."""

    at: datetime
    outcome: str
    assignment: int


@dataclass(frozen=True)
class Did:
    """An act: what it answers, or why it ends promises and for which channel alone, or which e-mail bounced."""

    id: UUID
    at: datetime
    answers: frozenset[str] = frozenset()
    ends: str | None = None
    channel: str | None = None
    mail: bool = False
    message: str | None = None
    bounce: bool = False
