"""What is left of an act's points at an age (rules B3.6). Ages are exact, to the microsecond."""

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from typing import Literal

from leadline_runtime.core.values import dataclass
from leadline_score.core.exact import half_even

HALF_LIVES = 8  # after so many half-lives beyond its grace nothing is left
_NEAR_A_TIE = 1e-6  # floats are far more exact than this for any value that points can have


@dataclass(frozen=True, slots=True)
class Decay:
    """`span` is the half-life, or the time in which a linear decay ends; both it and `grace` in microseconds."""

    kind: Literal["none", "half_life", "linear"] = "none"
    span: int = 1
    grace: int = 0

    @property
    def lasts(self) -> int | None:
        """The greatest age at which something may be left; None if nothing ever fades."""
        if self.kind == "none":
            return None
        return self.grace + self.span * (HALF_LIVES if self.kind == "half_life" else 1)


FOREVER = Decay()


def decayed(points: int, decay: Decay, age: int) -> int:
    """What is left of `points` (thousandths) at `age` (microseconds, not negative), rounded half-even."""
    return left_of(points, decay, (0,), age)


def left_of(points: int, decay: Decay, times: Sequence[int], at: int) -> int:
    """What is left in all at the instant `at` of acts at these `times`, each worth `points` and rounded by itself."""
    if decay.kind == "none":
        return points * len(times)
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


def _exactly(points: int, over: int, span: int) -> int:
    halvings, rest = divmod(over, span)
    if rest == 0:
        return half_even(points, 1 << halvings)
    with localcontext(prec=60) as context:
        left = context.multiply(points, context.power(Decimal("0.5"), context.divide(over, span)))
        return int(left.to_integral_value(ROUND_HALF_EVEN))
