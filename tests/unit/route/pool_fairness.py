"""What is promised of a pool's fairness (I11), watched lead by lead."""

from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations

from tests.unit.route.pool_reference import Shared

# 5/4 in any random run; somebody who chooses for each lead who is there can bring a balance to 1.3.
LIMIT = Fraction(4, 3)


@dataclass
class Fairness:
    """Of one pool: who could have taken each of its leads so far; turns got, leads' worth of shares since the last."""

    always: set[str]
    turns: Counter[str] = field(default_factory=Counter)
    waited: dict[str, Fraction] = field(default_factory=dict)

    def note(self, pool: Shared, winner: str, move: dict[str, Fraction], free: set[str]) -> None:
        """What I11 promises to those who could have taken every lead of the pool, whoever else came and went."""
        self.always &= free
        if any(share > 0 for who, share in move.items() if who not in free):
            self.always.clear()  # somebody saves up leads that he cannot have now: the others are ahead of theirs
        for who in self.always:
            self.waited[who] = Fraction(0) if who == winner else self.waited.get(who, Fraction(0)) + move[who]
        self.turns[winner] += 1
        if pool.strategy != "round_robin":
            return
        for who in self.always:
            assert abs(pool.owed[who]) <= LIMIT, f"{who} is owed {pool.owed[who]}"
            assert self.waited[who] <= 2 * LIMIT, f"{who} starves: {self.waited[who]} leads since the last one"
        for one, other in combinations(sorted(self.always), 2):
            if pool.weights[one] == pool.weights[other]:
                assert abs(self.turns[one] - self.turns[other]) <= 1, (one, other)
