"""How a vendor stands with us at this moment: his breaker, and until when he asked to be left alone."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, Literal

from leadline_enrich.core.answers import Reason
from leadline_enrich.providers.advice import ADVICE
from leadline_enrich.providers.metrics import BREAKER_OPEN
from leadline_runtime.core.breaker import Breaker, BreakerPolicy, let, told
from leadline_runtime.logs import logger

log = logger(__name__)
CLOSE_S: Final = 0.005  # who waits until then may wake a hair too early


@dataclass
class Standing:
    """The standing of one vendor in this process. Times in seconds of `clock`."""

    name: str
    policy: BreakerPolicy
    clock: Callable[[], float]
    breaker: Breaker = field(default_factory=Breaker)
    quiet_until: float = 0.0
    trouble: Reason | None = None

    def held(self) -> Literal["breaker", "retry_after"] | None:
        """Why he is not to be asked now, if he is not."""
        now = self.clock()
        if self.breaker.leaves_alone(now):
            return "breaker"
        return "retry_after" if now < self.quiet_until - CLOSE_S else None

    def let(self) -> int | None:
        """Whether he may be asked now; if so, what `told` must be given."""
        era, self.breaker = let(self.breaker, self.policy, self.clock())
        self._show()
        return era

    def told(self, era: int, reason: Reason | None, again_in: timedelta | None = None) -> None:
        """What became of a request; no reason: an answer came."""
        now = self.clock()
        self.breaker = told(self.breaker, self.policy, era, reason is None, now)
        if again_in is not None:
            self.quiet_until = max(self.quiet_until, now + again_in.total_seconds())
        self.say(reason)
        self._show()

    def say(self, reason: Reason | None) -> None:
        """Tell the log when his trouble begins, changes and ends; never what was asked."""
        if reason == self.trouble:
            return
        if reason is None:
            log.info("a provider answers again", provider=self.name)
        else:
            log.warning("a provider does not answer", provider=self.name, reason=reason, advice=ADVICE[reason])
        self.trouble = reason

    def _show(self) -> None:
        BREAKER_OPEN.labels(self.name).set(self.breaker.openings > 0)
