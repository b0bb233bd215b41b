"""What decisions of one batch see besides the leads' states: the roster, and snapshots already looked at."""

from dataclasses import dataclass, field
from typing import Any

from leadline_route.core.prospect import Prospect, prospect
from leadline_route.core.roster import Roster
from leadline_route.core.rulebook import Rulebook
from leadline_route.core.snapshot import SCORED, Scored
from leadline_route.outcomes import Commanded, CommandOutcome
from leadline_schemas.codec import decode


@dataclass
class RouteView(Roster):
    """The rows of members and pools that were locked. A snapshot is decoded and matched once per batch."""

    outcomes: list[CommandOutcome] = field(default_factory=list)
    looked_at: dict[int, tuple[bytes, Prospect]] = field(default_factory=dict)

    def apply(self, delta: Any) -> None:
        """See Roster.apply; and what is told of a command."""
        if isinstance(delta, Commanded):
            self.outcomes.append(delta.outcome)
            delta = delta.roster
        if delta is not None:
            super().apply(delta)

    def prospect(self, raw: bytes, scored: Scored | None, book: Rulebook) -> Prospect:
        """The lead in this snapshot; `scored` if it is decoded already. A pure function of `raw` and the rules."""
        found = self.looked_at.get(id(raw))
        if found is not None and found[0] is raw:
            return found[1]
        made = prospect(raw, scored if scored is not None else decode(SCORED, raw), book)
        self.looked_at[id(raw)] = (raw, made)  # keeps `raw`, so that its identity is not given to another
        return made
