"""Intent, or a group of it, while nothing happens: it only falls. Searched often, so what stays is summed once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import log2

from leadline_score.core.decay import HALF_LIVES, Decay, left_of

Part = tuple[int, Decay, Sequence[int], int]  # points of an act, decay, ascending times, the rule's cap


@dataclass(slots=True)
class Falling:
    """`steady` is the sum of groups that do not fall; `groups` each have their cap, the part that does not fall and
    the parts that do; then the dimension's cap, then penalties, not positive. All in thousandths.
    """

    steady: int
    groups: list[tuple[int, int, list[Part]]]
    cap: int
    penalties: int
    seen: dict[int, int] = field(default_factory=dict, compare=False)  # values by instant: some are asked twice

    def value(self, at: int) -> int:
        """The value at an instant, the same order of clipping as `clip`."""
        found = self.seen.get(at)
        if found is None:
            found = self.seen[at] = self._value(at)
        return found

    def _value(self, at: int) -> int:
        gains = self.steady
        for cap, same, parts in self.groups:
            whole = same
            for points, decay, times, rule_cap in parts:
                whole += left_of(points, decay, times, at, rule_cap)
            gains += whole if whole < cap else cap
        known = (gains if gains < self.cap else self.cap) + self.penalties
        return known if known > 0 else 0

    def between(self, low: int, high: int) -> "Falling":
        """The same for instants within these: what is equal at both is so all the way."""
        steady, groups = self.steady, []
        for cap, before, parts in self.groups:
            same, moved = before, []
            for part in parts:
                points, decay, times, rule_cap = part
                left = left_of(points, decay, times, low, rule_cap)
                if left == left_of(points, decay, times, high, rule_cap):
                    same += left
                else:
                    moved.append(part)
            if moved:
                groups.append((cap, same, moved))
            else:
                steady += min(same, cap)
        return Falling(steady, groups, self.cap, self.penalties)

    def drops(self, since: int, until: int) -> list[int]:
        """About the instants between these at which what is left of an act loses a thousandth that no cap hides."""
        found: list[int] = []
        for cap, same, parts in self.groups:
            seen: list[int] = []
            least = float(same)
            for points, decay, times, rule_cap in parts:
                before, left = len(seen), _drops(points, decay, times, (since, until), seen)
                if left >= rule_cap:
                    del seen[before:]
                    left = float(rule_cap)
                least += left
            if least < cap:
                found += seen
        found.sort()
        return found


def _drops(points: int, decay: Decay, times: Sequence[int], within: tuple[int, int], seen: list[int]) -> float:
    """Puts into `seen` when acts lose a thousandth; what is left of them in the end."""
    since, until = within
    span, sum_left = decay.span, 0.0
    halves, evenly = decay.kind == "half_life", decay.kind == "linear"
    ends = HALF_LIVES * span if halves else span
    for time in times:
        start = time + decay.grace
        first, last = since - start, until - start
        if last <= 0 or not (halves or evenly):
            sum_left += points
        elif first < ends:
            first = first if first > 0 else 0
            before = points * 0.5 ** (first / span) if halves else points * (1 - first / span)
            left = points * 0.5 ** (last / span) if halves else points * (1 - last / span)
            sum_left += left
            for low in range(int(left + 0.5) if left > 0 else 0, int(before + 0.5)):
                passed = log2(points / (low + 0.5)) if halves else 1 - (low + 0.5) / points
                seen.append(start + int(span * passed))
    return sum_left
