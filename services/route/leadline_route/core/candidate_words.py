"""Why each candidate did or did not receive the lead, in words and numbers."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from fractions import Fraction
from typing import Literal

from leadline_route.core.balance import Balances
from leadline_route.core.candidates import Considered
from leadline_route.core.skills import strength
from leadline_route.core.team import Pool, Strategy
from leadline_runtime.core.values import dataclass
from leadline_schemas.event import trusted
from leadline_schemas.routed import Candidate

_candidate = trusted(Candidate)
Lost = Literal["balance", "tie", "load"]


def filled(each: Considered) -> Fraction:
    """Open leads as a part of the cap; a pool that is dealt by load has members with an open cap only."""
    return Fraction(each.load.open, each.member.caps.open or 1)


def passed(each: Considered, owed: str, *, dealt: bool = False) -> Candidate:
    """Somebody who could not receive; `owed` is the balance as text. `dealt`: somebody else did: shares were given."""
    member = each.member.id
    reason, why = each.reason, each.why
    if reason is None:
        reason, why = "cap_reached", "early-bird guard: has its part of the held leads until the others start"
    elif reason == "missing_skill" and dealt:
        why = f"{why}; still shares, balance {owed}"
    return _candidate(
        id=member, reason=reason, why=why, balance=owed, open=each.load.open, available_from=each.available_from
    )


@dataclass(frozen=True, slots=True)
class Words(ABC):
    """Those who could receive. `rested` are those of them who have not just had their run, `skills` what is asked."""

    pool: Pool
    eligible: Mapping[str, Considered]
    rested: frozenset[str]
    shared: Balances
    winner: str
    skills: Collection[str] = ()

    def candidate(self, each: Considered) -> Candidate:
        """One of them."""
        member = each.member.id
        balance, opened = self.owed(member), each.load.open
        if member == self.winner:
            why = "only available member" if len(self.eligible) == 1 else self.won(each)
            return _candidate(id=member, chosen=True, reason="chosen", why=why, balance=balance, open=opened)
        reason, why = self.lost(each)
        return _candidate(id=member, reason=reason, why=why, balance=balance, open=opened)

    def owed(self, member: str) -> str:
        """The balance after the shares, as text: equal ones have the same."""
        return self.shared.texts()[member]

    @abstractmethod
    def won(self, each: Considered) -> str:
        """Why this one of several."""

    @abstractmethod
    def lost(self, each: Considered) -> tuple[Lost, str]:
        """Why not this one."""


class OwedWords(Words):
    """Dealt by owed balance."""

    __slots__ = ()

    def won(self, each: Considered) -> str:
        """Highest, or the first by id of several."""
        owed = self.owed(self.winner)
        tied = any(self.owed(other) == owed for other in self.rested if other != self.winner)
        return f"balance {owed}, ties by id" if tied else f"highest balance {owed}"

    def lost(self, each: Considered) -> tuple[Lost, str]:
        """Less is owed, or the id is later, or it is somebody else's turn first."""
        member = each.member.id
        owed = self.owed(member)
        if member not in self.rested:
            return "balance", f"balance {owed}, but {self.pool.returning.max_run} in a row while being repaid"
        return (
            ("tie", f"balance {owed}, id later") if owed == self.owed(self.winner) else ("balance", f"balance {owed}")
        )


class LoadWords(Words):
    """Dealt by load."""

    __slots__ = ()

    def won(self, each: Considered) -> str:
        """The emptiest."""
        return f"least loaded: {_load(each)}"

    def lost(self, each: Considered) -> tuple[Lost, str]:
        """Fuller, or less is owed, or the id is later."""
        owed = self.shared[each.member.id]
        if filled(each) > filled(self.eligible[self.winner]):
            return "load", _load(each)
        if owed < self.shared[self.winner]:
            return "balance", f"{_load(each)}, balance {owed}"
        return "tie", f"{_load(each)}, id later"


class SkillWords(OwedWords):
    """Dealt to the best at what the lead asks for, then by owed balance."""

    __slots__ = ()

    def won(self, each: Considered) -> str:
        """The best; of several, whom most is owed."""
        level = self._level(each)
        if not self.skills:
            return super().won(each)
        equal = [other for other in self.rested if self._level(self.eligible[other]) == level]
        if len(equal) == 1:
            return f"highest level {level} in {self._asked()}"
        return f"level {level} in {self._asked()}, balance {self.shared[self.winner]}"

    def lost(self, each: Considered) -> tuple[Lost, str]:
        """Others are better at it and have their turn first, or more is owed to them."""
        best = self._level(self.eligible[self.winner])
        if self.skills and each.member.id in self.rested and self._level(each) < best:
            return "balance", f"level {self._level(each)} in {self._asked()}, {self.winner} has {best}"
        return super().lost(each)

    def _level(self, each: Considered) -> int:
        return strength(each.member.levels, self.skills)

    def _asked(self) -> str:
        return " and ".join(sorted(self.skills))


WORDS: Mapping[Strategy, type[Words]] = {
    "round_robin": OwedWords, "least_loaded": LoadWords, "by_skill": SkillWords,
}  # fmt: skip


def _load(each: Considered) -> str:
    return f"{each.load.open} of {each.member.caps.open} open"
