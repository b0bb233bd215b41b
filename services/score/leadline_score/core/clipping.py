"""The order of clipping (rules B3.3): rule, group, dimension; positives first, penalties after, never below the floor.

Under a cap the room goes to the largest, then the newest, then the smallest event id (rules B3.5).
"""

from collections.abc import Iterable, Sequence
from dataclasses import field
from functools import lru_cache
from typing import Any

from leadline_runtime.core.values import dataclass
from leadline_schemas.scored import Clipped
from leadline_score.core.exact import text

PENALTY = "penalty"
BOTTOMLESS = -(1 << 60)  # the cap of a penalty that none holds


@dataclass(slots=True)
class Entry:
    """One contribution on its way through the caps. Thousandths; `order` is larger for whom a tie favours.

    `cap`: what its rule gives at most; of a penalty what it takes at most, not positive.
    """

    rule: str
    group: str
    points: int
    cap: int
    order: tuple[Any, ...] = (0, 0)
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


def share(room: int, values: Sequence[int], orders: Sequence[tuple[Any, ...]]) -> list[int]:
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
    sums = _uncut(entries, caps)
    if sums is not None:
        return sums
    sums = Sums()
    positive = [e for e in entries if e.points > 0]
    values = [e.points for e in positive]
    for rule, members in _places(e.rule for e in positive).items():
        sums.rules[rule] = _cut(positive, values, members, positive[members[0]].cap)
    for entry, left in zip(positive, values, strict=True):
        entry.after_rule = left
    for group, members in _places(e.group for e in positive).items():
        sums.groups[group] = _cut(positive, values, members, caps.groups[group])
        sums.positives += sums.groups[group][1]
    for entry, left in zip(positive, values, strict=True):
        entry.after_group = left
    _, sums.after_cap = _cut(positive, values, range(len(values)), caps.cap)
    for entry, left in zip(positive, values, strict=True):
        entry.counted = left
    if len(positive) < len(entries):
        sums.penalties = _penalise([e for e in entries if e.points < 0], caps, sums)
    return sums


def _uncut(entries: Sequence[Entry], caps: Caps) -> Sums | None:
    """The sums where no cap and no penalty takes anything, as for most leads; None where one does."""
    rules: dict[str, int] = {}
    groups: dict[str, int] = {}
    whole = 0
    for entry in entries:
        points = entry.points
        rules[entry.rule] = rule = rules.get(entry.rule, 0) + points
        groups[entry.group] = group = groups.get(entry.group, 0) + points
        whole += points
        if points <= 0 or rule > entry.cap or group > caps.groups[entry.group] or whole > caps.cap:
            return None
    for entry in entries:
        entry.after_rule = entry.after_group = entry.counted = entry.points
    both = {name: (points, points) for name, points in groups.items()}
    return Sums(whole, whole, 0, {name: (points, points) for name, points in rules.items()}, both)


def _penalise(entries: list[Entry], caps: Caps, sums: Sums) -> int:
    values = [-e.points for e in entries]
    for members in _places(e.rule for e in entries).values():
        _cut(entries, values, members, -entries[members[0]].cap)
    for entry, left in zip(entries, values, strict=True):
        entry.after_rule = -left
    before, after = _cut(entries, values, range(len(values)), -caps.penalty_floor)
    for entry, part in zip(entries, values, strict=True):
        entry.after_group = entry.counted = -part
    sums.groups[PENALTY] = (-before, -after)
    return -after


def _cut(entries: list[Entry], values: list[int], members: Sequence[int], room: int) -> tuple[int, int]:
    """Cut the `values` at the places of `members` to `room` in all; the sum before and after."""
    before = sum([values[i] for i in members])
    if before <= room:
        return before, before
    given = share(room, [values[i] for i in members], [entries[i].order for i in members])
    for place, part in zip(members, given, strict=True):
        values[place] = part
    return before, room


def _places(keys: Iterable[str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for place, key in enumerate(keys):
        found.setdefault(key, []).append(place)
    return found


def told(sums: dict[str, tuple[int, int]]) -> dict[str, Clipped]:
    """Sums before and after their cap, as events carry them."""
    return {name: _clipped(*both) for name, both in sums.items()}


@lru_cache(maxsize=4096)
def _clipped(before: int, after: int) -> Clipped:
    return Clipped(sum=text(before), clipped=text(after))
