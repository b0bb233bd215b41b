"""Fit: who they are. Facts do not decay; an unknown fact is a gap, not evidence (rules B3.10)."""

from collections.abc import Mapping
from typing import Any

from leadline_runtime.core.values import dataclass
from leadline_schemas.event import trusted
from leadline_schemas.scored import Contribution, Dimension, Gap
from leadline_score.core.clipping import BOTTOMLESS, PENALTY, Entry, Sums, clip, told
from leadline_score.core.exact import plain, text
from leadline_score.core.rulebook import FitRule, Level, ScoreRules

_REMEMBERED = 4096  # leads' facts; the memory of older ones is given up
_contribution_of, _dimension_of = trusted(Contribution), trusted(Dimension)


@dataclass(slots=True)
class Fact:
    """A fit rule's answer on its way through the caps."""

    entry: Entry
    level: Level
    why: str


@dataclass(frozen=True, slots=True)
class Fit:
    """The judgement of who somebody is: `value` in thousandths, `known` before its floor, `matched` the names of the
    answers that hold, as `decision_maker`, `terms` what the explanation says, `dimension` what the scorecard carries.
    """

    value: int
    known: int
    gaps: tuple[Gap, ...]
    matched: tuple[str, ...]
    terms: tuple[str, ...]
    dimension: Dimension


def judge_fit(values: Mapping[str, Any], rules: ScoreRules) -> Fit:
    """Fit from what is known. Answered from memory for facts that were judged before: most leads share theirs."""
    memory = rules.fits
    asked = tuple([values.get(name) for name in rules.fit_asks])
    found: Fit | None = memory.get(asked)
    if found is None:
        if len(memory) >= _REMEMBERED:
            memory.clear()
        found = memory[asked] = _judge(values, rules)
    return found


def _judge(values: Mapping[str, Any], rules: ScoreRules) -> Fit:
    facts: list[Fact] = []
    for rule in rules.fit:
        for level in rule.levels:
            if level.when.check(values):
                entry = Entry(rule.name, rule.group, level.points, level.points, rule.order)
                facts.append(Fact(entry, level, level.why(values)))
                break
    for level in rules.fit_penalties:
        if level.when.check(values):
            facts.append(Fact(Entry(level.rule, PENALTY, level.points, BOTTOMLESS), level, level.why(values)))
    sums = clip([fact.entry for fact in facts], rules.fit_caps)
    sums.groups = {group: sums.groups.get(group, (0, 0)) for group in (*rules.fit_caps.groups, PENALTY)}
    return Fit(
        value=sums.value,
        known=sums.known,
        gaps=_gaps(values, [fact.entry for fact in facts], sums, rules),
        matched=tuple([fact.level.rule.rpartition(".")[2] for fact in facts]),
        terms=tuple(
            [f"{fact.level.words or fact.why} {plain(fact.entry.counted)}" for fact in facts if fact.entry.counted]
        ),
        dimension=_dimension(facts, sums),
    )


def _gaps(values: Mapping[str, Any], entries: list[Entry], sums: Sums, rules: ScoreRules) -> tuple[Gap, ...]:
    """The unknown facts, each with what its best answers would add to the gains, after all caps (rules B3.10).

    Penalties and the dimension's floor are not looked at: what is known already would be taken off it again.
    """
    unknown: dict[str, list[FitRule]] = {}
    for rule in rules.fit:
        if values.get(rule.fact) is None:
            unknown.setdefault(rule.called, []).append(rule)
    found = []
    for called, answers in unknown.items():
        names = {rule.name for rule in answers}
        others = [Entry(e.rule, e.group, e.points, e.cap) for e in entries if e.points > 0 and e.rule not in names]
        best = [Entry(rule.name, rule.group, rule.best, rule.best) for rule in answers]
        gain = clip([*others, *best], rules.fit_caps).after_cap - sums.after_cap
        found.append(Gap(fact=called, worth_up_to=max(0, gain) // 1000))
    return tuple(found)


def _dimension(facts: list[Fact], sums: Sums) -> Dimension:
    return _dimension_of(
        value=text(sums.value),
        known=text(sums.known),
        contributions=tuple([_contribution(fact) for fact in facts]),
        groups=told(sums.groups),
        positives=text(sums.positives),
        after_cap=text(sums.after_cap),
        penalties=text(sums.penalties),
    )


def _contribution(fact: Fact) -> Contribution:
    entry = fact.entry
    points = text(entry.points)
    return _contribution_of(
        rule=fact.level.rule,
        group=entry.group,
        raw=entry.points // 1000,
        decayed=points,
        after_rule=text(entry.after_rule),
        after_group=text(entry.after_group),
        counted=text(entry.counted),
        why=fact.why,
    )
