"""What is left of an act's points at an age (rules B3.6). Ages are exact, to the microsecond."""

from bisect import bisect_right
from dataclasses import field
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from math import exp, log
from typing import Final, Literal

from leadline_runtime.core.values import dataclass
from leadline_score.core.exact import half_even

NEVER: Final = 1 << 60  # after all others, in microseconds; a sum of it and another still is one machine word
WHOLE: Final = 100  # percent
_LN_2: Final = log(2)
HALF_LIVES: Final = 8  # after so many half-lives beyond its grace nothing is left
_NEAR_A_TIE: Final = 1e-6  # floats are far more exact than this for any value that points can have


@dataclass(frozen=True, slots=True)
class Decay:
    """`span` is the half-life, or the time in which a linear decay ends; both it and `grace` in microseconds.

    `steps`: from which age on (microseconds beyond the grace, ascending) how many percent are left.
    """

    kind: Literal["none", "half_life", "linear", "steps"] = "none"
    span: int = 1
    grace: int = 0
    steps: tuple[tuple[int, int], ...] = ()

    lasts: int = field(init=False)
    steady: int = field(init=False)
    halves: bool = field(init=False)
    evenly: bool = field(init=False)
    ends: int = field(init=False)
    stays: bool = field(init=False)
    rate: float = field(init=False)

    def __post_init__(self) -> None:
        """`lasts`: the age after which nothing fades any further; `steady`: up to this age nothing is lost; `halves`:
        by half-lives; `evenly`: linearly; `ends`: so long after its grace nothing is left; `stays`:
        something is left for ever; `rate`: e to it is what a half-life leaves after a microsecond.
        """
        edges = [edge for edge, left in self.steps if left < WHOLE]
        steady = {"none": NEVER, "steps": self.grace + min(edges, default=NEVER) - 1}.get(self.kind, self.grace)
        last = {"none": 0, "linear": self.span, "half_life": HALF_LIVES * self.span}
        lasts = self.grace + (self.steps[-1][0] if self.kind == "steps" else last[self.kind])
        object.__setattr__(self, "rate", -_LN_2 / self.span)
        object.__setattr__(self, "steady", steady)
        object.__setattr__(self, "lasts", lasts)
        object.__setattr__(self, "halves", self.kind == "half_life")
        object.__setattr__(self, "evenly", self.kind == "linear")
        object.__setattr__(self, "stays", self.kind == "none" or (self.kind == "steps" and self.steps[-1][1] > 0))
        object.__setattr__(self, "ends", HALF_LIVES * self.span if self.kind == "half_life" else self.span)


FOREVER = Decay()


def decayed(points: int, decay: Decay, age: int) -> int:
    """What is left of `points` (thousandths) at `age` (microseconds, not negative), rounded half-even."""
    if age <= decay.steady:
        return points
    over, span = age - decay.grace, decay.span
    if decay.halves:
        return _halved(points, over, decay) if over <= decay.ends else 0
    if decay.evenly:
        return _lessened(points, over, span) if over < span else 0
    return points * _percent(decay.steps, over) // WHOLE


def left_of(points: int, decay: Decay, times: list[int], at: int, cap: int) -> int:
    """What is left in all at the instant `at` of acts at these ascending `times`, each worth `points` and rounded by
    itself, up to `cap`.
    """
    if decay.evenly:
        return _evenly(points, decay, times, at, cap)
    if not decay.halves:
        return _others(points, decay, times, at, cap)
    started, rate, ends, found = at - decay.grace, decay.rate, decay.ends, 0
    for time in reversed(times):  # the newest first: the cap is reached soonest, and what faded is not looked at
        over = started - time
        if over <= 0:
            found += points
        elif over > ends:
            break
        else:  # as `_halved`: a call for each act would cost more than the act
            near = points * exp(over * rate)
            below = int(near)
            above = near - below - 0.5
            if above >= _NEAR_A_TIE:
                found += below + 1
            elif above <= -_NEAR_A_TIE:
                found += below
            else:
                found += _exactly(points, over, decay.span)
        if found >= cap:
            return cap
    return found


def _evenly(points: int, decay: Decay, times: list[int], at: int, cap: int) -> int:
    started, span, found = at - decay.grace, decay.span, 0
    for time in reversed(times):
        over = started - time
        if over <= 0:
            found += points
        elif over >= span:
            break
        else:
            found += _lessened(points, over, span)
        if found >= cap:
            return cap
    return found


def _others(points: int, decay: Decay, times: list[int], at: int, cap: int) -> int:
    found = 0
    for time in reversed(times):
        left = decayed(points, decay, at - time)
        found += left
        if found >= cap:
            return cap
        if left == 0:
            break
    return found


def _lessened(points: int, over: int, span: int) -> int:
    """Linearly, by the same arithmetic as `_halved`: products of that size are no single machine words."""
    near = points * ((span - over) / span)
    below = int(near)
    above = near - below - 0.5
    if -_NEAR_A_TIE < above < _NEAR_A_TIE:
        return half_even(points * (span - over), span)
    return below + 1 if above > 0 else below


def _halved(points: int, over: int, decay: Decay) -> int:
    near = points * exp(over * decay.rate)
    below = int(near)
    above = near - below - 0.5
    if -_NEAR_A_TIE < above < _NEAR_A_TIE:
        return _exactly(points, over, decay.span)
    return below + 1 if above > 0 else below


def _percent(steps: tuple[tuple[int, int], ...], over: int) -> int:
    passed = bisect_right(steps, over, key=_edge)
    return steps[passed - 1][1] if passed else WHOLE


def _edge(step: tuple[int, int]) -> int:
    return step[0]


def _exactly(points: int, over: int, span: int) -> int:
    halvings, rest = divmod(over, span)
    if rest == 0:
        return half_even(points, 1 << halvings)
    with localcontext(prec=60) as context:
        left = context.multiply(points, context.power(Decimal("0.5"), context.divide(over, span)))
        return int(left.to_integral_value(ROUND_HALF_EVEN))
