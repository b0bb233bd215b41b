"""When decay alone will next change what the scorecard says: to the second, found by search (rules B3.6)."""

from math import ceil, log
from typing import Final

from leadline_schemas.event import filled
from leadline_schemas.scored import Recheck
from leadline_score.core.bands import Bands
from leadline_score.core.compiling import mypyc_attr
from leadline_score.core.decay import NEVER
from leadline_score.core.exact import DAY, SECOND, instant, seconds, text
from leadline_score.core.falling import Falling
from leadline_score.core.marks import Standing
from leadline_score.core.rulebook import ScoreRules
from leadline_score.core.tallies import Tallies
from leadline_score.core.trajectory import Course

_recheck_of: Final = filled(Recheck)
GUESSES: Final = 8
CLOSE: Final = 12  # thousandths: from here each one that goes is looked at by itself
LEAST: Final = 1  # thousandth
FEW: Final = 8  # seconds in which it is not worth while to find out what stays the same
_LN_2: Final = log(2)
FIRST_STEP: Final = 64  # seconds, about as far as a close guess is off


def next_recheck(course: Course, rules: ScoreRules, as_of: int, *, qualified: bool, iql: bool) -> Recheck | None:
    """The first whole second after `as_of` at which a rounded value lies below a leave value that matters.

    `qualified`: the lead is an MQL, so that leaving the fast track changes nothing; `iql`: its signal is IQL, which
    ends when no intent is left.
    """
    exits = [] if course.intent_is_set else _exits(course, rules.bands, qualified=qualified, iql=iql)
    tallies, values = course.tallies, course.values
    product = rules.bands.pql.leave if course.standing.pql else 0
    falling, line, found = tallies.falling(as_of), 0, NEVER
    for value, _ in exits:
        line = max(line, value)
    if line > 0:
        found = _first_below(line, falling, values.intent, tallies, as_of)
    if product > 0:
        fading = tallies.falling_product(as_of)
        found = min(found, _first_below(product, fading, values.product, tallies, as_of))
    if found == NEVER:
        return None
    intent = values.intent if course.intent_is_set else falling.value(found)
    changes = [words for line, words in exits if intent < line]
    if product > 0 and tallies.product(found) < product:
        changes.append("leaves PQL band")
    return _recheck_of({"at": instant(found), "change": ", ".join(changes), "value_then": text(intent), "of": "intent"})


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


def _first_below(line: int, falling: Falling, above: int, tallies: Tallies, as_of: int) -> int:
    """The first whole second after `as_of` with a value below `line`; it is `above` at `as_of`.

    NEVER if steps leave more than that for ever. Guesses, the first as if all gains faded by half-lives and the others
    by how fast they did fall, come close; there the instant follows from when each act loses its next thousandths.
    Where caps or ends made that wrong, it is caught between a step and a wider one and found by halving.
    """
    fading = tallies.fading(as_of)
    end = fading.ends // SECOND + 1
    if fading.stays and falling.value(seconds(end)) >= line:
        return NEVER
    if line == LEAST and falling.value(seconds(end - 1)) >= line:
        return seconds(end)
    low = max(as_of // SECOND, min(fading.steady_until // SECOND, end - 1))
    search = _Search(line, falling, low, end)
    at = search.guess(above, (fading.half_life or DAY) / SECOND)
    step = 1 if fading.single else FIRST_STEP
    return seconds(search.catch(at, step))


@mypyc_attr(acyclic=True)
class _Search:
    """For the first whole second with a value below `line`: it is after `low` and not after `high`."""

    def __init__(self, line: int, falling: Falling, low: int, high: int) -> None:
        self.line, self.falling = line, falling
        self.low, self.high = low, high

    def look(self, at: int) -> int:
        """The value at a second, which narrows the search."""
        found = self.falling.value(seconds(at))
        if found < self.line:
            self.high = min(self.high, at)
        else:
            self.low = max(self.low, at)
        return found

    def guess(self, found: int, span: float) -> int:
        """Come close, from the value `found` at `low`; `span` is a half-life in seconds. The last second looked at."""
        line, lost, end = self.line, -self.falling.penalties, self.high
        at = self.low
        for _ in range(GUESSES):
            if self.high - self.low <= 1 or found <= 0:
                break
            if abs(found - line) <= CLOSE and at != end:
                self._by_thousandths(at, found, span / (_LN_2 * (found + lost)))
                break
            before, value = at, found + lost
            wanted = at + ceil(span * log(value / (line - 0.5 + lost)) / _LN_2)
            at = min(max(wanted, self.low + 1), self.high - 1)
            found = self.look(at)
            if found > 0 and found + lost != value:
                span = (at - before) * _LN_2 / log(value / (found + lost))
        return at

    def _by_thousandths(self, at: int, found: int, pace: float) -> None:
        """From the second `at`, where the value is `found` and one thousandth goes in about `pace` seconds."""
        missing = found - self.line
        reach = seconds(int((abs(missing) + 4) * pace * 1.5))
        now = seconds(at)
        if missing >= 0:
            drops = self.falling.drops(now, now + reach)
            place = missing
        else:
            drops = self.falling.drops(now - reach, now)
            place = len(drops) + missing
        if 0 <= place < len(drops):
            second = drops[place] // SECOND + 1
            if self.low < second - 1 < self.high:
                self.look(second - 1)
            if self.low < second < self.high:  # as a rule it is this one, and will be asked for its value
                self.look(second)

    def catch(self, at: int, step: int) -> int:
        """The second itself, in wider and wider steps from `at`, then by halving."""
        while self.high - self.low > step:
            at = self.high - step if at == self.high else self.low + step
            self.look(at)
            step *= 4
        if self.high - self.low > FEW:
            self.falling = self.falling.between(seconds(self.low), seconds(self.high))
        while self.high - self.low > 1:
            self.look((self.low + self.high) // 2)
        return self.high
