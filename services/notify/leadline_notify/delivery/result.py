"""What a try of sending a notice gave."""

from datetime import timedelta
from typing import Literal

from leadline_runtime.core.values import dataclass

# arrived; again: it may help to try later; refused: it never will for this recipient; gone: nothing is to be sent there
Outcome = Literal["arrived", "again", "refused", "gone"]
Ending = Literal["sent", "digested", "dead"]


@dataclass(frozen=True, slots=True)
class Result:
    """`reason`: one of a few words. `endpoint_fails`: it says something of the endpoint's health, not of this notice
    alone. `again_in`: when the endpoint wants to be called again.
    """

    outcome: Outcome
    reason: str = ""
    endpoint_fails: bool = False
    again_in: timedelta | None = None


ARRIVED = Result("arrived")
