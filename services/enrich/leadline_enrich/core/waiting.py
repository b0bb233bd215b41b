"""How long a batch waits for a provider: its budget, but not again and again for one that does not answer."""

from dataclasses import dataclass

IN_A_ROW = 3
REST_S = (1.0, 2.0, 4.0, 8.0, 16.0, 30.0)


@dataclass(slots=True)
class Waiting:
    """Counts the batches in a row that waited for nothing. While it rests, nobody waits; answers come late."""

    budget_s: float
    in_vain: int = 0
    until: float = 0.0

    def longest(self, now: float) -> float:
        """The seconds that a batch may wait now. `now`: of a monotonic clock."""
        return 0.0 if now < self.until else self.budget_s

    def waited(self, now: float, came: int, missing: int) -> None:
        """A batch has waited: so many answers came, so many were still missing when its time was over."""
        if now < self.until:
            return
        if came or not missing:
            self.in_vain = 0
            return
        self.in_vain += 1
        if self.in_vain >= IN_A_ROW:
            self.until = now + REST_S[min(self.in_vain - IN_A_ROW, len(REST_S) - 1)]
