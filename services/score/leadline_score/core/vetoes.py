"""Vetoes are not points: a reason that stops a lead whatever its score (rules B3.8)."""

from collections.abc import Mapping
from typing import Any

from leadline_schemas.scored import Veto
from leadline_score.core.overrides import Setting
from leadline_score.core.rulebook import ScoreRules


def judge_vetoes(values: dict[str, Any], rules: ScoreRules) -> tuple[Veto, ...]:
    """Every veto that holds, in the order of the rules file."""
    held = [rule for rule in rules.vetoes if rule.answers.first(values) == 0]
    return tuple([Veto(id=rule.id, effect=rule.effect, why=rule.why.of(values)) for rule in held])


def with_set(computed: tuple[Veto, ...], settings: Mapping[str, Setting], rules: ScoreRules) -> tuple[Veto, ...]:
    """The vetoes in force where people set some on or off, in the order of the rules file."""
    if not settings:
        return computed
    held = {veto.id: veto for veto in computed}
    found: list[Veto] = []
    for rule in rules.vetoes:
        setting = settings.get(rule.id)
        if rule.id in held and (setting is None or setting.on):
            found.append(held[rule.id])
        elif setting is not None and setting.on:
            found.append(Veto(id=rule.id, effect=rule.effect, why=f"set by {setting.order.author}"))
    return tuple(found)
