"""One version of the rules with all that it dealt in thought: balances, loads, caps and the leads it holds."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from datetime import datetime
from fractions import Fraction
from heapq import heappop, heappush
from uuid import UUID

from leadline_route.core.caps import counted
from leadline_route.core.giving import Situation
from leadline_route.core.hold import alarm
from leadline_route.core.prospect import Prospect, prospect
from leadline_route.core.roster import Counts, Draft, Load, Roster
from leadline_route.core.router import route
from leadline_route.core.rulebook import Rulebook
from leadline_route.core.ruling import Ruling
from leadline_route.core.snapshot import Scored
from leadline_runtime.core.values import dataclass


class Rows(Roster):
    """Rows that nobody has yet begin at nothing."""

    def load(self, member: str) -> Load:
        """A member's row."""
        return self.members.setdefault(member, Load())

    def counts(self, pool: str) -> Counts:
        """A pool's row."""
        return self.pools.setdefault(pool, Counts())


@dataclass(frozen=True, slots=True)
class Held:
    """A lead on hold in thought, for the pool `pool`."""

    lead: UUID
    prospect: Prospect
    excluded: Mapping[str, str]
    pool: str


@dataclass(frozen=True, eq=False)
class SimulatedDesk:
    """Deals leads as route does. `otherwise`: leads a member has here more (or fewer) than it had in truth."""

    book: Rulebook
    rows: Rows = field(default_factory=lambda: Rows(LookupError))
    otherwise: Counter[str] = field(default_factory=Counter)
    _begun: set[str] = field(default_factory=set)
    _held: dict[UUID, Held] = field(default_factory=dict)
    _alarms: list[tuple[datetime, UUID]] = field(default_factory=list)

    def begin(self, pool: str, balances: Mapping[str, str]) -> None:
        """What a pool's members were owed in truth when it is first spoken of; later it counts for nothing."""
        if pool in self._begun:
            return
        self._begun.add(pool)
        draft = Draft(self.rows)
        draft.owe(pool, {member: Fraction(owed) for member, owed in balances.items()})
        self._apply(draft)

    def open_in_truth(self, opened: Mapping[str, int]) -> None:
        """How many open leads members had in truth; here they have as many, but for those that went otherwise."""
        for member, number in opened.items():
            load = self.rows.load(member)
            self.rows.members[member] = replace(load, open=max(0, number + self.otherwise[member]))

    def deal(self, lead: UUID, raw: bytes, scored: Scored, situation: Situation) -> Ruling:
        """Route one lead. Whoever gets it has one more; a lead on hold is dealt again by `released`."""
        return self._dealt(lead, prospect(raw, scored, self.book), situation)

    def _dealt(self, lead: UUID, found: Prospect, situation: Situation) -> Ruling:
        draft = Draft(self.rows)
        ruling = route(found, situation, draft)
        self._let_go(lead, draft)  # the early-bird guard counts it among those held
        if ruling.pool is not None and ruling.counts_as_turn:
            self._begun.add(ruling.pool)
        if ruling.held_until is not None and ruling.pool is not None:
            draft.held(ruling.pool, 1)
            self._held[lead] = Held(lead, found, situation.excluded, ruling.pool)
            rings = alarm(ruling.held_until, found.first_due(situation.at), found.values["total"])
            heappush(self._alarms, (rings, lead))
        self._receive(ruling.owner if ruling.outcome == "person" else None, found, situation.at, draft)
        self._apply(draft)
        return ruling

    def given_by_hand(self, lead: UUID, raw: bytes, scored: Scored, owner: str | None, at: datetime) -> None:
        """A person gave the lead to somebody: that holds by any rules."""
        draft = Draft(self.rows)
        self._let_go(lead, draft)
        self._receive(owner, prospect(raw, scored, self.book), at, draft)
        self._apply(draft)

    def released(self, until: datetime) -> Iterator[tuple[UUID, Ruling]]:
        """The leads on hold whose time has come, dealt again in order."""
        while self._alarms and self._alarms[0][0] <= until:
            at, lead = heappop(self._alarms)
            held = self._held.get(lead)
            if held is not None:
                yield lead, self._dealt(lead, held.prospect, Situation(at, held.excluded, held=True))

    def _let_go(self, lead: UUID, draft: Draft) -> None:
        held = self._held.pop(lead, None)
        if held is not None:
            draft.held(held.pool, -1)

    def _receive(self, owner: str | None, found: Prospect, at: datetime, draft: Draft) -> None:
        member = self.book.team.members.get(owner or "")
        if member is not None:
            assigned = counted(draft.load(member.id).assigned, member.days, at, found.segments)
            draft.received(member.id, assigned, opened=1)

    def _apply(self, draft: Draft) -> None:
        delta = draft.delta()
        if delta is not None:
            self.rows.apply(delta)
            self.rows.changed_members.clear()
            self.rows.changed_pools.clear()
