"""Fit rules, compiled from the file."""

from string import Formatter

from leadline_runtime.core.conditions import compile_condition
from leadline_runtime.core.errors import RulesError
from leadline_runtime.core.matchers import closest
from leadline_score.core.clipping import PENALTY, Caps
from leadline_score.core.known import FACT_FIELDS
from leadline_score.core.rulebook import FitRule, Level
from leadline_score.core.wording import Wording
from leadline_score.rules_file import FitFile, FitRuleFile, LevelFile


def fit_caps(content: FitFile) -> Caps:
    """The caps of fit."""
    groups = {name: group.cap * 1000 for name, group in content.groups.items()}
    return Caps(content.cap * 1000, content.penalty_floor * 1000, groups)


def compile_fit(content: FitFile, file: str) -> tuple[FitRule, ...]:
    """The fit rules in file order. Raises RulesError."""
    found: list[FitRule] = []
    for group, members in content.groups.items():
        if group == PENALTY:
            raise RulesError(file, f"fit.groups.{group}", "is the name of the penalties; give the group another one")
        for name, rule in members.rules.items():
            if any(name == other.name for other in found):
                raise RulesError(file, "fit", f"the rule name {name} stands twice; give each rule its own name")
            found.append(_rule(name, rule, group, len(found), file))
    return tuple(found)


def _rule(name: str, content: FitRuleFile, group: str, place: int, file: str) -> FitRule:
    path = f"fit.groups.{group}.rules.{name}"
    if content.fact not in FACT_FIELDS:
        raise RulesError(file, f"{path}.fact", f"is no known fact; {closest(content.fact, FACT_FIELDS)}")
    why = template(content.why, file, f"{path}.why")
    levels = tuple(
        _level(level, f"fit.{group}.{level.id or name}", why, (file, f"{path}.levels.{index}"))
        for index, level in enumerate(content.levels)
    )
    return FitRule(
        name=name,
        group=group,
        fact=content.fact,
        levels=levels,
        called=content.called or content.fact,
        best=max(level.points for level in content.levels) * 1000,
        place=place,
    )


def _level(content: LevelFile, rule: str, why: Wording, where: tuple[str, str]) -> Level:
    file, path = where
    when = compile_condition(content.when, FACT_FIELDS, file, f"{path}.when")
    return Level(rule, content.points * 1000, when, why, content.words)


def compile_penalties(content: FitFile, file: str) -> tuple[Level, ...]:
    """The penalties of fit in file order. Raises RulesError."""
    found = []
    for name, penalty in content.penalties.items():
        path = f"fit.penalties.{name}"
        when = compile_condition(penalty.when, FACT_FIELDS, file, f"{path}.when")
        why = template(penalty.why, file, f"{path}.why")
        found.append(Level(f"fit.{PENALTY}.{name}", penalty.points * 1000, when, why))
    return tuple(found)


def asked(content: FitFile, rules: tuple[FitRule, ...], penalties: tuple[Level, ...]) -> tuple[str, ...]:
    """The facts that fit looks at, in conditions and in what it says of them."""
    said = [rule.why for group in content.groups.values() for rule in group.rules.values()]
    said += [penalty.why for penalty in content.penalties.values()]
    names = {name for why in said for _, name, _, _ in Formatter().parse(why) if name}
    levels = (*(level for rule in rules for level in rule.levels), *penalties)
    return tuple(sorted(names.union([rule.fact for rule in rules], *[level.when.fields for level in levels])))


def template(written: str, file: str, path: str) -> Wording:
    """`{employees} employees` as what can be said of what is known. Raises RulesError for a name that is no fact."""
    try:
        parts = [(text, name) for text, name, _, _ in Formatter().parse(written)]
    except ValueError:
        raise RulesError(file, path, "has a brace without its partner; write a fact as {title}") from None
    for _, name in parts:
        if name is not None and name not in FACT_FIELDS:
            raise RulesError(file, path, f"names no known fact in braces; {closest(name, FACT_FIELDS)}")
    return Wording(parts)
