"""Bands are entered at one value and left at a lower one, so that a lead does not flap (rules B3.7; defaults C3).

The state is a fold over the score's course. Between two evaluations scores may only have fallen: then one evaluation
at the end of each stretch finds every exit.
"""

from leadline_runtime.core.values import dataclass
from leadline_score.core.compiling import mypyc_attr
from leadline_score.core.marks import Standing


@dataclass(frozen=True, slots=True)
class Band:
    """Entered at or above `enter`, left below `leave`; thousandths, leave < enter."""

    enter: int
    leave: int

    def holds(self, inside: bool, value: int) -> bool:
        """Is it in force at `value`, having been `inside` before?"""
        return value >= (self.leave if inside else self.enter)

    def leaves_open(self, value: int) -> bool:
        """Does it depend on what was before whether it is in force at `value`?"""
        return self.leave <= value < self.enter


@dataclass(frozen=True, slots=True)
class Bands:
    """All bands of the rules. `letter` and `digit` best first, each band within the next; MQL asks for two minima."""

    letter: tuple[Band, ...]
    digit: tuple[Band, ...]
    mql: Band
    mql_fit: int
    mql_intent: int
    pql: Band
    fast: Band
    total_floor: int = 0
    total_cap: int = 100_000

    def total(self, fit: int, intent: int) -> int:
        """The total of two dimensions, kept between its floor and its cap."""
        return min(self.total_cap, max(self.total_floor, fit + intent))


@mypyc_attr(acyclic=True)
@dataclass(slots=True, init=False)
class Values:
    """What the bands look at, at one instant: thousandths."""

    fit: int
    intent: int
    product: int

    # Written out, as those that dataclasses write stay interpreted in the compiled form.
    def __init__(self, fit: int, intent: int, product: int) -> None:
        self.fit = fit
        self.intent = intent
        self.product = product


def outside(bands: Bands) -> Standing:
    """Where every lead starts."""
    return Standing(len(bands.letter), len(bands.digit))


def level(steps: tuple[Band, ...], before: int, value: int) -> int:
    """The best of nested bands that holds; `len(steps)` if none does."""
    for place, band in enumerate(steps):
        if value >= band.enter or (place >= before and value >= band.leave):
            return place
    return len(steps)


def step(bands: Bands, before: Standing, values: Values, at: int) -> Standing:
    """The next state of the fold: `values` at the instant `at`."""
    fit, intent = values.fit, values.intent
    was_mql, was_pql = before.mql, before.pql  # asked once: a standing's fields are looked up in the compiled form
    found = bands.total(fit, intent)
    letter = level(bands.letter, before.letter, fit)
    digit = level(bands.digit, before.digit, intent)
    mql = bands.mql.holds(was_mql, found)
    if mql and not was_mql:
        mql = fit >= bands.mql_fit and intent >= bands.mql_intent
    pql = bands.pql.holds(was_pql, values.product)
    fast = bands.fast.holds(before.fast, found)
    entered = (mql or pql) and not (was_mql or was_pql)
    entries = before.entries + (mql and not was_mql)
    return Standing(letter, digit, mql, entries, pql, fast, at if entered else before.qualified_at)
