"""Intent, or a group of it, while nothing happens: it only falls. Searched often, so what stays is summed once."""

from collections.abc import Sequence
from dataclasses import dataclass

from leadline_score.core.decay import Decay, left_of

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

    def value(self, at: int) -> int:
        """The value at an instant, the same order of clipping as `clip`."""
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
