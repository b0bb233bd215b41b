"""One step of a promise's ladder."""

from leadline_runtime.core.values import dataclass
from leadline_schemas.vocabulary import Escalation

DUE_LEVEL = 100
OWNER: tuple[str, ...] = ("owner",)


@dataclass(frozen=True, slots=True)
class Rung:
    """At `level` percent of the open time (100 is the due time, more is after it) these are told, and the lead is to be
    given to the next member, to the manager or to nobody in particular (`then`; None: it stays where it is)."""

    level: int
    tell: tuple[str, ...] = OWNER
    then: Escalation | None = None
