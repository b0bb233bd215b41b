"""Each rule's acts so far and which of them count, kept up act by act, oldest first, and their sum at any instant."""

from dataclasses import dataclass, field

from leadline_score.core.clipping import PENALTY
from leadline_score.core.counting import CountCap, spaced, window_of
from leadline_score.core.decay import left_of
from leadline_score.core.exact import DAY
from leadline_score.core.matching import Scored
from leadline_score.core.rulebook import ActRule, ScoreRules

NEVER = 1 << 62  # an instant after all others, in microseconds


@dataclass(slots=True)
class Tally:
    """One rule's acts in order; `kept` are those that its count cap lets count, at `times`, in calendar `windows`.

    Until the oldest of them leaves its grace (`steady_until`) they give `full` together.
    """

    rule: ActRule
    acts: list[Scored] = field(default_factory=list)
    kept: list[Scored] = field(default_factory=list)
    times: list[int] = field(default_factory=list)
    windows: list[int] = field(default_factory=list)
    steady_until: int = 0
    full: int = 0

    def add(self, scored: Scored) -> None:
        """The next act, not older than those before."""
        cap = self.rule.count
        self.acts.append(scored)
        if cap is not None and cap.every is not None:
            self.kept = [self.acts[i] for i in spaced([a.at for a in self.acts], cap.every)]
            self.times = [each.at for each in self.kept]
        else:
            self._keep(scored, cap)
        rule = self.rule
        self.steady_until = self.times[0] + rule.decay.steady if rule.decay.kind != "none" else NEVER
        whole = rule.points * len(self.times)
        self.full = min(whole, rule.cap) if whole > 0 else max(whole, rule.cap)

    def _keep(self, scored: Scored, cap: CountCap | None) -> None:
        window = window_of(cap, scored.day)
        if cap is not None and self.windows.count(window) >= cap.n:
            oldest = self.windows.index(window)
            del self.kept[oldest], self.times[oldest], self.windows[oldest]
        self.kept.append(scored)
        self.times.append(scored.at)
        self.windows.append(window)

    def sum_at(self, at: int) -> int:
        """What the acts that count give together at an instant, under the rule's own cap."""
        if at <= self.steady_until:
            return self.full
        rule = self.rule
        found = left_of(rule.points, rule.decay, self.times, at)
        return found if found < rule.cap else rule.cap


@dataclass(slots=True)
class Tallies:
    """All rules' tallies of one lead."""

    rules: ScoreRules
    by_rule: dict[int, Tally] = field(default_factory=dict)
    by_group: dict[str, list[Tally]] = field(default_factory=dict)

    def add(self, scored: Scored) -> None:
        """The next act, not older than those before."""
        rule = scored.rule
        tally = self.by_rule.get(rule.place)
        if tally is None:
            tally = self.by_rule[rule.place] = Tally(rule)
            self.by_group.setdefault(rule.group, []).append(tally)
        tally.add(scored)

    @property
    def single(self) -> bool:
        """Is there but one act that counts, so that its own fading is that of the sum?"""
        return sum([len(tally.times) for tally in self.by_rule.values()]) == 1

    def in_order(self) -> list[Tally]:
        """The tallies in the order of the rules file."""
        return [self.by_rule[place] for place in sorted(self.by_rule)]

    def intent(self, at: int) -> int:
        """Intent at an instant, thousandths: the same order of clipping as `clip`."""
        caps = self.rules.intent_caps
        positives = penalties = 0
        for group, members in self.by_group.items():
            found = 0
            for tally in members:
                found += tally.full if at <= tally.steady_until else tally.sum_at(at)
            if group == PENALTY:
                penalties = max(found, caps.penalty_floor)
            else:
                cap = caps.groups[group]
                positives += found if found < cap else cap
        known = (positives if positives < caps.cap else caps.cap) + penalties
        return known if known > 0 else 0

    def product(self, at: int) -> int:
        """The product group at an instant, thousandths."""
        group = self.rules.acts.product
        members = self.by_group.get(group)
        if members is None:
            return 0
        return min(sum(tally.sum_at(at) for tally in members), self.rules.intent_caps.groups[group])

    @property
    def stays(self) -> bool:
        """May something be left of what counts, however long one waits? Only steps can end above nothing."""
        return any(tally.rule.decay.stays for tally in self.by_rule.values())

    def steady_until(self) -> int:
        """Up to this instant nothing that counts fades."""
        return min([tally.steady_until for tally in self.by_rule.values()], default=NEVER)

    def half_life(self) -> int:
        """The longest half-life of what counts, in microseconds; a day if nothing has one."""
        spans = [t.rule.decay.span for t in self.by_rule.values() if t.rule.decay.kind == "half_life"]
        return max(spans, default=DAY)

    def fades_until(self, at: int) -> int:
        """The instant after which nothing that counts now can fade any further."""
        ends = [
            tally.times[-1] + lasts for tally in self.by_rule.values() if (lasts := tally.rule.decay.lasts) is not None
        ]
        return max(ends, default=at)
