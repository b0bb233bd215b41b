"""Which rule an act counts under: the first that fits, by what was requested, then by its kind, penalties first."""

from collections.abc import Iterable
from operator import attrgetter
from typing import Any, Final

from leadline_runtime.core.values import dataclass
from leadline_schemas.activity import Activity
from leadline_score.core.exact import microseconds
from leadline_score.core.rulebook import ActRule, ScoreRules

_REMEMBERED: Final = 4096  # answers; the memory of older ones is given up
_WHEN: Final = attrgetter("at")


@dataclass(slots=True, init=False)
class Scored:
    """An act with the rule it counts under, when it happened (microseconds) and the `number` that its id is."""

    at: int
    number: int
    act: Activity
    rule: ActRule
    automated: bool

    # Written out, as those that dataclasses write stay interpreted in the compiled form.
    def __init__(self, at: int, number: int, act: Activity, rule: ActRule, automated: bool) -> None:
        self.at = at
        self.number = number
        self.act = act
        self.rule = rule
        self.automated = automated


def assign(acts: Iterable[Activity], rules: ScoreRules) -> list[Scored]:
    """The acts that some rule speaks of, in order of time; of one time the smaller id is the newer, and stands last."""
    asks, memory = rules.acts.asks, rules.acts.memory
    found: list[Scored] = []
    for act in acts:
        said: dict[str, Any] = act.__dict__  # its fields by name: all that any act is asked for here
        asked = asks(said)
        rule = memory.get(asked)
        if rule is None and asked not in memory:
            rule = _remember(asked, act, rules)
        if rule is not None:
            found.append(Scored(microseconds(said["occurred_at"]), said["id"].int, act, rule, said["automated"]))
    found.sort(key=_WHEN)
    before = -1
    for scored in found:
        if scored.at == before:  # ids are looked at only where they decide
            found.sort(key=_when_and_number)
            break
        before = scored.at
    return found


def _when_and_number(scored: Scored) -> tuple[int, int]:
    return scored.at, -scored.number


def _remember(asked: tuple[Any, ...], act: Activity, rules: ScoreRules) -> ActRule | None:
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
ACT_FIELDS: Final = frozenset({"tag", "name", "reason", "purpose", "channel", "direction", "to", "source"})
