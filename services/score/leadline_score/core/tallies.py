"""Each rule's acts so far and which of them count, kept up act by act, oldest first, and their sum at any instant."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any

from leadline_schemas.activity import Activity
from leadline_score.core.clipping import PENALTY
from leadline_score.core.counting import spaced, window_of
from leadline_score.core.decay import decayed
from leadline_score.core.exact import microseconds
from leadline_score.core.rulebook import ActRule, ScoreRules


@dataclass(frozen=True, slots=True)
class Scored:
    """An act with the rule it counts under. `order` grows with time; at one time the smaller id is the greater."""

    act: Activity
    rule: ActRule
    at: int
    order: tuple[int, int]


@dataclass(slots=True)
class Tally:
    """One rule's acts in order; `kept` are those that the count cap lets count."""

    rule: ActRule
    zone: tzinfo
    acts: list[Scored] = field(default_factory=list)
    kept: list[Scored] = field(default_factory=list)
    windows: list[int] = field(default_factory=list)

    def add(self, scored: Scored) -> None:
        """The next act, not older than those before."""
        cap = self.rule.count
        self.acts.append(scored)
        if cap is not None and cap.every is not None:
            self.kept = [self.acts[i] for i in spaced([a.at for a in self.acts], cap.every)]
            return
        window = window_of(cap, scored.at, self.zone)
        if cap is not None and self.windows.count(window) >= cap.n:
            oldest = self.windows.index(window)
            del self.kept[oldest], self.windows[oldest]
        self.kept.append(scored)
        self.windows.append(window)

    def sum_at(self, at: int) -> int:
        """What the acts that count give together at an instant, under the rule's own cap for gains."""
        rule = self.rule
        points, decay = rule.points, rule.decay
        found = sum(decayed(points, decay, at - each.at) for each in self.kept)
        return min(found, rule.cap) if points > 0 else found


@dataclass(slots=True)
class Tallies:
    """All rules' tallies of one lead."""

    rules: ScoreRules
    by_rule: dict[int, Tally] = field(default_factory=dict)

    def add(self, scored: Scored) -> None:
        """The next act, not older than those before."""
        tally = self.by_rule.get(scored.rule.place)
        if tally is None:
            tally = self.by_rule[scored.rule.place] = Tally(scored.rule, self.rules.zone)
        tally.add(scored)

    def in_order(self) -> list[Tally]:
        """The tallies in the order of the rules file."""
        return [self.by_rule[place] for place in sorted(self.by_rule)]

    def values(self, at: int) -> tuple[int, int]:
        """Intent and the product group at an instant, thousandths: the same order of clipping as `clip`."""
        caps, acts = self.rules.intent_caps, self.rules.acts
        sums: dict[int, int] = {}
        penalties = 0
        for tally in self.by_rule.values():
            if tally.rule.points > 0:
                slot = tally.rule.slot
                sums[slot] = sums.get(slot, 0) + tally.sum_at(at)
            else:
                penalties += tally.sum_at(at)
        positives = product = 0
        for slot, found in sums.items():
            clipped = min(found, caps.groups[acts.slots[slot]])
            positives += clipped
            if slot == acts.product:
                product = clipped
        return max(0, min(positives, caps.cap) + max(penalties, caps.penalty_floor)), product

    def fades_until(self, at: int) -> int:
        """The instant after which nothing that counts now can fade any further."""
        ends = [
            tally.kept[-1].at + lasts
            for tally in self.by_rule.values()
            if tally.kept and (lasts := tally.rule.decay.lasts) is not None
        ]
        return max(ends, default=at)


def assign(acts: Iterable[Activity], rules: ScoreRules) -> list[Scored]:
    """The acts that some rule speaks of, in order of time."""
    found = []
    for act in acts:
        rule = rule_of(act, rules)
        if rule is not None:
            at = microseconds(act.occurred_at)
            found.append(Scored(act, rule, at, (at, -act.id.int)))
    found.sort(key=_order)
    return found


def rule_of(act: Activity, rules: ScoreRules) -> ActRule | None:
    """The rule an act counts under; None if none speaks of it."""
    candidates = rules.acts.by_request.get(act.request_type or "", ()) + rules.acts.by_kind.get(act.kind, ())
    asked: dict[str, Any] | None = None
    for match in candidates:
        if match.when is None:
            return match.rule
        asked = asked or told_of(act)
        if match.when.holds(asked):
            return match.rule
    return None


def told_of(act: Activity) -> dict[str, Any]:
    """What a condition may ask of an act."""
    return {
        "tag": act.tag,
        "name": act.name,
        "reason": act.reason,
        "purpose": act.purpose,
        "channel": act.channel,
        "direction": act.direction,
        "actor": act.actor.kind,
        "to": act.to,
        "source": act.source,
    }


ACT_FIELDS = frozenset({"tag", "name", "reason", "purpose", "channel", "direction", "actor", "to", "source"})


def is_penalty(rule: ActRule) -> bool:
    """Does the rule take points away?"""
    return rule.group == PENALTY


def _order(scored: Scored) -> tuple[int, int]:
    return scored.order
