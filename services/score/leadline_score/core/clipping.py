"""The order of clipping (rules B3.3): rule, group, dimension; positives first, penalties after, never below the floor.

Under a cap the room goes to the largest, then the newest, then the smallest event id (rules B3.5).
"""

from collections.abc import Sequence
from typing import Final

from leadline_runtime.core.values import dataclass
from leadline_schemas.scored import Clipped
from leadline_score.core.compiling import mypyc_attr
from leadline_score.core.exact import text

PENALTY: Final = "penalty"
BOTTOMLESS: Final = -(1 << 60)  # the cap of a penalty that none holds
_clipped_of: Final = Clipped  # a name of another module is looked up each time in the compiled form


@mypyc_attr(acyclic=True)
@dataclass(slots=True, init=False)
class Entry:
    """One contribution on its way through the caps. Thousandths. Of equals the newer (`at`) has the room of a cap
    first, then the one with the smaller `number`.

    `cap`: what its rule gives at most; of a penalty what it takes at most, not positive. `left`: what the caps so far
    leave of it, as a size.
    """

    rule: str
    group: str
    points: int
    cap: int
    at: int
    number: int
    left: int
    after_rule: int
    after_group: int
    counted: int

    # Written out, as those that dataclasses write stay interpreted in the compiled form.
    def __init__(self, rule: str, group: str, points: int, cap: int, at: int = 0, number: int = 0) -> None:
        self.rule = rule
        self.group = group
        self.points = points
        self.cap = cap
        self.at = at
        self.number = number
        self.left = points
        self.after_rule = self.after_group = self.counted = 0


@dataclass(frozen=True, slots=True)
class Caps:
    """The caps of one dimension in thousandths. `penalty_floor` is not positive."""

    cap: int
    penalty_floor: int
    groups: dict[str, int]


@mypyc_attr(acyclic=True)
@dataclass(slots=True, init=False)
class Sums:
    """What clipping made of the entries, in thousandths: sums before and after their cap."""

    positives: int
    after_cap: int
    penalties: int
    rules: dict[str, tuple[int, int]]
    groups: dict[str, tuple[int, int]]

    def __init__(self) -> None:
        self.positives = self.after_cap = self.penalties = 0
        self.rules = {}
        self.groups = {}

    @property
    def known(self) -> int:
        """Before the dimension's floor: below zero is worse than nothing."""
        return self.after_cap + self.penalties

    @property
    def value(self) -> int:
        """The dimension's value: a dimension never eats the other."""
        return max(0, self.after_cap + self.penalties)


def clip(entries: Sequence[Entry], caps: Caps) -> Sums:
    """Run the entries through all caps; fills in what is left of each after each cap."""
    sums = Sums()
    gains = [entry for entry in entries if entry.points > 0]
    for rule, members in _apart(gains, by_group=False).items():
        sums.rules[rule] = _cut(members, members[0].cap)
    for entry in gains:
        entry.after_rule = entry.left
    for group, members in _apart(gains, by_group=True).items():
        both = sums.groups[group] = _cut(members, caps.groups[group])
        sums.positives += both[1]
    for entry in gains:
        entry.after_group = entry.left
    sums.after_cap = _cut(gains, caps.cap)[1]
    for entry in gains:
        entry.counted = entry.left
    if len(gains) < len(entries):
        _penalise([entry for entry in entries if entry.points < 0], caps, sums)
    return sums


def _penalise(entries: list[Entry], caps: Caps, sums: Sums) -> None:
    for entry in entries:
        entry.left = -entry.points
    for members in _apart(entries, by_group=False).values():
        _cut(members, -members[0].cap)
    for entry in entries:
        entry.after_rule = -entry.left
    before, after = _cut(entries, -caps.penalty_floor)
    for entry in entries:
        entry.after_group = entry.counted = -entry.left
    sums.groups[PENALTY] = (-before, -after)
    sums.penalties = -after


def _cut(members: list[Entry], room: int) -> tuple[int, int]:
    """Cut what is left of the members to `room` in all; the sum before and after."""
    before = 0
    for entry in members:
        before += entry.left
    if before <= room:
        return before, before
    free = room
    for entry in sorted(members, key=_first_served, reverse=True):
        entry.left = min(entry.left, free)
        free -= entry.left
    return before, room


def _first_served(entry: Entry) -> tuple[int, int, int]:
    return entry.left, entry.at, -entry.number


def _apart(entries: list[Entry], *, by_group: bool) -> dict[str, list[Entry]]:
    """The entries of each group or rule, in the order in which these come."""
    found: dict[str, list[Entry]] = {}
    last: str | None = None
    members: list[Entry] | None = None
    for entry in entries:
        name = entry.group if by_group else entry.rule
        if name != last:  # those of one name often stand together
            last, members = name, found.get(name)
        if members is None:
            members = found[name] = []
        members.append(entry)
    return found


def told(sums: dict[str, tuple[int, int]]) -> dict[str, Clipped]:
    """Sums before and after their cap, as events carry them."""
    return {name: _clipped_of(text(before), text(after)) for name, (before, after) in sums.items()}
