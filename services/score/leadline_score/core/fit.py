"""Fit: who they are. Facts do not decay; an unknown fact is a gap, not evidence (rules B3.10)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from leadline_schemas.scored import Contribution, Dimension, Gap
from leadline_score.core.clipping import PENALTY, Entry, Sums, clip, told
from leadline_score.core.exact import text
from leadline_score.core.rulebook import Level, ScoreRules

_NO_CAP = 1 << 60


@dataclass(slots=True)
class Fact:
    """A fit rule's answer on its way through the caps."""

    entry: Entry
    level: Level
    why: str


@dataclass(frozen=True, slots=True)
class Fit:
    """The judgement of who somebody is."""

    sums: Sums
    facts: tuple[Fact, ...]
    gaps: tuple[Gap, ...]

    @property
    def matched(self) -> tuple[str, ...]:
        """The names of the answers that hold, as `decision_maker`."""
        return tuple(fact.level.rule.rpartition(".")[2] for fact in self.facts)


def judge_fit(values: Mapping[str, Any], rules: ScoreRules) -> Fit:
    """Fit from what is known."""
    facts: list[Fact] = []
    gaps: list[Gap] = []
    for rule in rules.fit:
        if values.get(rule.fact) is None:
            gaps.append(rule.gap)
        for level in rule.levels:
            if level.when.check(values):
                entry = Entry(rule.name, rule.group, level.points, level.points, rule.order)
                facts.append(Fact(entry, level, level.why(values)))
                break
    for level in rules.fit_penalties:
        if level.when.check(values):
            facts.append(Fact(Entry(level.rule, PENALTY, level.points, _NO_CAP), level, level.why(values)))
    sums = clip([fact.entry for fact in facts], rules.fit_caps)
    groups = {group: sums.groups.get(group, (0, 0)) for group in (*rules.fit_caps.groups, PENALTY)}
    sums.groups = groups
    return Fit(sums, tuple(facts), tuple(gaps))


def fit_dimension(fit: Fit) -> Dimension:
    """Fit as the scorecard carries it."""
    sums = fit.sums
    return Dimension(
        value=text(sums.value),
        known=text(sums.known),
        contributions=tuple(_contribution(fact) for fact in fit.facts),
        groups=told(sums.groups),
        positives=text(sums.positives),
        after_cap=text(sums.after_cap),
        penalties=text(sums.penalties),
    )


def _contribution(fact: Fact) -> Contribution:
    entry = fact.entry
    points = text(entry.points)
    return Contribution(
        rule=fact.level.rule,
        group=entry.group,
        raw=entry.points // 1000,
        decayed=points,
        after_rule=text(entry.after_rule),
        after_group=text(entry.after_group),
        counted=text(entry.counted),
        why=fact.why,
    )
