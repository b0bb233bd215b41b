"""Why two records may be one person's, in one sentence."""

from leadline_capture.core.linkage_comparing import Likeness, Values
from leadline_capture.core.linkage_levels import LADDERS
from leadline_capture.core.linkage_reading import Layout
from leadline_capture.core.linkage_weights import Weigher


def in_words(layout: Layout, weigher: Weigher, levels: Likeness, one: Values, other: Values) -> str:
    """`e-mail equal; date of birth: day and month changed places; but city differs`, what weighs most first."""
    weights = weigher.weights(levels, one, other)
    found = [
        (weight, _said(layout, place, level))
        for place, (level, weight) in enumerate(zip(levels, weights, strict=True))
        if level is not None
    ]
    found.sort(key=lambda each: -abs(each[0]))
    speaks_for = [said for weight, said in found if weight > 0]
    against = [said for weight, said in found if weight <= 0]
    return "; ".join(speaks_for) + ("; but " + ", ".join(against) if against else "")


def _said(layout: Layout, place: int, level: int) -> str:
    ladder = LADDERS[layout.meanings[place]]
    says = ladder.levels[level].says
    field = ladder.field or layout.names[place]
    return f"{field}{says}" if says.startswith(":") else f"{field} {says}"
