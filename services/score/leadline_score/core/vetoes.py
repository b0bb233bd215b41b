"""Vetoes are not points: a reason that stops a lead whatever its score (rules B3.8)."""

from collections.abc import Mapping
from typing import Any

from leadline_schemas.scored import Veto
from leadline_score.core.rulebook import ScoreRules


def judge_vetoes(values: Mapping[str, Any], rules: ScoreRules) -> tuple[Veto, ...]:
    """Every veto that holds, in the order of the rules file."""
    return tuple(
        [Veto(id=rule.id, effect=rule.effect, why=rule.why(values)) for rule in rules.vetoes if rule.when.check(values)]
    )
