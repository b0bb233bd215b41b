"""Intent, or a group of it, while nothing happens: it only falls. Searched often, so what stays is summed once."""

from math import exp, log
from typing import Final

from leadline_runtime.core.values import dataclass
from leadline_score.core.compiling import mypyc_attr
from leadline_score.core.decay import Decay, left_of

_LN_2: Final = log(2)


@mypyc_attr(acyclic=True)
@dataclass(slots=True, init=False)
class Part:
    """What falls of one rule: acts of `points` each at ascending `times`, up to the rule's `cap`."""

    points: int
    decay: Decay
    times: list[int]
    cap: int

    def __init__(self, points: int, decay: Decay, times: list[int], cap: int) -> None:
        self.points = points
        self.decay = decay
        self.times = times
        self.cap = cap


@mypyc_attr(acyclic=True)
@dataclass(slots=True, init=False)
class Group:
    """What falls of one group, up to its `cap`: `steady` is the part of it that does not."""

    cap: int
    steady: int
    parts: list[Part]

    def __init__(self, cap: int, steady: int, parts: list[Part]) -> None:
        self.cap = cap
        self.steady = steady
        self.parts = parts


@mypyc_attr(acyclic=True)
@dataclass(slots=True, init=False)
class Falling:
    """`steady` is the sum of groups that do not fall; then come `groups`, the dimension's cap, and penalties, not
    positive. All in thousandths.
    """

    steady: int
    groups: list[Group]
    cap: int
    penalties: int
    asked: int  # the instant asked last, and the `found` value: some are asked again
    found: int

    def __init__(self, steady: int, groups: list[Group], cap: int, penalties: int) -> None:
        self.steady = steady
        self.groups = groups
        self.cap = cap
        self.penalties = penalties
        self.asked = -1
        self.found = 0

    def value(self, at: int) -> int:
        """The value at an instant, the same order of clipping as `clip`."""
        if at == self.asked:
            return self.found
        gains = self.steady
        for group in self.groups:
            whole = group.steady
            for part in group.parts:
                whole += left_of(part.points, part.decay, part.times, at, part.cap)
            gains += min(whole, group.cap)
        self.asked, self.found = at, max(0, min(gains, self.cap) + self.penalties)
        return self.found

    def between(self, low: int, high: int) -> "Falling":
        """The same for instants within these: what is equal at both is so all the way."""
        steady = self.steady
        groups: list[Group] = []
        for group in self.groups:
            same = group.steady
            moved: list[Part] = []
            for part in group.parts:
                left = left_of(part.points, part.decay, part.times, low, part.cap)
                if left == left_of(part.points, part.decay, part.times, high, part.cap):
                    same += left
                else:
                    moved.append(part)
            if moved:
                groups.append(Group(group.cap, same, moved))
            else:
                steady += min(same, group.cap)
        return Falling(steady, groups, self.cap, self.penalties)

    def drops(self, since: int, until: int) -> list[int]:
        """About the instants between these at which what is left of an act loses a thousandth that no cap hides."""
        found: list[int] = []
        for group in self.groups:
            seen: list[int] = []
            least = float(group.steady)
            for part in group.parts:
                before = len(seen)
                left = _drops(part, since, until, seen)
                if left >= part.cap:
                    del seen[before:]
                    left = float(part.cap)
                least += left
            if least < group.cap:
                found += seen
        found.sort()
        return found


def _drops(part: Part, since: int, until: int, seen: list[int]) -> float:
    """Puts into `seen` when acts lose a thousandth; what is left of them in the end."""
    points, decay = part.points, part.decay
    span, rate, halves = decay.span, decay.rate, decay.halves
    sum_left = 0.0
    ends = decay.ends
    for time in part.times:
        start = time + decay.grace
        first, last = since - start, until - start
        if last <= 0 or not (halves or decay.evenly):
            sum_left += points
        elif first < ends:
            first = max(first, 0)
            before = points * exp(first * rate) if halves else points * (1 - first / span)
            left = points * exp(last * rate) if halves else points * (1 - last / span)
            sum_left += left
            for low in range(int(left + 0.5) if left > 0 else 0, int(before + 0.5)):
                passed = log(points / (low + 0.5)) / _LN_2 if halves else 1 - (low + 0.5) / points
                seen.append(start + int(span * passed))
    return sum_left
