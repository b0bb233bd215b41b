"""What routing decided for one lead, before it becomes an event."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime
from fractions import Fraction
from typing import Any

from leadline_runtime.core.values import dataclass
from leadline_schemas.routed import Candidate, RuleTried
from leadline_schemas.vocabulary import RouteOutcome


@dataclass(frozen=True, slots=True)
class Adopted:
    """An assignment that came with another lead: since when, and the turn it was dealt by, a `state.Move`."""

    since: datetime
    move: Any = None


@dataclass(frozen=True, slots=True)
class Ruling:
    """The decision. `before` and `after` are the balances of `pool` if a turn was dealt, `move` their difference.

    `released`: who had what became part of the lead, or the lead itself until then, and is to be told.
    `over_cap`: given by hand beyond a cap.
    """

    outcome: RouteOutcome
    rule: str
    owner: str | None = None
    pool: str | None = None
    manager: str | None = None
    escalated: bool = False
    reason: str | None = None
    covering_for: str | None = None
    cadence: str | None = None
    held_until: datetime | None = None
    tried: Sequence[RuleTried] = ()
    candidates: Sequence[Candidate] = ()
    before: Mapping[str, Fraction] = field(default_factory=dict)
    after: Mapping[str, Fraction] = field(default_factory=dict)
    move: Mapping[str, Fraction] = field(default_factory=dict)
    adopted: Adopted | None = None
    released: str | None = None
    over_cap: bool = False

    @property
    def counts_as_turn(self) -> bool:
        """Was a lead dealt in a pool."""
        return bool(self.after)
