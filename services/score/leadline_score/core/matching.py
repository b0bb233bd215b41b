"""Which rule an act counts under: the first that fits, by what was requested, then by its kind, penalties first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from leadline_schemas.activity import Activity
from leadline_score.core.exact import microseconds
from leadline_score.core.rulebook import ActRule, ScoreRules


@dataclass(slots=True)
class Scored:
    """An act with the rule it counts under. `order` grows with time; at one time the smaller id is the greater.

    `day` is its date in the company's zone.
    """

    act: Activity
    rule: ActRule
    at: int
    order: tuple[int, int]
    day: date


def assign(acts: Iterable[Activity], rules: ScoreRules) -> list[Scored]:
    """The acts that some rule speaks of, in order of time."""
    found = []
    for act in acts:
        rule = rule_of(act, rules)
        if rule is not None:
            at = microseconds(act.occurred_at)
            found.append(Scored(act, rule, at, (at, -act.id.int), act.occurred_at.astimezone(rules.zone).date()))
    found.sort(key=_order)
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


def _order(scored: Scored) -> tuple[int, int]:
    return scored.order
