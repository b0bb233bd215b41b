"""The order of clipping (rules B3.3): rule, group, dimension; positives first, penalties after, never below the floor.

Under a cap the room goes to the largest, then the newest, then the smallest event id (rules B3.5).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from leadline_schemas.scored import Clipped
from leadline_score.core.exact import text

PENALTY = "penalty"


@dataclass(slots=True)
class Entry:
    """One contribution on its way through the caps. Thousandths; `order` is larger for whom a tie favours."""

    rule: str
    group: str
    points: int
    cap: int
    order: tuple[int, int] = (0, 0)
    after_rule: int = 0
    after_group: int = 0
    counted: int = 0


@dataclass(frozen=True, slots=True)
class Caps:
    """The caps of one dimension in thousandths. `penalty_floor` is not positive."""

    cap: int
    penalty_floor: int
    groups: dict[str, int]


@dataclass(slots=True)
class Sums:
    """What clipping made of the entries, in thousandths."""

    positives: int = 0
    after_cap: int = 0
    penalties: int = 0
    rules: dict[str, tuple[int, int]] = field(default_factory=dict)
    groups: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def known(self) -> int:
        """Before the dimension's floor: below zero is worse than nothing."""
        return self.after_cap + self.penalties

    @property
    def value(self) -> int:
        """The dimension's value: a dimension never eats the other."""
        return max(0, self.known)


def share(room: int, values: Sequence[int], orders: Sequence[tuple[int, int]]) -> list[int]:
    """`values` (not negative) cut to `room` in all: to the largest first, then by greatest order."""
    if sum(values) <= room:
        return list(values)
    given = [0] * len(values)
    for place in sorted(range(len(values)), key=lambda i: (values[i], orders[i]), reverse=True):
        given[place] = min(values[place], room)
        room -= given[place]
    return given


def clip(entries: Sequence[Entry], caps: Caps) -> Sums:
    """Run the entries through all caps; fills in what is left of each after each cap."""
    sums = Sums()
    positive = [e for e in entries if e.points > 0]
    for rule, members in _by(positive, "rule").items():
        before, after = _cut(members, members[0].cap, "points", "after_rule")
        sums.rules[rule] = (before, after)
    for group, members in _by(positive, "group").items():
        before, after = _cut(members, caps.groups[group], "after_rule", "after_group")
        sums.groups[group] = (before, after)
        sums.positives += after
    _, sums.after_cap = _cut(positive, caps.cap, "after_group", "counted")
    sums.penalties = _penalise([e for e in entries if e.points < 0], caps, sums)
    return sums


def _penalise(entries: list[Entry], caps: Caps, sums: Sums) -> int:
    if not entries:
        return 0
    given = share(-caps.penalty_floor, [-e.points for e in entries], [e.order for e in entries])
    for entry, part in zip(entries, given, strict=True):
        entry.after_rule = entry.points
        entry.after_group = entry.counted = -part
    sums.groups[PENALTY] = (sum(e.points for e in entries), -sum(given))
    return -sum(given)


def _cut(entries: list[Entry], room: int, source: str, target: str) -> tuple[int, int]:
    values = [getattr(e, source) for e in entries]
    given = share(room, values, [e.order for e in entries])
    for entry, part in zip(entries, given, strict=True):
        setattr(entry, target, part)
    return sum(values), sum(given)


def _by(entries: list[Entry], key: str) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        found.setdefault(getattr(entry, key), []).append(entry)
    return found


def told(sums: dict[str, tuple[int, int]]) -> dict[str, Clipped]:
    """Sums before and after their cap, as events carry them."""
    return {name: Clipped(sum=text(before), clipped=text(after)) for name, (before, after) in sums.items()}
