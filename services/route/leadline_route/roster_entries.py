"""What the decision on a change of the roster leaves behind."""

from datetime import datetime

from leadline_route.core.overlay import TeamOverlay
from leadline_route.outcomes import CommandOutcome
from leadline_runtime.core.values import dataclass
from leadline_schemas.roster import RosterChange


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the history: who changed what, when, and what became of it. `number`: of the roster after it."""

    change: RosterChange
    decided_at: datetime
    number: int | None
    reason: str | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """What the decision changes: the roster, if it applied; the history; what is told to who ordered it."""

    overlay: TeamOverlay | None
    entry: Entry
    outcome: CommandOutcome
