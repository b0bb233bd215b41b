"""Round robin by owed balance: how many leads each member of a pool is owed, exactly (rules B4.3).

At each lead every sharing member's balance grows by weight / sum of weights; who receives the lead pays 1. So the
balances of a pool always sum to 0, and a positive balance reads as "leads owed to you".
"""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import lru_cache
from math import gcd, lcm

ZERO = Fraction(0)
# Weights of 1-10 and changing presence make denominators grow. Beyond this the pool is rounded once to 1e-9 lead by
# largest remainder, so that its sum stays 0 and its numbers stay readable.
FINEST = 10**12
GRID = 10**9

Owed = Mapping[str, Fraction]


def settled(owed: Owed, weights: Mapping[str, int]) -> Owed:
    """The balances of the members of a pool, their sum 0 again after somebody left, came back or lost his row.

    What is missing is owed to all, by weight: between those who stay nothing changes, as if the others had never been
    there. Otherwise a pool that people leave would owe those who stay more and more, and a new member would wait for
    all of it.
    """
    units, common = _in_units(owed)
    missing = sum(units.values())
    if not missing:
        return owed
    rest = Fraction(missing, common)
    whole = sum(weights.values())
    return {member: balance - rest * part(weights[member], whole) for member, balance in owed.items()}


def share(owed: Owed, weights: Mapping[str, int]) -> dict[str, Fraction]:
    """The balances after each member of `weights` got its share of one lead; the others stay as they are.

    `owed` names all members of the pool, `weights` those who share. Raises ValueError if nobody shares.
    """
    whole = sum(weights.values())
    if whole <= 0:
        raise ValueError("nobody shares this lead: a share needs at least one member with a weight")
    least = gcd(*weights.values())
    units, parts = _in_units(owed)
    common = lcm(parts, whole // least)
    if common > FINEST:
        owed = on_grid(owed)
        units, parts = _in_units(owed)
        common = lcm(parts, whole // least)
    scale, each = common // parts, common // (whole // least)
    shared = dict(owed)
    for member, weight in weights.items():
        shared[member] = _units(units[member] * scale + weight // least * each, common)
    return shared


@lru_cache(maxsize=1 << 16)
def _units(units: int, common: int) -> Fraction:
    return Fraction(units, common)


@lru_cache(maxsize=1024)
def part(weight: int, whole: int) -> Fraction:
    """One member's share of a lead."""
    return Fraction(weight, whole)


def pay(shared: Owed, winner: str) -> dict[str, Fraction]:
    """The balances after `winner` received the lead."""
    return {**shared, winner: shared[winner] - 1}


def highest(shared: Owed, eligible: Iterable[str]) -> str:
    """Whom of `eligible` most is owed; of several the smaller id. Raises ValueError if there is nobody."""
    members = sorted(eligible)
    if not members:
        raise ValueError("nobody may receive this lead")
    units, _ = _in_units({member: shared[member] for member in members})
    return max(members, key=units.__getitem__)  # of equal ones max keeps the first: the smaller id


def moved(before: Owed, after: Owed) -> dict[str, Fraction]:
    """What one lead changed, per member: stored with the assignment, so that the turn can be taken back."""
    changed = {member: after[member] for member, balance in before.items() if after[member] is not balance}
    old, common = _in_units({member: before[member] for member in changed})
    new, finer = _in_units(changed)
    whole = lcm(common, finer)
    to_old, to_new = whole // common, whole // finer
    return {m: _units(units, whole) for m in changed if (units := new[m] * to_new - old[m] * to_old)}


def _in_units(owed: Owed) -> tuple[dict[str, int], int]:
    """The balances as whole numbers of parts, and how many parts a lead has: sums of fractions are slow."""
    ratios = {member: balance.as_integer_ratio() for member, balance in owed.items()}
    common = lcm(*{parts for _, parts in ratios.values()})
    scale = {parts: common // parts for _, parts in ratios.values()}
    return {member: number * scale[parts] for member, (number, parts) in ratios.items()}, common


def take_back(owed: Owed, move: Owed) -> dict[str, Fraction]:
    """The balances as if the move had not been made."""
    return {member: balance - move.get(member, ZERO) for member, balance in owed.items()}


def on_grid(owed: Owed) -> dict[str, Fraction]:
    """The balances rounded to whole 1e-9 leads by largest remainder (ties: smaller id); their sum is rounded down."""
    floors = {member: (balance.numerator * GRID) // balance.denominator for member, balance in owed.items()}
    missing = int(sum(owed.values(), ZERO) * GRID) - sum(floors.values())
    by_remainder = sorted(owed, key=lambda member: (floors[member] - owed[member] * GRID, member))
    for member in by_remainder[: max(0, missing)]:
        floors[member] += 1
    return {member: Fraction(units, GRID) for member, units in floors.items()}
