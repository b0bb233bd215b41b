"""One rule's acts so far and which of them count, kept up act by act, oldest first, and their sum at any instant."""

from bisect import bisect_left
from dataclasses import field

from leadline_runtime.core.values import dataclass
from leadline_score.core.compiling import mypyc_attr
from leadline_score.core.counting import spaced, window_of
from leadline_score.core.decay import HALF_LIVES, left_of
from leadline_score.core.falling import Part
from leadline_score.core.matching import Scored
from leadline_score.core.rulebook import ActRule


@mypyc_attr(acyclic=True)
@dataclass(slots=True, init=False)
class Tally:
    """One rule's acts in order; `kept` are those that its count cap lets count, at `times`.

    Until the oldest of them leaves its grace (`steady_until`) they give `full` together. `window`: the calendar window
    of the newest, of which `inside` count; `most`: what they give together at most until the next exact look.
    """

    rule: ActRule
    acts: list[Scored]
    kept: list[Scored]
    times: list[int]
    steady_until: int
    full: int
    window: int
    inside: int
    most: int = field(compare=False)
    slack: int = field(compare=False)
    stale: bool = field(compare=False)

    # Written out, as those that dataclasses write stay interpreted in the compiled form.
    def __init__(self, rule: ActRule) -> None:
        self.rule = rule
        self.acts = []
        self.kept = []
        self.times = []
        self.steady_until = self.full = self.inside = self.most = self.slack = 0
        self.window = -1
        self.stale = False

    def add(self, scored: Scored) -> int:
        """The next act, not older than those before. By how much the sum may have risen; less than 0 if it may fall."""
        rule, cap = self.rule, self.rule.count
        self.acts.append(scored)
        self.stale = True
        if cap is None or cap.every is None:
            window = 0 if cap is None or cap.window == "ever" else window_of(cap, scored.day)
            if window != self.window:
                self.window, self.inside = window, 0
            if cap is not None and self.inside == cap.n:
                oldest = len(self.kept) - cap.n
                self.kept.pop(oldest)
                self.times.pop(oldest)
            else:
                self.inside += 1
            self.kept.append(scored)
            self.times.append(scored.at)
        before = self.most
        if rule.points < 0:
            return rule.points
        places = len(self.kept) if cap is None or cap.every is None else 1 + (scored.at - self.acts[0].at) // cap.every
        most = min(rule.cap, rule.points * places)
        self.most = min(before + rule.points, most)
        return self.most - before

    def settle(self) -> None:
        """Find out what counts among the acts added since the last look."""
        rule, cap = self.rule, self.rule.count
        if cap is not None and cap.every is not None:
            times = [each.at for each in self.acts]
            places = spaced(times, cap.every)
            self.kept = [self.acts[place] for place in places]
            self.times = [times[place] for place in places]
        self.steady_until = self.times[0] + rule.decay.steady
        whole = rule.points * len(self.times)
        self.slack = len(self.times) * (2 + (rule.points >> HALF_LIVES))
        self.full = min(whole, rule.cap) if whole > 0 else max(whole, rule.cap)
        self.stale = False

    def sum_at(self, at: int) -> int:
        """What the acts that count give together at an instant, under the rule's own cap."""
        if self.stale:
            self.settle()
        if at <= self.steady_until:
            return self.full
        rule = self.rule
        return left_of(rule.points, rule.decay, self.times, at, rule.cap)

    def part(self, since: int) -> Part:
        """What may still fall after `since`: of what has faded away nothing comes back."""
        rule, times = self.rule, self.times
        if not rule.decay.stays and times[0] < since - rule.decay.lasts:
            times = times[bisect_left(times, since - rule.decay.lasts) :]
        return Part(rule.points, rule.decay, times, rule.cap)
