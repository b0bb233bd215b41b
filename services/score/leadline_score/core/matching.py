"""Which rule an act counts under: the first that fits, by what was requested, then by its kind, penalties first."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from leadline_schemas.activity import Activity
from leadline_score.core.exact import microseconds
from leadline_score.core.rulebook import ActRule, ScoreRules

_REMEMBERED = 4096  # answers; the memory of older ones is given up


class Scored(NamedTuple):
    """An act with the rule it counts under. Greater is newer; at one time the one with the smaller id (`tie`) is."""

    at: int
    tie: int
    act: Activity
    rule: ActRule


def assign(acts: Iterable[Activity], rules: ScoreRules) -> list[Scored]:
    """The acts that some rule speaks of, in order of time."""
    asks, memory = rules.acts.asks, rules.acts.memory
    found = []
    for act in acts:
        said = vars(act)  # its fields by name: all that any act is asked for here
        asked = asks(said)
        rule = memory[asked] if asked in memory else _remember(asked, act, rules)
        if rule is not None:
            found.append(Scored(microseconds(said["occurred_at"]), -said["id"].int, act, rule))
    found.sort()
    return found


def _remember(asked: Any, act: Activity, rules: ScoreRules) -> ActRule | None:
    """Acts that agree in all that any rule asks count under the same rule: most share theirs with many others."""
    memory = rules.acts.memory
    if len(memory) >= _REMEMBERED:
        memory.clear()
    found = memory[asked] = rule_of(act, rules)
    return found


def rule_of(act: Activity, rules: ScoreRules) -> ActRule | None:
    """The rule an act counts under; None if none speaks of it."""
    indexes = rules.acts
    if act.request_type is not None:
        for match in indexes.by_request.get(act.request_type, ()):
            if match.when is None or match.when.check(vars(act)):
                return match.rule
    for match in indexes.by_kind.get(act.kind, ()):
        if match.when is None or match.when.check(vars(act)):
            return match.rule
    return None


# What a condition may ask of an act: fields of Activity.
ACT_FIELDS = frozenset({"tag", "name", "reason", "purpose", "channel", "direction", "to", "source"})
