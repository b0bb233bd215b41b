"""Fit: who they are. Facts do not decay; an unknown fact is a gap, not evidence (rules B3.10).

All but the words depends on which answers hold and which facts are unknown alone, of which rules know few ways: the
caps, gaps and sums of each are worked out once.
"""

from collections.abc import Mapping
from typing import Any, Final

from leadline_runtime.core.values import dataclass
from leadline_schemas.event import filled
from leadline_schemas.scored import Contribution, Dimension, Gap
from leadline_score.core.clipping import BOTTOMLESS, PENALTY, Entry, Sums, clip, told
from leadline_score.core.compiling import mypyc_attr
from leadline_score.core.exact import plain, text
from leadline_score.core.rulebook import FitRule, Level, ScoreRules

WORTH_TELLING: Final = 10  # points: smaller gaps are in the list only
_REMEMBERED: Final = 4096  # leads' facts, and ways of answering the rules; the memory of older ones is given up
_dimension_of: Final = filled(Dimension)
_contribution_of: Final = Contribution


@mypyc_attr(acyclic=True)
@dataclass(slots=True, init=False)
class Fit:
    """The judgement of who somebody is: `value` in thousandths, `known` before its floor, `matched` the names of the
    answers that hold, as `decision_maker`, `terms` and `missing` what the explanation says of what is known and of what
    is not, `dimension` what the scorecard carries.
    """

    value: int
    known: int
    gaps: tuple[Gap, ...]
    matched: tuple[str, ...]
    terms: tuple[str, ...]
    missing: str
    dimension: Dimension

    # Written out, as those that dataclasses write stay interpreted in the compiled form.
    def __init__(self, way: "_Way", terms: tuple[str, ...], dimension: Dimension) -> None:
        self.value = way.value
        self.known = way.known
        self.gaps = way.gaps
        self.matched = way.matched
        self.terms = terms
        self.missing = way.missing
        self.dimension = dimension


class _Told:
    """An answer that holds: its contribution but for the reason, and what the explanation adds to the reason (`points`;
    empty for an answer of which nothing counts).
    """

    def __init__(self, level: Level, entry: Entry) -> None:
        self.level = level
        self.group = entry.group
        self.points = f" {plain(entry.counted)}" if entry.counted else ""
        self.raw, self.decayed, self.counted = entry.points // 1000, text(entry.points), text(entry.counted)
        self.after_rule, self.after_group = text(entry.after_rule), text(entry.after_group)

    def contribution(self, why: str) -> Contribution:
        """As the scorecard carries it."""
        return _contribution_of(
            self.level.rule,
            self.group,
            None,
            None,
            self.raw,
            self.decayed,
            self.after_rule,
            self.after_group,
            self.counted,
            why,
        )


class _Way:
    """One way in which the rules may be answered, and all that follows from it."""

    def __init__(self, told_of: list[_Told], sums: Sums, gaps: tuple[Gap, ...]) -> None:
        self.told = told_of
        self.value, self.known, self.gaps, self.missing = sums.value, sums.known, gaps, _missing(gaps)
        self.matched = tuple([each.level.rule.rpartition(".")[2] for each in told_of])
        self.dimension = {
            "value": text(sums.value),
            "known": text(sums.known),
            "contributions": (),
            "rules": {},
            "groups": told(sums.groups),
            "positives": text(sums.positives),
            "after_cap": text(sums.after_cap),
            "penalties": text(sums.penalties),
            "not_counted": (),
        }


def judge_fit(values: dict[str, Any], rules: ScoreRules) -> Fit:
    """Fit from what is known. Answered from memory for facts that were judged before: most leads share theirs."""
    memory = rules.fits
    asked = tuple([values.get(name) for name in rules.fit_asks])
    found: Fit | None = memory.get(asked)
    if found is None:
        if len(memory) >= _REMEMBERED:
            memory.clear()
        found = memory[asked] = _judge(values, rules)
    return found


def _judge(values: dict[str, Any], rules: ScoreRules) -> Fit:
    way = _way(values, rules)
    contributions: list[Contribution] = []
    terms: list[str] = []
    for each in way.told:
        why = each.level.why.of(values)
        contributions.append(each.contribution(why))
        if each.points:
            terms.append(f"{each.level.words or why}{each.points}")
    dimension = _dimension_of({**way.dimension, "contributions": tuple(contributions)})
    return Fit(way, tuple(terms), dimension)


def _way(values: dict[str, Any], rules: ScoreRules) -> _Way:
    """The way in which these facts answer the rules."""
    answers: list[int] = []
    for rule in rules.fit:
        answers.append(-1 if values.get(rule.fact) is None else 0)
        answers.append(rule.answers.first(values))
    for penalty in rules.fit_penalties:
        answers.append(penalty.answers.first(values))
    memory, asked = rules.ways, tuple(answers)
    found: _Way | None = memory.get(asked)
    if found is None:
        if len(memory) >= _REMEMBERED:
            memory.clear()
        found = memory[asked] = _worked_out(answers, rules)
    return found


def _worked_out(answers: list[int], rules: ScoreRules) -> _Way:
    levels: list[Level] = []
    entries: list[Entry] = []
    unknown: dict[str, list[FitRule]] = {}
    for rule in rules.fit:
        known, place = answers[2 * rule.place], answers[2 * rule.place + 1]
        if known < 0:
            unknown.setdefault(rule.called, []).append(rule)
        if place < len(rule.levels):
            level = rule.levels[place]
            levels.append(level)
            entries.append(Entry(rule.name, rule.group, level.points, level.points, number=rule.place))
    for level, holds in zip(rules.fit_penalties, answers[2 * len(rules.fit) :], strict=True):
        if holds == 0:
            levels.append(level)
            entries.append(Entry(level.rule, PENALTY, level.points, BOTTOMLESS))
    sums = clip(entries, rules.fit_caps)
    sums.groups = {group: sums.groups.get(group, (0, 0)) for group in (*rules.fit_caps.groups, PENALTY)}
    told_of = [_Told(level, entry) for level, entry in zip(levels, entries, strict=True)]
    return _Way(told_of, sums, _gaps(unknown, entries, sums, rules))


def _gaps(unknown: Mapping[str, list[FitRule]], entries: list[Entry], sums: Sums, rules: ScoreRules) -> tuple[Gap, ...]:
    """The unknown facts, each with what its best answers would add to the gains, after all caps (rules B3.10).

    Penalties and the dimension's floor are not looked at: what is known already would be taken off it again.
    """
    found = []
    for called, answers in unknown.items():
        names = {rule.name for rule in answers}
        others = [Entry(e.rule, e.group, e.points, e.cap) for e in entries if e.points > 0 and e.rule not in names]
        best = [Entry(rule.name, rule.group, rule.best, rule.best) for rule in answers]
        gain = clip([*others, *best], rules.fit_caps).after_cap - sums.after_cap
        found.append(Gap(fact=called, worth_up_to=max(0, gain) // 1000))
    return tuple(found)


def _missing(gaps: tuple[Gap, ...]) -> str:
    worth = sorted([gap for gap in gaps if gap.worth_up_to >= WORTH_TELLING], key=lambda gap: -gap.worth_up_to)
    said = ", ".join([f"{gap.fact} unknown, worth up to {gap.worth_up_to}" for gap in worth])
    return f"; {said}" if said else ""
