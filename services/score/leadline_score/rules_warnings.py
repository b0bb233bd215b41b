"""What is probably not meant in a scoring.yaml that may be used: what never counts, and bands out of reach."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from leadline_runtime.core.errors import RulesError
from leadline_runtime.rules import parse
from leadline_score.core.clipping import PENALTY, Caps
from leadline_score.core.counterfactual import act_rules
from leadline_score.core.rulebook import ActRule, ScoreRules
from leadline_score.core.witnesses import answers, example, instead
from leadline_score.rules_file import BandsFile, ScoringFile

FILE = "scoring.yaml"
_SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)


def warnings(contents: Mapping[str, Any], rules: ScoreRules) -> Sequence[RulesError]:
    """The warnings about rules that were compiled from these contents, in the order of the file."""
    content = parse(ScoringFile, contents[FILE], FILE)
    told = [*_levels(rules), *_fit_caps(content), *_acts(rules), *_floors(content), *_bands(content, rules)]
    return [RulesError(FILE, path, problem) for path, problem in told]


Told = Iterator[tuple[str, str]]


def _levels(rules: ScoreRules) -> Told:
    for rule in rules.fit:
        for place in range(len(rule.levels)):
            if next(answers(rule, place, {}), None) is None:
                path = f"fit.groups.{rule.group}.rules.{rule.name}.levels.{place}"
                yield path, "never counts: what fits it fits a level before it; put the narrower level first"


def _fit_caps(content: ScoringFile) -> Told:
    for name, group in content.fit.groups.items():
        for rule_name, rule in group.rules.items():
            best = max(level.points for level in rule.levels)
            if best > group.cap:
                path = f"fit.groups.{name}.rules.{rule_name}"
                yield path, f"gives up to {best} points, of which the group's cap lets {group.cap} count"


def _acts(rules: ScoreRules) -> Told:
    for rule in act_rules(rules):
        if example(rule, rules, _SOME_DAY) is None:
            other = instead(rule, rules, _SOME_DAY)
            under = f"under {other.name}" if other else "under no rule"
            yield _path(rule), f"never counts: an act that it speaks of counts {under}; put the narrower rule first"
        cap = rules.intent_caps.groups.get(rule.group)
        if cap is not None and rule.points > cap:
            yield _path(rule), f"gives {rule.points // 1000} points, of which the group's cap lets {cap // 1000} count"


def _path(rule: ActRule) -> str:
    if rule.group == PENALTY:
        return f"intent.penalties.{rule.name}"
    return f"intent.groups.{rule.group}.rules.{rule.name}"


def _floors(content: ScoringFile) -> Told:
    fit = {name: penalty.points for name, penalty in content.fit.penalties.items()}
    intent = {name: penalty.points for name, penalty in content.intent.penalties.items()}
    for dimension, floor, penalties in (
        ("fit", content.fit.penalty_floor, fit),
        ("intent", content.intent.penalty_floor, intent),
    ):
        for name, points in penalties.items():
            if points < floor:
                yield f"{dimension}.penalties.{name}", f"takes {-points} points; penalty_floor lets {-floor} count"


def _bands(content: ScoringFile, rules: ScoreRules) -> Told:
    bands, fit = content.bands, _most(rules.fit_caps, [(rule.group, rule.best) for rule in rules.fit])
    gains = [(rule.group, rule.cap) for rule in act_rules(rules) if rule.points > 0]
    intent = _most(rules.intent_caps, gains)
    product = sum(cap for group, cap in gains if group == bands.pql.group)
    whole = min(content.total.cap, fit + intent)
    for path, enter, most, of in (
        *[(f"bands.letter.{name}", band.enter, fit, "fit") for name, band in bands.letter.items()],
        *[(f"bands.digit.{name}", band.enter, intent, "intent") for name, band in bands.digit.items()],
        *_mql(bands, fit, intent, whole),
        ("bands.pql", bands.pql.enter, min(product, rules.intent_caps.groups[bands.pql.group]) // 1000, "the group"),
        ("bands.fast_track", bands.fast_track.enter, whole, "the total"),
    ):
        if enter > most:
            yield path, f"is out of reach: {of} is {most} at most, and it takes {enter}"


def _mql(bands: BandsFile, fit: int, intent: int, whole: int) -> Iterator[tuple[str, int, int, str]]:
    preset = bands.presets[bands.mql.preset]
    yield f"bands.presets.{bands.mql.preset}", preset.enter, whole, "the total"
    yield "bands.mql.fit", bands.mql.fit, fit, "fit"
    yield "bands.mql.intent", bands.mql.intent, intent, "intent"


def _most(caps: Caps, gains: Sequence[tuple[str, int]]) -> int:
    """The most that a dimension can come to, in points."""
    groups = [min(cap, sum(gain for group, gain in gains if group == name)) for name, cap in caps.groups.items()]
    return min(caps.cap, sum(groups)) // 1000
