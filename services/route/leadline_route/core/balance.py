"""Round robin by owed balance: how many leads each member of a pool is owed, exactly (rules B4.3).

At each lead every sharing member's balance grows by weight / sum of weights; who receives the lead pays 1. So the
balances of a pool always sum to 0, and a positive balance reads as "leads owed to you".
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from math import gcd, lcm
from typing import Self

from leadline_route.core.later import LaterMapping

ZERO = Fraction(0)
# Weights of 1-10 and changing presence make denominators grow. Beyond this the pool is rounded once to 1e-9 lead by
# largest remainder, so that its sum stays 0 and its numbers stay readable.
FINEST = 10**12
GRID = 10**9


@lru_cache(maxsize=1 << 16)
def _fraction(units: int, common: int) -> Fraction:
    return Fraction(units, common)


class Balances(LaterMapping[Fraction]):
    """The balances of all members of one pool: whole `units`, of which a lead has `common`. Never changed.

    Sums of fractions are slow, sums of whole numbers are not; the fractions are made when somebody reads them. Members
    are in the order of the ids; weights and places are in the order of the members.
    """

    __slots__ = ("_texts", "common", "members", "units")

    def __init__(self, members: tuple[str, ...], units: Sequence[int], common: int) -> None:
        super().__init__()
        self.members, self.units, self.common = members, units, common
        self._texts: dict[str, str] | None = None

    @classmethod
    def of(cls, owed: Mapping[str, Fraction]) -> Self:
        """The same balances."""
        ratios = [balance.as_integer_ratio() for balance in owed.values()]
        common = lcm(*{parts for _, parts in ratios})
        return cls(tuple(owed), [number * (common // parts) for number, parts in ratios], common)

    def _make(self) -> dict[str, Fraction]:
        return {member: _fraction(units, self.common) for member, units in zip(self.members, self.units, strict=True)}

    def texts(self) -> Mapping[str, str]:
        """The balances in lowest terms: equal ones have the same text."""
        if self._texts is None:
            self._texts = {member: str(owed) for member, owed in self.items()}
        return self._texts

    def __len__(self) -> int:
        return len(self.members)

    def settled(self, weights: Sequence[int]) -> "Balances":
        """The balances, their sum 0 again after somebody left, came back or lost his row.

        What is missing is owed to all, by weight: between those who stay nothing changes, as if the others had never
        been there. Otherwise a pool that people leave would owe those who stay more and more, and a new member would
        wait for all of it.
        """
        missing = sum(self.units)
        if not missing:
            return self
        whole = sum(weights)
        units = [each * whole - missing * weight for each, weight in zip(self.units, weights, strict=True)]
        return Balances(self.members, units, self.common * whole)._reduced()

    def share(self, weights: Sequence[int]) -> "Balances":
        """The balances after each member got its share of one lead; weight 0: it gets none.

        Raises ValueError if nobody shares.
        """
        whole = sum(weights)
        if whole <= 0:
            raise ValueError("nobody shares this lead: a share needs at least one member with a weight")
        least = gcd(*weights)
        parts = whole // least
        fine = self if self.common % parts == 0 and self.common <= FINEST else self._with_parts(parts)
        each = fine.common // parts
        units = [owed + weight // least * each for owed, weight in zip(fine.units, weights, strict=True)]
        return Balances(self.members, units, fine.common)

    def _with_parts(self, parts: int) -> "Balances":
        """The same balances with so many parts of a lead as whole numbers; on the grid if that is too fine."""
        found = self._reduced()
        if lcm(found.common, parts) > FINEST:
            found = found.on_grid()._reduced()
        scale = lcm(found.common, parts) // found.common
        return Balances(self.members, [each * scale for each in found.units], found.common * scale)

    def _reduced(self) -> "Balances":
        least = gcd(self.common, *self.units)
        return Balances(self.members, [each // least for each in self.units], self.common // least)

    def pay(self, place: int) -> "Balances":
        """The balances after the member at `place` received the lead."""
        units = [*self.units]
        units[place] -= self.common
        return Balances(self.members, units, self.common)

    def highest(self, places: Sequence[int]) -> int:
        """Where of `places`, in their order, most is owed; of several the smaller id. Raises ValueError if empty."""
        if not places:
            raise ValueError("nobody may receive this lead")
        units = self.units
        if len(places) == len(units):
            return units.index(max(units))
        return max(places, key=units.__getitem__)  # of equal ones max keeps the first: the smaller id

    def on_grid(self) -> "Balances":
        """The balances in whole 1e-9 leads by largest remainder (ties: smaller id); their sum is rounded down."""
        floors = [each * GRID // self.common for each in self.units]
        missing = int(Fraction(sum(self.units) * GRID, self.common)) - sum(floors)
        by_remainder = sorted(range(len(floors)), key=lambda place: -(self.units[place] * GRID % self.common))
        for place in by_remainder[: max(0, missing)]:
            floors[place] += 1
        return Balances(self.members, floors, GRID)


class Moved(LaterMapping[Fraction]):
    """What one lead changed, per member: stored with the assignment, so that the turn can be taken back."""

    __slots__ = ("_after", "_before")

    def __init__(self, before: Balances, after: Balances) -> None:
        super().__init__()
        self._before, self._after = before, after

    def _make(self) -> dict[str, Fraction]:
        before, after = self._before, self._after
        whole = lcm(before.common, after.common)
        to_old, to_new = whole // before.common, whole // after.common
        return {
            member: _fraction(units, whole)
            for member, old, new in zip(after.members, before.units, after.units, strict=True)
            if (units := new * to_new - old * to_old)
        }


def take_back(owed: Mapping[str, Fraction], move: Mapping[str, Fraction]) -> dict[str, Fraction]:
    """The balances as if the move had not been made."""
    return {member: balance - move.get(member, ZERO) for member, balance in owed.items()}
