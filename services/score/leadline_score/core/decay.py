"""What is left of an act's points at an age (rules B3.6). Ages are exact, to the microsecond."""

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from typing import Literal

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
    over = age - decay.grace
    if over <= 0 or decay.kind == "none":
        return points
    span = decay.span
    if decay.kind == "linear":
        return half_even(points * (span - over), span) if over < span else 0
    if over > HALF_LIVES * span:
        return 0
    near: float = points * 0.5 ** (over / span)
    below = int(near)
    fraction = near - below
    if -_NEAR_A_TIE < fraction - 0.5 < _NEAR_A_TIE:
        return _exactly(points, over, span)
    return below + (fraction > 0.5)


def _exactly(points: int, over: int, span: int) -> int:
    halvings, rest = divmod(over, span)
    if rest == 0:
        return half_even(points, 1 << halvings)
    with localcontext(prec=60) as context:
        left = context.multiply(points, context.power(Decimal("0.5"), context.divide(over, span)))
        return int(left.to_integral_value(ROUND_HALF_EVEN))
