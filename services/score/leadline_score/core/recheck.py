"""When decay alone will next change what the scorecard says: to the second, found by search (rules B3.6)."""

from collections.abc import Callable
from math import log

from leadline_schemas.scored import Recheck
from leadline_score.core.bands import Bands, Standing
from leadline_score.core.exact import SECOND, instant, text
from leadline_score.core.rulebook import ScoreRules
from leadline_score.core.trajectory import Course


def next_recheck(course: Course, rules: ScoreRules, as_of: int, *, qualified: bool, iql: bool) -> Recheck | None:
    """The first whole second after `as_of` at which a rounded value lies below a leave value that matters.

    `qualified`: the lead is an MQL, so that leaving the fast track changes nothing; `iql`: its signal is IQL, which
    ends when no intent is left.
    """
    exits = _exits(course, rules.bands, qualified=qualified, iql=iql)
    product = rules.bands.pql.leave if course.standing.pql else 0
    ends = course.tallies.fades_until(as_of)
    moments = []
    if exits:
        line = max(line for line, _ in exits)
        moments.append(_first_below(lambda at: course.tallies.values(at)[0], line, as_of, ends))
    if product:
        moments.append(_first_below(lambda at: course.tallies.values(at)[1], product, as_of, ends))
    found = min((m for m in moments if m is not None), default=None)
    if found is None:
        return None
    intent, made = course.tallies.values(found)
    changes = [words for line, words in exits if intent < line] + (["leaves PQL band"] if made < product else [])
    return Recheck(at=instant(found), change=", ".join(changes), value_then=text(intent))


def _exits(course: Course, bands: Bands, *, qualified: bool, iql: bool) -> list[tuple[int, str]]:
    """The values of intent below which something changes, and what; only those that intent can fall below."""
    standing, values = course.standing, course.values
    exits: list[tuple[int, str]] = []
    if standing.digit < len(bands.digit):
        exits.append((bands.digit[standing.digit].leave, _digit(standing)))
    if standing.mql:
        exits.append((bands.mql.leave - values.fit, "leaves MQL band"))
    if standing.fast and not qualified:
        exits.append((bands.fast.leave - values.fit, "leaves fast track"))
    if iql:
        exits.append((1, "signal IQL->none"))
    return [(line, words) for line, words in exits if 0 < line <= values.intent]


def _digit(standing: Standing) -> str:
    return f"digit {standing.digit + 1}->{standing.digit + 2}"


def _first_below(value: Callable[[int], int], line: int, after: int, ends: int) -> int | None:
    """The first whole second after `after` with `value`, which only falls, below `line`; None if there is none.

    Half-lives make a value fall by equal factors in equal times, so the search divides the stretch by the logarithm
    of the value; every second guess halves it, so that it ends soon whatever the value's course.
    """
    low, high = after // SECOND, ends // SECOND + 1
    above, below = value(after), value(high * SECOND)
    if below >= line:
        return None
    halve = False
    while high - low > 1:
        middle = (low + high) // 2
        if not halve and below > 0:
            share = log(above / (line - 0.5)) / log(above / below)
            middle = min(high - 1, max(low + 1, low + int((high - low) * share)))
        halve = not halve
        found = value(middle * SECOND)
        if found < line:
            high, below = middle, found
        else:
            low, above = middle, found
    return high * SECOND
