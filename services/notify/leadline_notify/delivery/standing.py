"""How an endpoint stands with this instance: its breaker, until when it asked for quiet, how many lines are with it."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from leadline_notify.delivery.result import Result
from leadline_runtime.core.breaker import Breaker, BreakerPolicy, let, told

POLICY: Final = BreakerPolicy(failures=5, rest_s=30.0, longest_rest_s=600.0)


@dataclass
class Standing:
    """Times in seconds of a clock that only goes forward."""

    breaker: Breaker = field(default_factory=Breaker)
    quiet_until: float = 0.0
    under_way: int = 0

    def room(self, now: float, most: int) -> int:
        """How many may be sent now: none while it rests, one to find out whether it is well again."""
        if now < self.quiet_until or self.breaker.leaves_alone(now):
            return 0
        half_open = self.breaker.state(now) == "half_open"
        return max(0, (1 if half_open else most) - self.under_way)

    def is_busy(self, now: float) -> bool:
        """Whether some are on their way, and more may follow them."""
        return self.under_way > 0 and now >= self.quiet_until and self.breaker.state(now) == "closed"

    def begin(self, now: float) -> int | None:
        """One is sent; gives what `end` must be given. None: it may not be."""
        era, self.breaker = let(self.breaker, POLICY, now)
        return era

    def end(self, era: int, result: Result, now: float) -> None:
        """What became of it."""
        self.breaker = told(self.breaker, POLICY, era, not result.endpoint_fails, now)
        if result.again_in is not None:
            self.quiet_until = max(self.quiet_until, now + min(result.again_in, _LONGEST).total_seconds())


_LONGEST: Final = timedelta(hours=2)
