"""When decay alone will next change what the scorecard says: to the second, found by search (rules B3.6)."""

from math import ceil, log2

from leadline_schemas.event import trusted
from leadline_schemas.scored import Recheck
from leadline_score.core.bands import Bands, Standing
from leadline_score.core.exact import SECOND, instant, text
from leadline_score.core.falling import Falling
from leadline_score.core.rulebook import ScoreRules
from leadline_score.core.tallies import Tallies
from leadline_score.core.trajectory import Course

_recheck_of = trusted(Recheck)
GUESSES = 8
CLOSE = 2  # thousandths: what the rounding of single acts may hide
FEW = 8  # seconds in which it is not worth while to find out what stays the same
FIRST_STEP = 64  # seconds, about as far as a close guess is off


def next_recheck(course: Course, rules: ScoreRules, as_of: int, *, qualified: bool, iql: bool) -> Recheck | None:
    """The first whole second after `as_of` at which a rounded value lies below a leave value that matters.

    `qualified`: the lead is an MQL, so that leaving the fast track changes nothing; `iql`: its signal is IQL, which
    ends when no intent is left.
    """
    exits = [] if course.intent_is_set else _exits(course, rules.bands, qualified=qualified, iql=iql)
    tallies, values = course.tallies, course.values
    product = rules.bands.pql.leave if course.standing.pql else 0
    falling, moments = tallies.falling(as_of), []
    if exits:
        line = max(line for line, _ in exits)
        moments.append(_first_below(line, falling, values.intent, tallies, as_of))
    if product:
        moments.append(_first_below(product, tallies.falling_product(as_of), values.product, tallies, as_of))
    found = min([moment for moment in moments if moment is not None], default=None)
    if found is None:
        return None
    intent = values.intent if course.intent_is_set else falling.value(found)
    changes = [words for line, words in exits if intent < line]
    if product and tallies.product(found) < product:
        changes.append("leaves PQL band")
    return _recheck_of(at=instant(found), change=", ".join(changes), value_then=text(intent))


def _exits(course: Course, bands: Bands, *, qualified: bool, iql: bool) -> list[tuple[int, str]]:
    """The values of intent below which something changes, and what; only those that intent can fall below."""
    standing, values = course.standing, course.values
    exits: list[tuple[int, str]] = []
    if standing.digit < len(bands.digit):
        exits.append((bands.digit[standing.digit].leave, _digit(standing)))
    if standing.mql and course.by_model:
        exits.append((bands.mql_intent, "intent below what an MQL needs"))
    elif standing.mql and bands.mql.leave > bands.total_floor:
        exits.append((bands.mql.leave - values.fit, "leaves MQL band"))
    if standing.fast and not qualified and bands.fast.leave > bands.total_floor:
        exits.append((bands.fast.leave - values.fit, "leaves fast track"))
    if iql:
        exits.append((1, "signal IQL->none"))
    return [(line, words) for line, words in exits if 0 < line <= values.intent]


def _digit(standing: Standing) -> str:
    return f"digit {standing.digit + 1}->{standing.digit + 2}"


def _first_below(line: int, falling: Falling, above: int, tallies: Tallies, as_of: int) -> int | None:
    """The first whole second after `as_of` with a value below `line`; it is `above` at `as_of`.

    None if steps leave more than that for ever. A few guesses, as if all gains faded by half-lives, come close; then
    it is caught between a step and a wider step from there, and found by halving.
    """
    end = tallies.fades_until(as_of) // SECOND + 1
    if tallies.stays and falling.value(end * SECOND) >= line:
        return None
    low = max(as_of // SECOND, min(tallies.steady_until() // SECOND, end - 1))
    high, span, at, found, lost = end, tallies.half_life() / SECOND, low, above, -falling.penalties
    for _ in range(GUESSES):
        if high - low <= 1 or found <= 0 or (abs(found - line) <= CLOSE and at != end):
            break
        at = min(max(at + ceil(span * log2((found + lost) / (line - 0.5 + lost))), low + 1), high - 1)
        found = falling.value(at * SECOND)
        low, high = (low, at) if found < line else (at, high)
    step = 1 if tallies.single else FIRST_STEP
    while high - low > step:
        at = high - step if at == high else low + step
        low, high = (low, at) if falling.value(at * SECOND) < line else (at, high)
        step *= 4
    if high - low > FEW:
        falling = falling.between(low * SECOND, high * SECOND)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if falling.value(middle * SECOND) < line else (middle, high)
    return high * SECOND
