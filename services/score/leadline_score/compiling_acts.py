"""Act rules, compiled from the file and indexed by what they are looked up with."""

from datetime import timedelta

from leadline_runtime.core.conditions import compile_condition
from leadline_runtime.core.errors import RulesError
from leadline_score.core.clipping import BOTTOMLESS, PENALTY, Caps
from leadline_score.core.counting import parse_count
from leadline_score.core.decay import FOREVER, Decay
from leadline_score.core.matching import ACT_FIELDS
from leadline_score.core.rulebook import ActRule, ActRules, Match
from leadline_score.rules_file import ActFile, ActPenaltyFile, ActRuleFile, DecayFile, IntentFile

_MICROSECOND = timedelta(microseconds=1)


def intent_caps(content: IntentFile) -> Caps:
    """The caps of intent."""
    groups = {name: group.cap * 1000 for name, group in content.groups.items()}
    return Caps(content.cap * 1000, content.penalty_floor * 1000, groups)


def compile_acts(content: IntentFile, product: str, file: str) -> ActRules:
    """The act rules. `product` is the group that makes a PQL. Raises RulesError."""
    _sound(content, product, file)
    by_request: dict[str, list[Match]] = {}
    by_kind: dict[str, list[Match]] = {}
    place = sum(len(group.rules) for group in content.groups.values())
    for name, penalty in content.penalties.items():
        _index(penalty, _penalty(name, penalty, place), by_request, by_kind, (file, f"intent.penalties.{name}"))
        place += 1
    place = 0
    for group_name, group in content.groups.items():
        inherited = group.decay or content.decay
        for name, each in group.rules.items():
            rule = _rule(name, group_name, each, place, _decay(each.decay or inherited))
            _index(each, rule, by_request, by_kind, (file, f"intent.groups.{group_name}.rules.{name}"))
            place += 1
    matches = [match for index in (by_request, by_kind) for found in index.values() for match in found]
    half_lives = [match.rule.decay.span for match in matches if match.rule.decay.kind == "half_life"]
    return ActRules(
        {request: tuple(matches) for request, matches in by_request.items()},
        {kind: tuple(matches) for kind, matches in by_kind.items()},
        product,
        shortest=min(half_lives, default=1),
    )


def _sound(content: IntentFile, product: str, file: str) -> None:
    if PENALTY in content.groups:
        raise RulesError(file, f"intent.groups.{PENALTY}", "is the name of the penalties; give the group another one")
    if product not in content.groups:
        raise RulesError(file, "bands.pql.group", f"names no group of intent; known: {', '.join(content.groups)}")
    names = [name for group in content.groups.values() for name in group.rules] + list(content.penalties)
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise RulesError(file, "intent", f"the rule name {twice[0]} stands twice; give each rule its own name")


def _rule(name: str, group: str, content: ActRuleFile, place: int, decay: Decay) -> ActRule:
    return ActRule(
        rule=f"intent.{group}.{name}",
        name=name,
        group=group,
        place=place,
        points=content.points * 1000,
        cap=(content.cap or content.points) * 1000,
        count=parse_count(content.count) if content.count else None,
        decay=decay,
        words=content.words,
        noun=content.noun,
        named=content.named,
    )


def _penalty(name: str, content: ActPenaltyFile, place: int) -> ActRule:
    return ActRule(
        rule=f"intent.{PENALTY}.{name}",
        name=name,
        group=PENALTY,
        place=place,
        points=content.points * 1000,
        cap=BOTTOMLESS if content.floor is None else content.floor * 1000,
        count=parse_count(content.count) if content.count else None,
        decay=FOREVER,
        words=content.words,
        noun=content.noun,
    )


def _decay(content: DecayFile) -> Decay:
    grace = (content.grace or timedelta()) // _MICROSECOND
    if content.half_life is not None:
        return Decay("half_life", content.half_life // _MICROSECOND, grace)
    if content.linear is not None:
        return Decay("linear", content.linear // _MICROSECOND, grace)
    steps = tuple((age // _MICROSECOND, left) for age, left in content.steps.items())
    return Decay("steps", grace=grace, steps=steps)


def _index(
    content: ActFile,
    rule: ActRule,
    by_request: dict[str, list[Match]],
    by_kind: dict[str, list[Match]],
    where: tuple[str, str],
) -> None:
    file, path = where
    condition = None if content.when is None else compile_condition(content.when, ACT_FIELDS, file, f"{path}.when")
    match = Match(rule, condition)
    if content.request is not None:
        by_request.setdefault(content.request, []).append(match)
    kinds = content.kind or ()
    for kind in (kinds,) if isinstance(kinds, str) else kinds:
        by_kind.setdefault(kind, []).append(match)
