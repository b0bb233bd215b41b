"""All rules' tallies of a lead: intent at any instant, and how it goes on from there if nothing else happens."""

from leadline_runtime.core.values import dataclass
from leadline_score.core.clipping import PENALTY
from leadline_score.core.compiling import mypyc_attr
from leadline_score.core.decay import NEVER
from leadline_score.core.falling import Falling, Group
from leadline_score.core.matching import Scored
from leadline_score.core.rulebook import ActRule, ScoreRules
from leadline_score.core.tally import Tally


@mypyc_attr(acyclic=True)
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


@mypyc_attr(acyclic=True)
@dataclass(slots=True, init=False)
class Tallies:
    """All rules' tallies of one lead."""

    rules: ScoreRules
    by_rule: list[Tally | None]  # by the rule's place
    by_group: dict[str, list[Tally]]

    def __init__(self, rules: ScoreRules) -> None:
        self.rules = rules
        self.by_rule = [None] * rules.acts.many
        self.by_group = {}

    def add(self, scored: Scored) -> int:
        """The next act, not older than those before. By how much intent may have risen."""
        return self._of(scored.rule).add(scored)

    def _of(self, rule: ActRule) -> Tally:
        """The rule's tally."""
        tally = self.by_rule[rule.place]
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
        return [tally for tally in self.by_rule if tally is not None]

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
        for tally in self.in_order():
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


@mypyc_attr(acyclic=True)
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
