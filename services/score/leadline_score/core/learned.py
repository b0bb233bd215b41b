"""The learned score of a lead: a logistic regression over slots, told by the same contributions as the rules' score.

Points are log-odds on a scale that a person can add up: 50 is the average lead of the table it learned from, 70 the
border of its best fifth, so that the shipped thresholds keep their meaning. Nothing but arithmetic: no other library.
"""

from collections.abc import Mapping
from datetime import datetime
from math import exp
from typing import Any, Literal, NamedTuple

from leadline_runtime.core.values import dataclass
from leadline_schemas.scored import Contribution
from leadline_score.core.exact import text
from leadline_score.core.learned_slots import Slots

Mode = Literal["shadow", "promoted"]
AVERAGE = 50_000  # thousandths of a point: what the average lead has
BEST_FIFTH = 70_000  # the lead at the border of the best fifth
FULL = 100_000
TOLD = 8  # contributions that are told one by one; the rest are told as one sum
GROUP = "learned"
CAPTURED_AT = "captured_at"  # when the lead was captured: no fact of it, but known of each
_NEAR_ZERO = 1


@dataclass(frozen=True, slots=True)
class Feature:
    """One column. `asks` is the lead's field that holds it, None if no lead holds it: then it counts as average.

    By slot: `weights` in log-odds before calibration, `points` in thousandths, `told` the finished contribution.
    """

    name: str
    asks: str | None
    slots: Slots
    weights: tuple[float, ...]
    average: float
    points: tuple[int, ...]
    told: tuple[Contribution, ...]


@dataclass(frozen=True, slots=True)
class LearnedModel:
    """A model ready to serve. Probability = 1 / (1 + exp(-(slope · (intercept + Σ weights) + offset)))."""

    version: str
    digest: str
    mode: Mode
    features: tuple[Feature, ...]
    intercept: float
    slope: float
    offset: float
    asks_captured_at: bool = False


class Assessment(NamedTuple):
    """What the model makes of a lead. `points` in thousandths, 0 to 100,000; `unknown`: how many features were not
    known of it, of those that a lead can hold.
    """

    probability: float
    points: int
    contributions: tuple[Contribution, ...]
    unknown: int


def assess(model: LearnedModel, known: Mapping[str, Any], captured_at: datetime | None = None) -> Assessment:
    """Judge what is known of a lead, by field. A field no lead holds counts as the average lead's."""
    logit, points, unknown = model.intercept, AVERAGE, 0
    told: list[tuple[int, Contribution]] = []
    for feature in model.features:
        if feature.asks is None:
            logit += feature.average
            continue
        slot = feature.slots.of(known.get(feature.asks), captured_at)
        unknown += slot == feature.slots.unknown
        logit += feature.weights[slot]
        given = feature.points[slot]
        points += given
        if given >= _NEAR_ZERO or given <= -_NEAR_ZERO:
            told.append((given, feature.told[slot]))
    clipped = 0 if points < 0 else FULL if points > FULL else points
    return Assessment(probability(model, logit), clipped, _told(told), unknown)


def probability(model: LearnedModel, logit: float) -> float:
    """The calibrated probability of a sum of weights; safe for any logit."""
    calibrated = model.slope * logit + model.offset
    if calibrated >= 0:
        return 1.0 / (1.0 + exp(-calibrated)) if calibrated < 700 else 1.0
    return (raised := exp(calibrated)) / (1.0 + raised) if calibrated > -700 else 0.0


def _told(found: list[tuple[int, Contribution]]) -> tuple[Contribution, ...]:
    """The strongest first; of many, the weakest as one, so that their sum stays what it is."""
    found.sort(key=lambda each: -abs(each[0]))
    if len(found) <= TOLD:
        return tuple([contribution for _, contribution in found])
    rest = found[TOLD - 1 :]
    points = sum([given for given, _ in rest])
    why = f"{len(rest)} further things that matter less"
    return (*[contribution for _, contribution in found[: TOLD - 1]], contribution_of("rest", points, why))


def contribution_of(name: str, points: int, why: str) -> Contribution:
    """A contribution of the learned score; `points` in thousandths. No cap takes anything of it."""
    exact = text(points)
    return Contribution(
        rule=f"{GROUP}.{name}",
        group=GROUP,
        event=None,
        at=None,
        raw=round(points / 1000),
        decayed=exact,
        after_rule=exact,
        after_group=exact,
        counted=exact,
        why=why,
    )
