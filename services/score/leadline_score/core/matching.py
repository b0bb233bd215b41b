"""Which rule an act counts under: the first that fits, by what was requested, then by its kind, penalties first."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from leadline_runtime.core.values import dataclass
from leadline_schemas.activity import Activity
from leadline_score.core.compiling import mypyc_attr
from leadline_score.core.days import LocalDays
from leadline_score.core.exact import microseconds
from leadline_score.core.rulebook import ActRule, ActRules, ScoreRules


@mypyc_attr(acyclic=True)
@dataclass(slots=True, init=False)
class Scored:
    """An act with the rule it counts under, when it happened (microseconds), on which `day` of the company's zone (its
    ordinal), and the `number` that its id is. `id` and `occurred_at` are the act's own.
    """

    at: int
    day: int
    number: int
    id: UUID
    occurred_at: datetime
    act: Activity
    rule: ActRule
    automated: bool

    # Written out, as those that dataclasses write stay interpreted in the compiled form.
    def __init__(self, act: Activity, said: dict[str, Any], rule: ActRule, days: LocalDays) -> None:
        self.id = said["id"]
        self.occurred_at = said["occurred_at"]
        self.at = at = microseconds(self.occurred_at)
        self.day = days.ordinal(at)
        self.number = self.id.int
        self.act = act
        self.rule = rule
        self.automated = said["automated"]


def assign(acts: Iterable[Activity], rules: ScoreRules) -> list[Scored]:
    """The acts that some rule speaks of, in order of time; of one time the smaller id is the newer, and stands last."""
    indexes, days = rules.acts, rules.days
    found: list[Scored] = []
    for act in acts:
        said: dict[str, Any] = act.__dict__  # its fields by name: all that any act is asked for here
        rule = _rule_of(said, indexes)
        if rule is not None:
            _put(Scored(act, said, rule, days), found)
    return found


def _put(scored: Scored, found: list[Scored]) -> None:
    """Put an act into its place among others in order. Most come in order, and there are hundreds at most: to sort them
    in the end would take a call for each.
    """
    at, number = scored.at, scored.number
    low, high = 0, len(found)
    if high > 0 and at > found[high - 1].at:
        low = high
    while low < high:
        middle = (low + high) >> 1
        other = found[middle]
        if at < other.at or (at == other.at and number > other.number):
            high = middle
        else:
            low = middle + 1
    found.insert(low, scored)


def rule_of(act: Activity, rules: ScoreRules) -> ActRule | None:
    """The rule an act counts under; None if none speaks of it."""
    return _rule_of(act.__dict__, rules.acts)


def _rule_of(said: dict[str, Any], indexes: ActRules) -> ActRule | None:
    request = said["request_type"]
    if request is not None:
        for match in indexes.by_request.get(request, ()):
            if match.when is None or match.when.check(said):
                return match.rule
    kind = indexes.kinds.get(said["kind"])
    return None if kind is None else kind.rule_of(said)


# What a condition may ask of an act: fields of Activity.
ACT_FIELDS: Final = frozenset({"tag", "name", "reason", "purpose", "channel", "direction", "to", "source"})
