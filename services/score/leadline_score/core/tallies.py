"""Each rule's acts so far and which of them count, kept up act by act, oldest first, and their sum at any instant."""

from bisect import bisect_left
from dataclasses import field

from leadline_runtime.core.values import dataclass
from leadline_score.core.clipping import PENALTY
from leadline_score.core.counting import spaced, window_of
from leadline_score.core.decay import HALF_LIVES, NEVER, left_of
from leadline_score.core.falling import Falling, Group, Part
from leadline_score.core.matching import Scored
from leadline_score.core.rulebook import ActRule, ScoreRules


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


@dataclass(slots=True, init=False)
class Look:
    """What is found at one instant, thousandths. `lasting` is the part of the gains that falls by half-lives only, and
    `slack` what the rounding and the end of such a fall may take from it besides; `penalties` are not positive.
    """

    intent: int
    product: int
    lasting: int
    lasting_product: int
    slack: int
    penalties: int
    steady_until: int

    def __init__(self) -> None:
        self.intent = self.product = self.lasting = self.lasting_product = self.slack = self.penalties = 0
        self.steady_until = NEVER


@dataclass(slots=True, init=False)
class Tallies:
    """All rules' tallies of one lead."""

    rules: ScoreRules
    by_rule: dict[int, Tally]
    by_group: dict[str, list[Tally]]

    def __init__(self, rules: ScoreRules) -> None:
        self.rules = rules
        self.by_rule = {}
        self.by_group = {}

    def add(self, scored: Scored) -> int:
        """The next act, not older than those before. By how much intent may have risen."""
        return self._of(scored.rule).add(scored)

    def _of(self, rule: ActRule) -> Tally:
        """The rule's tally."""
        tally = self.by_rule.get(rule.place)
        if tally is None:
            tally = self.by_rule[rule.place] = Tally(rule)
            members = self.by_group.get(rule.group)
            if members is None:
                self.by_group[rule.group] = [tally]
            else:
                members.append(tally)
        return tally

    def in_order(self) -> list[Tally]:
        """The tallies in the order of the rules file."""
        return [self.by_rule[place] for place in sorted(self.by_rule)]

    def look(self, at: int) -> Look:
        """Intent and all that bounds its further course, at an instant."""
        caps, product_group = self.rules.intent_caps, self.rules.acts.product
        look = Look()
        gains = lasting = 0
        for group, members in self.by_group.items():
            found = halving = 0
            for tally in members:
                left = tally.most = tally.sum_at(at)
                found += left
                look.steady_until = min(look.steady_until, tally.steady_until)
                if tally.rule.decay.halves:
                    halving += left
                    look.slack += tally.slack
            if group == PENALTY:
                look.penalties = max(found, caps.penalty_floor)
                continue
            cap = caps.groups[group]
            found, halving = min(found, cap), min(halving, cap)
            gains += found
            lasting += halving
            if group == product_group:
                look.product, look.lasting_product = found, halving
        look.intent = max(0, min(gains, caps.cap) + look.penalties)
        look.lasting = min(lasting, caps.cap)
        return look

    def intent(self, at: int) -> int:
        """Intent at an instant, thousandths: the same order of clipping as `clip`."""
        return self.look(at).intent

    def falling(self, since: int) -> Falling:
        """Intent as a function of the instants after `since`, if nothing else happens."""
        caps, penalties = self.rules.intent_caps, 0
        groups: list[Group] = []
        for group, members in self.by_group.items():
            if group == PENALTY:
                penalties = max(sum([tally.sum_at(since) for tally in members]), caps.penalty_floor)
            else:
                groups.append(Group(caps.groups[group], 0, [tally.part(since) for tally in members]))
        return Falling(0, groups, caps.cap, penalties)

    def falling_product(self, since: int) -> Falling:
        """The product group in the same way."""
        group = self.rules.acts.product
        cap = self.rules.intent_caps.groups[group]
        return Falling(0, [Group(cap, 0, [tally.part(since) for tally in self.by_group.get(group, [])])], cap, 0)

    def product(self, at: int) -> int:
        """The product group at an instant, thousandths."""
        group = self.rules.acts.product
        members = self.by_group.get(group)
        if members is None:
            return 0
        return min(sum([tally.sum_at(at) for tally in members]), self.rules.intent_caps.groups[group])

    def fading(self, at: int) -> "Fading":
        """How what counts at an instant fades from then on."""
        found = Fading(at)
        counting = 0
        for tally in self.by_rule.values():
            decay, times = tally.rule.decay, tally.times
            counting += len(times)
            found.ends = max(found.ends, times[-1] + decay.lasts)
            found.steady_until = min(found.steady_until, tally.steady_until)
            if decay.halves:
                found.half_life = max(found.half_life, decay.span)
            if decay.stays and tally.rule.points > 0:
                found.stays = True
        found.single = counting == 1
        return found


class Fading:
    """Nothing that counts fades up to `steady_until` or after `ends`. `half_life` is the longest of what counts, 0 if
    nothing has one; `stays`: something may be left for ever, as only steps can end above nothing; `single`: but one act
    counts, so that its own fading is that of the sum.
    """

    def __init__(self, at: int) -> None:
        self.ends = at
        self.steady_until = NEVER
        self.half_life = 0
        self.stays = self.single = False
