"""Which rule an act counts under: the first that fits, by what was requested, then by its kind, penalties first."""

from collections.abc import Iterable
from operator import attrgetter
from typing import Any, Final

from leadline_runtime.core.values import dataclass
from leadline_schemas.activity import Activity
from leadline_score.core.exact import microseconds
from leadline_score.core.rulebook import ActRule, ActRules, ScoreRules

_WHEN: Final = attrgetter("at")


@dataclass(slots=True, init=False)
class Scored:
    """An act with the rule it counts under, when it happened (microseconds), on which `day` of the company's zone (its
    ordinal), and the `number` that its id is.
    """

    at: int
    day: int
    number: int
    act: Activity
    rule: ActRule
    automated: bool

    # Written out, as those that dataclasses write stay interpreted in the compiled form.
    def __init__(self, at: int, day: int, number: int, act: Activity, rule: ActRule, automated: bool) -> None:
        self.at = at
        self.day = day
        self.number = number
        self.act = act
        self.rule = rule
        self.automated = automated


def assign(acts: Iterable[Activity], rules: ScoreRules) -> list[Scored]:
    """The acts that some rule speaks of, in order of time; of one time the smaller id is the newer, and stands last."""
    indexes, days = rules.acts, rules.days
    found: list[Scored] = []
    for act in acts:
        said: dict[str, Any] = act.__dict__  # its fields by name: all that any act is asked for here
        rule = _rule_of(said, indexes)
        if rule is not None:
            at = microseconds(said["occurred_at"])
            found.append(Scored(at, days.ordinal(at), said["id"].int, act, rule, said["automated"]))
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
