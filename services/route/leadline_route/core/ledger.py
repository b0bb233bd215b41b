"""The fairness ledger: turns given, passed over and given back, per pool and member, by what lead.routed says.

A fold over events: their order does not matter, because all it keeps are sums. Each event must be given once.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from uuid import UUID

from leadline_route.core.balance import ZERO
from leadline_schemas.event import Exact, Instant, Model
from leadline_schemas.routed import Candidate, TurnMoved

BY_HAND = frozenset({"claimed", "reassigned"})
MERGED = frozenset({"merged", "unmerged"})
PASSED_OVER = ("absent", "off_shift", "cap_reached", "excluded", "missing_skill", "inactive")


class When(Model):
    """See Basis."""

    decided_at: Instant


class Told(Model):
    """The part of `lead.routed` that the ledger looks at. See LeadRouted."""

    lead_id: UUID
    revision: int
    basis: When
    outcome: str
    assigned_at: Instant | None = None
    owner: str | None = None
    escalated: bool = False
    pool: str | None = None
    cause: str
    counts_as_turn: bool = False
    candidates: tuple[Candidate, ...] = ()
    balance_before: dict[str, Exact] = {}
    balance_after: dict[str, Exact] = {}
    turn_returned: TurnMoved | None = None
    turn_retaken: TurnMoved | None = None

    @property
    def assigns(self) -> bool:
        """Did somebody get the lead by this decision? A later event of the same assignment repeats who has it."""
        return self.outcome == "person" and self.owner is not None and self.assigned_at == self.basis.decided_at


@dataclass
class Seat:
    """One member's account in one pool. `passed`: leads that others got, by the reason why this one could not."""

    turns: int = 0
    returned: int = 0
    retaken: int = 0
    passed: Counter[str] = field(default_factory=Counter)
    owed: Fraction = ZERO

    @property
    def kept(self) -> int:
        """Turns that count."""
        return self.turns - self.returned + self.retaken


@dataclass
class Besides:
    """Leads that were no turn: given by hand, the owner's already, brought by a merge, or a manager's."""

    by_hand: int = 0
    owner_match: int = 0
    merged: int = 0
    manager: int = 0


@dataclass
class Ledger:
    """All accounts, by pool and member; `besides` by person; `events` counts those that moved anything."""

    pools: dict[str, dict[str, Seat]] = field(default_factory=dict)
    besides: dict[str, Besides] = field(default_factory=dict)
    events: int = 0

    def take(self, told: Told) -> None:
        """One more event."""
        moved = self._turn(told) if told.counts_as_turn and told.pool is not None else self._besides(told)
        for turn, by in ((told.turn_returned, -1), (told.turn_retaken, 1)):
            if turn is not None:
                self._moved(turn, by)
                moved = True
        self.events += moved

    def seat(self, pool: str, member: str) -> Seat:
        """One account; it begins at nothing."""
        return self.pools.setdefault(pool, {}).setdefault(member, Seat())

    def _turn(self, told: Told) -> bool:
        assert told.pool is not None
        for member, after in told.balance_after.items():
            self.seat(told.pool, member).owed += Fraction(after) - Fraction(told.balance_before.get(member, "0"))
        if told.owner is not None:
            self.seat(told.pool, told.owner).turns += 1
        # Before them stand the candidates of pools in which nobody was there.
        for each in told.candidates[-len(told.balance_after) :]:
            if each.reason in PASSED_OVER:
                self.seat(told.pool, each.id).passed[each.reason] += 1
        return True

    def _besides(self, told: Told) -> bool:
        if not told.assigns or told.owner is None:
            return False
        account = self.besides.setdefault(told.owner, Besides())
        if told.cause in BY_HAND:
            account.by_hand += 1
        elif told.cause in MERGED:
            account.merged += 1
        elif told.escalated:
            account.manager += 1
        else:
            account.owner_match += 1
        return True

    def _moved(self, turn: TurnMoved, by: int) -> None:
        for member, share in turn.shares.items():
            self.seat(turn.pool, member).owed += by * Fraction(share)
        seat = self.seat(turn.pool, turn.member)
        if by < 0:
            seat.returned += 1
        else:
            seat.retaken += 1


def differences(
    ledger: Ledger, owed: Mapping[str, Mapping[str, Fraction]]
) -> list[tuple[str, str, Fraction, Fraction]]:
    """Pool, member, balance by the events, balance in the tables: where they differ, in order."""
    told = {(pool, member): seat.owed for pool, seats in ledger.pools.items() for member, seat in seats.items()}
    kept = {(pool, member): balance for pool, members in owed.items() for member, balance in members.items()}
    return [
        (*place, told.get(place, ZERO), kept.get(place, ZERO))
        for place in sorted(told.keys() | kept.keys())
        if told.get(place, ZERO) != kept.get(place, ZERO)
    ]
