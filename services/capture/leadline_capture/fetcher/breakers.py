"""A breaker for each source whose vendor is asked."""

from dataclasses import dataclass, field

from leadline_runtime.core.breaker import Breaker, BreakerPolicy, let, told


@dataclass
class Breakers:
    """One for each source, all of the same patience. Times in seconds."""

    policy: BreakerPolicy = field(default_factory=BreakerPolicy)
    known: dict[str, Breaker] = field(default_factory=dict)

    def let(self, source: str, now: float) -> int | None:
        """Whether the vendor of a source may be asked now; if so, what `told` must be given."""
        era, self.known[source] = let(self.known.get(source, Breaker()), self.policy, now)
        return era

    def told(self, source: str, era: int, answered: bool, now: float) -> None:
        """What became of a request."""
        self.known[source] = told(self.known.get(source, Breaker()), self.policy, era, answered, now)

    def closed_to(self, now: float) -> list[str]:
        """Sources that are to be left alone at this moment."""
        return [name for name, each in self.known.items() if each.leaves_alone(now)]
