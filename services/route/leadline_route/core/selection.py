"""Which member of a pool receives one lead, and the words for each candidate (rules B4.3, B4.4)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from leadline_route.core import balance
from leadline_route.core.candidates import Considered
from leadline_route.core.roster import Draft
from leadline_route.core.team import Pool
from leadline_schemas.routed import Candidate


@dataclass(frozen=True, slots=True)
class Selection:
    """The outcome in one pool. `winner` None: nobody may receive, and no balance moved."""

    pool: Pool
    winner: str | None
    candidates: tuple[Candidate, ...]
    before: Mapping[str, Fraction]
    after: Mapping[str, Fraction]
    move: Mapping[str, Fraction]


def select(pool: Pool, considered: list[Considered], draft: Draft, waiting: Collection[str] = ()) -> Selection:
    """Deal one lead in this pool and note the move in `draft`.

    `waiting` are members who could receive but must leave the lead to those who start soon (early-bird guard).
    """
    id_ = pool.id
    before = {each.member.id: each.load.balance(id_) for each in considered}
    eligible = [each for each in considered if each.reason is None and each.member.id not in waiting]
    if not eligible:
        return Selection(pool, None, tuple(_passed(each, before) for each in considered), before, before, {})
    sharing = _sharing(pool, considered, before, waiting)
    shared = balance.share(before, sharing)
    rested = _rested(pool, eligible, draft)
    winner = (
        _least_loaded(rested, shared)
        if pool.strategy == "least_loaded"
        else balance.highest(shared, [each.member.id for each in rested])
    )
    after = balance.pay(shared, winner)
    move = balance.moved(before, after)
    draft.owe(id_, {member: after[member] for member in move})
    _note_run(pool, considered, winner, after, draft)
    words = _Words(pool, eligible, rested, shared, winner)
    candidates = tuple(
        words.candidate(each) if each in eligible else _passed(each, shared, dealt=True) for each in considered
    )
    return Selection(pool, winner, candidates, before, after, move)


def _sharing(
    pool: Pool, considered: list[Considered], owed: Mapping[str, Fraction], waiting: Collection[str]
) -> dict[str, int]:
    sharing = {c.member.id: pool.weights[c.member.id] for c in considered if c.shares and c.member.id not in waiting}
    accruing = [each.member.id for each in considered if each.accrues]
    if accruing:  # a debt is capped: whoever would exceed it gets no share of this lead
        whole, cap = sum(sharing.values()), pool.returning.debt_cap
        for member in accruing:
            if owed[member] + Fraction(sharing[member], whole) > cap:
                del sharing[member]
    return sharing


def _rested(pool: Pool, eligible: list[Considered], draft: Draft) -> list[Considered]:
    """Without whoever had `max_run` in a row while being repaid, unless nobody else is there."""
    if pool.returning.policy != "accrue":
        return eligible
    counts = draft.counts(pool.id)
    if counts.run < pool.returning.max_run:
        return eligible
    others = [
        each for each in eligible if each.member.id != counts.last or pool.id not in draft.load(each.member.id).repaying
    ]
    return others or eligible


def _note_run(
    pool: Pool, considered: list[Considered], winner: str, after: Mapping[str, Fraction], draft: Draft
) -> None:
    if pool.returning.policy != "accrue":
        return
    counts = draft.counts(pool.id)
    draft.count(pool.id, replace(counts, last=winner, run=counts.run + 1 if counts.last == winner else 1))
    for each in considered:
        member = each.member.id
        load = draft.load(member)
        if each.accrues:
            draft.put(member, replace(load, repaying=load.repaying | {pool.id}))
        elif member == winner and pool.id in load.repaying and after[member] <= 0:
            draft.put(member, replace(load, repaying=load.repaying - {pool.id}))


def _least_loaded(eligible: list[Considered], shared: Mapping[str, Fraction]) -> str:
    return min(eligible, key=lambda each: (_filled(each), -shared[each.member.id], each.member.id)).member.id


def _filled(each: Considered) -> Fraction:
    """Open leads as a share of the cap; a pool of this strategy has members with an open cap only."""
    return Fraction(each.load.open, each.member.caps.open or 1)


def _passed(each: Considered, shared: Mapping[str, Fraction], *, dealt: bool = False) -> Candidate:
    owed, member = shared[each.member.id], each.member.id
    reason, why = each.reason, each.why
    if reason is None:
        reason, why = ("cap_reached", "early-bird guard: has its part of the held leads until the others start")
    elif reason == "missing_skill" and dealt:
        why = f"{why}; still shares, balance {owed}"
    return Candidate(
        id=member, reason=reason, why=why, balance=str(owed), open=each.load.open, available_from=each.available_from
    )


@dataclass(frozen=True, slots=True)
class _Words:
    """Why each of those who could receive did or did not."""

    pool: Pool
    eligible: list[Considered]
    rested: list[Considered]
    shared: Mapping[str, Fraction]
    winner: str

    def candidate(self, each: Considered) -> Candidate:
        member = each.member.id
        reason, why = self._loaded(each) if self.pool.strategy == "least_loaded" else self._owed(each)
        return Candidate(
            id=member,
            chosen=member == self.winner,
            reason="chosen" if member == self.winner else reason,
            why=why,
            balance=str(self.shared[member]),
            open=each.load.open,
        )

    def _owed(self, each: Considered) -> tuple[str, str]:
        member, owed = each.member.id, self.shared[each.member.id]
        best = self.shared[self.winner]
        tied = owed == best
        if member == self.winner:
            if len(self.eligible) == 1:
                return "chosen", "only available member"
            several = any(self.shared[o.member.id] == best for o in self.rested if o.member.id != member)
            return "chosen", f"balance {owed}, ties by id" if several else f"highest balance {owed}"
        if each not in self.rested:
            return "balance", f"balance {owed}, but {self.pool.returning.max_run} in a row while being repaid"
        return ("tie", f"balance {owed}, id later") if tied else ("balance", f"balance {owed}")

    def _loaded(self, each: Considered) -> tuple[str, str]:
        member, owed = each.member.id, self.shared[each.member.id]
        load = f"{each.load.open} of {each.member.caps.open} open"
        if member == self.winner:
            return "chosen", "only available member" if len(self.eligible) == 1 else f"least loaded: {load}"
        chosen = next(o for o in self.eligible if o.member.id == self.winner)
        if _filled(each) > _filled(chosen):
            return "load", load
        return (
            ("balance", f"{load}, balance {owed}") if owed < self.shared[self.winner] else ("tie", f"{load}, id later")
        )
