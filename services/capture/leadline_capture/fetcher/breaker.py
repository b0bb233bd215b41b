"""A breaker per source: after failures in a row a vendor is left alone, then asked once, then as before."""

from dataclasses import dataclass, field
from typing import Final

FAILURES: Final = 5
REST_S: Final = 30.0


@dataclass
class Breaker:
    """Closed until `FAILURES` in a row; then open for `REST_S`; then half open: one request tells. Times in seconds."""

    failures: int = 0
    open_until: float = 0.0
    trying: bool = False

    def lets(self, now: float) -> bool:
        """Whether a request may go now. In the half-open state only the first one may, and must be told about."""
        if self.failures < FAILURES:
            return True
        if now < self.open_until or self.trying:
            return False
        self.trying = True
        return True

    def told(self, answered: bool, now: float) -> None:
        """What became of a request."""
        self.trying = False
        self.failures = 0 if answered else self.failures + 1
        if self.failures >= FAILURES:
            self.open_until = now + REST_S


@dataclass
class Breakers:
    """One for each source."""

    known: dict[str, Breaker] = field(default_factory=dict)

    def of(self, source: str) -> Breaker:
        """The breaker of a source."""
        return self.known.setdefault(source, Breaker())

    def closed_to(self, now: float) -> list[str]:
        """Sources that are to be left alone at this moment."""
        return [name for name, each in self.known.items() if each.failures >= FAILURES and now < each.open_until]
