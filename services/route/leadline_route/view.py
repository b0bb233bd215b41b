"""What decisions of one batch see besides the leads' states: the roster, and snapshots already looked at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from leadline_route.core.overlay import TeamOverlay
from leadline_route.core.prospect import Prospect, prospect
from leadline_route.core.roster import Roster
from leadline_route.core.rulebook import Rulebook
from leadline_route.core.snapshot import SCORED, Scored
from leadline_route.outcomes import Commanded, CommandOutcome
from leadline_route.owned import owner_of
from leadline_route.roster_entries import Changed, Entry
from leadline_route.state import Body
from leadline_runtime.decision import LeadState
from leadline_schemas.codec import decode


@dataclass
class RouteView(Roster):
    """The rows of members and pools that were locked. A snapshot is decoded and matched once per batch.

    `leads` are the states of the batch, as it changes them; `had` is who had them before it.
    """

    outcomes: list[CommandOutcome] = field(default_factory=list)
    overlay: TeamOverlay = field(default_factory=TeamOverlay)
    known_changes: set[UUID] = field(default_factory=set)
    entries: list[Entry] = field(default_factory=list)
    leads: Mapping[UUID, LeadState[Body]] = field(default_factory=dict)
    had: Mapping[UUID, str | None] = field(default_factory=dict)
    looked_at: dict[tuple[int, tuple[str, ...]], tuple[bytes, Prospect]] = field(default_factory=dict)

    def apply(self, delta: Any) -> None:
        """See Roster.apply; what is told of a command; a change of the roster."""
        if isinstance(delta, Changed):
            self.overlay = delta.overlay or self.overlay
            self.known_changes.add(delta.entry.change.submission_id)
            self.entries.append(delta.entry)
            self.outcomes.append(delta.outcome)
            return
        if isinstance(delta, Commanded):
            self.outcomes.append(delta.outcome)
            delta = delta.roster
        if delta is not None:
            super().apply(delta)

    def moved(self) -> dict[UUID, str | None]:
        """The leads that have another owner after the batch, and whom; None: nobody."""
        now = {lead: owner_of(state.body) for lead, state in self.leads.items()}
        return {lead: owner for lead, owner in now.items() if owner != self.had.get(lead)}

    def prospect(self, raw: bytes, scored: Scored | None, book: Rulebook, lifted: tuple[str, ...] = ()) -> Prospect:
        """The lead in this snapshot, but for `lifted` vetoes; `scored` if it is decoded already. A pure function of
        `raw`, the rules and these."""
        found = self.looked_at.get((id(raw), lifted))
        if found is not None and found[0] is raw:
            return found[1]
        made = prospect(raw, scored if scored is not None else decode(SCORED, raw), book, lifted)
        self.looked_at[id(raw), lifted] = (raw, made)  # keeps `raw`, so that its identity is not given to another
        return made
