"""What routing decided for one lead, before it becomes an event."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from fractions import Fraction

from leadline_runtime.core.values import dataclass
from leadline_schemas.routed import Candidate, RuleTried
from leadline_schemas.vocabulary import RouteOutcome


@dataclass(frozen=True, slots=True)
class Ruling:
    """The decision. `before` and `after` are the balances of `pool` if a turn was dealt, `move` their difference."""

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
    tried: tuple[RuleTried, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    before: Mapping[str, Fraction] = field(default_factory=dict)
    after: Mapping[str, Fraction] = field(default_factory=dict)
    move: Mapping[str, Fraction] = field(default_factory=dict)

    @property
    def counts_as_turn(self) -> bool:
        """Was a lead dealt in a pool."""
        return bool(self.after)
