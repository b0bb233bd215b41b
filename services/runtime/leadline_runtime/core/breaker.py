"""A breaker: who fails again and again is left alone for a while, then asked once, then as before. Times in seconds.

closed: all may ask. After `failures` in a row it is open: nobody may ask while it rests. Then it is half open: one may
ask, the probe, and what becomes of it closes the breaker or opens it again, for twice as long as before.
"""

from dataclasses import replace
from typing import Final, Literal

from leadline_runtime.core.values import dataclass

State = Literal["closed", "open", "half_open"]
_DOUBLINGS: Final = 20


@dataclass(frozen=True, slots=True)
class BreakerPolicy:
    """failures: so many in a row open it. rest_s: how long it rests at first; longest_rest_s: and at the longest."""

    failures: int = 5
    rest_s: float = 30.0
    longest_rest_s: float = 30.0


@dataclass(frozen=True, slots=True)
class Breaker:
    """How it stands. era: what was let go in another era is not counted, since it says nothing of the present one."""

    failures: int = 0
    openings: int = 0
    until: float = 0.0
    probed: bool = False
    era: int = 0

    def state(self, now: float) -> State:
        """Closed, open (nobody may ask) or half open (one asks, or may ask)."""
        if not self.openings:
            return "closed"
        return "half_open" if self.probed or now >= self.until else "open"

    def leaves_alone(self, now: float) -> bool:
        """Whether nobody may ask at this moment."""
        return self.openings > 0 and now < self.until


def let(breaker: Breaker, policy: BreakerPolicy, now: float) -> tuple[int | None, Breaker]:
    """The era in which a request may go, to be named when its end is told; None: it may not.

    A probe of which nothing is heard (its process was told to stop) gives way to another one after a rest.
    """
    if not breaker.openings:
        return breaker.era, breaker
    if now < breaker.until:
        return None, breaker
    era = breaker.era + 1
    return era, replace(breaker, until=now + _rest_s(policy, breaker.openings), probed=True, era=era)


def told(breaker: Breaker, policy: BreakerPolicy, era: int, answered: bool, now: float) -> Breaker:
    """The breaker after what became of a request that was let go in `era`."""
    if era != breaker.era:
        return breaker
    if answered:
        return Breaker(era=era)
    failures, openings = breaker.failures + 1, breaker.openings
    if not breaker.probed and failures < policy.failures:
        return replace(breaker, failures=failures)
    until = now + _rest_s(policy, openings + 1)
    return Breaker(failures=failures, openings=openings + 1, until=until, era=era + 1)


def _rest_s(policy: BreakerPolicy, openings: int) -> float:
    doublings = min(max(openings - 1, 0), _DOUBLINGS)
    grown: float = policy.rest_s * 2**doublings
    return min(max(policy.longest_rest_s, policy.rest_s), grown)
