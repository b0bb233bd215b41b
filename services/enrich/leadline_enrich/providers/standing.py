"""How a vendor stands with us at this moment: his breaker, and until when he asked to be left alone."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, Literal

from leadline_enrich.core.answers import Reason
from leadline_enrich.providers.metrics import BREAKER_OPEN
from leadline_runtime.core.breaker import Breaker, BreakerPolicy, let, told
from leadline_runtime.logs import logger

log = logger(__name__)
CLOSE_S: Final = 0.005  # who waits until then may wake a hair too early
# What somebody should do about it; the others pass by themselves, or have their own words in the runbook.
ADVICE: Final = {
    "refused": "the vendor refuses the secret: put a live one into LEADLINE_PROVIDER_SECRETS",
    "no_secret": "put the secret that the file names into LEADLINE_PROVIDER_SECRETS",
    "redirected": "the vendor has moved: write the new address into the file",
    "rejected": "the vendor does not understand the request: try it with leadline enrich provider",
    "garbage": "the answers are not as the file says: try one with leadline enrich provider",
    "mismatch": "the vendor answers about others than were asked for: try it with leadline enrich provider",
    "not_public": "the host must have a public address and speak https, or stand in LEADLINE_PROVIDER_PRIVATE_HOSTS",
}


@dataclass
class Standing:
    """The standing of one vendor in this process. Times in seconds of `clock`."""

    name: str
    policy: BreakerPolicy
    clock: Callable[[], float]
    breaker: Breaker = field(default_factory=Breaker)
    quiet_until: float = 0.0
    trouble: str | None = None

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
            log.warning("a provider does not answer", provider=self.name, reason=reason, advice=ADVICE.get(reason))
        self.trouble = reason

    def _show(self) -> None:
        BREAKER_OPEN.labels(self.name).set(self.breaker.openings > 0)
