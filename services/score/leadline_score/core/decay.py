"""What is left of an act's points at an age (rules B3.6). Ages are exact, to the microsecond."""

from bisect import bisect_right
from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from typing import Literal

from leadline_runtime.core.values import dataclass
from leadline_score.core.exact import half_even

WHOLE = 100  # percent
HALF_LIVES = 8  # after so many half-lives beyond its grace nothing is left
_NEAR_A_TIE = 1e-6  # floats are far more exact than this for any value that points can have


@dataclass(frozen=True, slots=True)
class Decay:
    """`span` is the half-life, or the time in which a linear decay ends; both it and `grace` in microseconds.

    `steps`: from which age on (microseconds beyond the grace, ascending) how many percent are left.
    """

    kind: Literal["none", "half_life", "linear", "steps"] = "none"
    span: int = 1
    grace: int = 0
    steps: tuple[tuple[int, int], ...] = ()

    @property
    def lasts(self) -> int | None:
        """The age after which nothing fades any further; None if nothing ever fades."""
        if self.kind == "none":
            return None
        if self.kind == "steps":
            return self.grace + self.steps[-1][0]
        return self.grace + self.span * (HALF_LIVES if self.kind == "half_life" else 1)

    @property
    def stays(self) -> bool:
        """Is something left for ever?"""
        return self.kind == "none" or (self.kind == "steps" and self.steps[-1][1] > 0)

    @property
    def steady(self) -> int:
        """Up to this age nothing is lost."""
        if self.kind != "steps":
            return self.grace
        return self.grace + next((edge for edge, left in self.steps if left < WHOLE), self.steps[-1][0]) - 1


FOREVER = Decay()


def decayed(points: int, decay: Decay, age: int) -> int:
    """What is left of `points` (thousandths) at `age` (microseconds, not negative), rounded half-even."""
    return left_of(points, decay, (0,), age)


def left_of(points: int, decay: Decay, times: Sequence[int], at: int) -> int:
    """What is left in all at the instant `at` of acts at these `times`, each worth `points` and rounded by itself."""
    if decay.kind == "none":
        return points * len(times)
    if decay.kind == "steps":
        return sum([points * _percent(decay.steps, at - decay.grace - time) // WHOLE for time in times])
    started, span, linear, found = at - decay.grace, decay.span, decay.kind == "linear", 0
    for time in times:
        over = started - time
        if over <= 0:
            found += points
        elif linear:
            found += half_even(points * (span - over), span) if over < span else 0
        elif over <= HALF_LIVES * span:
            near: float = points * 0.5 ** (over / span)
            below = int(near)
            above = near - below - 0.5
            if -_NEAR_A_TIE < above < _NEAR_A_TIE:
                found += _exactly(points, over, span)
            else:
                found += below + (above > 0)
    return found


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
