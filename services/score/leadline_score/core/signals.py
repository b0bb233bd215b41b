"""What the points mean to marketing and sales: MQL and why, PQL, IQL, fast track (rules B3.9; defaults C3)."""

from collections.abc import Sequence
from typing import Literal

from leadline_runtime.core.values import dataclass
from leadline_schemas.lead import Request
from leadline_schemas.scored import Veto
from leadline_score.core.compiling import mypyc_attr
from leadline_score.core.exact import microseconds
from leadline_score.core.marks import Standing

Reason = Literal["hand_raise", "score", "pql", "override"]


@mypyc_attr(acyclic=True)
@dataclass(slots=True, init=False)
class Signals:
    """The stage signal with its reasons. A vetoed lead has none."""

    hand_raise: bool
    reasons: tuple[Reason, ...]
    signal: Literal["PQL", "MQL", "IQL", "none"]
    fast_track: bool

    # Written out, as those that dataclasses write stay interpreted in the compiled form.
    def __init__(
        self,
        hand_raise: bool,
        reasons: tuple[Reason, ...],
        signal: Literal["PQL", "MQL", "IQL", "none"],
        fast_track: bool,
    ) -> None:
        self.hand_raise = hand_raise
        self.reasons = reasons
        self.signal = signal
        self.fast_track = fast_track

    @property
    def mql(self) -> bool:
        """Is it to be given to a person?"""
        return bool(self.reasons)


def signals(
    standing: Standing, hand_raise: bool, vetoes: Sequence[Veto], intent: int, wanted: bool | None = None
) -> Signals:
    """The signal of a lead that stands there with this intent (thousandths). `wanted`: whether a person set it to be an
    MQL. No is the last word; yes is one more reason, which a veto stops like the others.
    """
    if vetoes:
        return Signals(hand_raise, (), "none", False)
    if wanted is False:
        return Signals(hand_raise, (), "IQL" if intent > 0 else "none", False)
    held: list[Reason] = []
    if hand_raise:
        held.append("hand_raise")
    if standing.mql:
        held.append("score")
    if standing.pql:
        held.append("pql")
    if wanted is True:
        held.append("override")
    reasons = tuple(held)
    if standing.pql:
        return Signals(hand_raise, reasons, "PQL", False)
    if reasons:
        return Signals(hand_raise, reasons, "MQL", False)
    return Signals(hand_raise, reasons, "IQL" if intent > 0 else "none", standing.fast)


def hand_raised(requests: Sequence[Request], types: frozenset[str], as_of: int) -> bool:
    """Did the lead ask for a person, up to `as_of`? A hand raise always reaches one, whatever the points."""
    return any(request.type in types and microseconds(request.start) <= as_of for request in requests)
