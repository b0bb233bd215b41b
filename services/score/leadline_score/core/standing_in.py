"""What stands in place of what is computed: values for the bands, dimensions and overrides for the scorecard."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from leadline_schemas.event import trusted
from leadline_schemas.scored import Dimension, Override, Veto
from leadline_score.core.compiling import mypyc_attr
from leadline_score.core.exact import instant, text
from leadline_score.core.overrides import InForce, Setting
from leadline_score.core.rulebook import ScoreRules
from leadline_score.core.set_course import Fixed

_override_of = trusted(Override)
REFUSED = "the lead refused to be profiled"


class Computed(NamedTuple):
    """What the rules alone give: values in thousandths."""

    fit: int
    intent: int
    mql: bool
    vetoes: Sequence[Veto]


@mypyc_attr(acyclic=True)
class Effective:
    """The values that count, in thousandths."""

    def __init__(self, fit: int, intent: int) -> None:
        self.fit = fit
        self.intent = intent


def effective(fit: int, intent: int, settings: InForce, rules: ScoreRules) -> Effective:
    """The values that count in place of the computed ones."""
    if settings.fit is not None:
        fit = settings.fit.points(rules.fit_caps.cap)
    if settings.intent is not None:
        intent = settings.intent.points(rules.intent_caps.cap)
    return Effective(fit, intent)


def fixed(setting: Setting | None, cap: int) -> Fixed | None:
    """A person's value as the walk of the bands takes it."""
    return None if setting is None else Fixed(setting.since, setting.points(cap))


def dimension(computed: Dimension, setting: Setting | None, value: int) -> Dimension:
    """The dimension with the value that counts: what a person says of it is also what is known."""
    if setting is None:
        return computed
    return computed.model_copy(update={"value": text(value), "known": text(value)})


def overrides(
    settings: InForce,
    computed: Computed,
    found: Effective,
    rules: ScoreRules,
    *,
    vetoed: Sequence[Veto],
    withheld: bool,
) -> tuple[Override, ...]:
    """All that is in force, each with what the rules alone give. `vetoed`: what stops the lead now."""
    return tuple(_told(settings, computed, found, rules, vetoed, REFUSED if withheld else None)) if settings else ()


def _told(
    settings: InForce,
    computed: Computed,
    found: Effective,
    rules: ScoreRules,
    vetoed: Sequence[Veto],
    refused: str | None,
) -> Iterator[Override]:
    if settings.fit is not None:
        yield _one(settings.fit, text(found.fit), text(computed.fit), refused)
    if settings.intent is not None:
        yield _one(settings.intent, text(found.intent), text(computed.intent), refused)
    if settings.mql is not None:
        stops = " and ".join(veto.id for veto in vetoed)
        why = f"veto {stops} stands; set it off to lift it" if settings.mql.on and vetoed else None
        yield _one(settings.mql, settings.mql.on, computed.mql, why)
    names, held = [rule.id for rule in rules.vetoes], {veto.id for veto in computed.vetoes}
    for name, setting in settings.vetoes.items():
        why = None if name in names else f"the rules know no such veto, but {', '.join(names)}"
        yield _one(setting, setting.on, name in held, why)


def _one(setting: Setting, value: bool | str, computed: bool | str, without_effect: str | None) -> Override:
    order = setting.order
    return _override_of(
        target=order.target,
        veto=order.veto,
        value=value,
        computed=computed,
        author=order.author,
        reason=order.reason,
        since=instant(setting.since),
        until=instant(setting.until),
        without_effect=without_effect,
    )
