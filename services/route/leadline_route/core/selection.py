"""Which member of a pool receives one lead (rules B4.3, B4.4)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from leadline_route.core import balance
from leadline_route.core.candidate_words import WORDS, filled, passed
from leadline_route.core.candidates import Considered
from leadline_route.core.later import Later
from leadline_route.core.roster import Draft
from leadline_route.core.skills import strength
from leadline_route.core.team import Pool
from leadline_runtime.core.values import dataclass
from leadline_schemas.routed import Candidate


@dataclass(frozen=True, slots=True)
class Selection:
    """The outcome in one pool. `winner` None: nobody may receive, and no balance moved.

    `before` and `after` are balances as stored; `move` is what this lead changed in them, without what those who left
    the pool were owed.
    """

    pool: Pool
    winner: str | None
    candidates: Sequence[Candidate]
    before: Mapping[str, Fraction]
    after: Mapping[str, Fraction]
    move: Mapping[str, Fraction]


def select(
    pool: Pool,
    considered: list[Considered],
    draft: Draft,
    waiting: Collection[str] = (),
    skills: Collection[str] = (),
) -> Selection:
    """Deal one lead that asks for `skills` in this pool and note the move in `draft`.

    `waiting` are members who could receive but must leave the lead to those who start soon (early-bird guard).
    """
    stored = {each.member.id: each.load.balance(pool.id) for each in considered}
    before = balance.settled(stored, pool.weights)
    eligible = {each.member.id: each for each in considered if each.reason is None and each.member.id not in waiting}
    if not eligible:
        return Selection(pool, None, Later(lambda: [passed(each, before) for each in considered]), before, before, {})
    shared = balance.share(before, _sharing(pool, considered, before, waiting))
    rested = _rested(pool, list(eligible), draft)
    winner = _winner(pool, rested, eligible, shared, skills)
    after = balance.pay(shared, winner)
    move = balance.moved(before, after)
    draft.owe(pool.id, {member: owed for member, owed in after.items() if owed is not stored[member]})
    _note_run(pool, considered, winner, after, draft)
    words = WORDS[pool.strategy](pool, eligible, frozenset(rested), shared, winner, skills)

    def candidates() -> list[Candidate]:
        return [
            words.candidate(each) if each.member.id in eligible else passed(each, shared, dealt=True)
            for each in considered
        ]

    return Selection(pool, winner, Later(candidates), stored, after, move)


def charged(pool: Pool, considered: list[Considered], draft: Draft, owner: str) -> Selection:
    """A lead that is the owner's already, counted as his turn: whoever would share it does, he pays."""
    stored = {each.member.id: each.load.balance(pool.id) for each in considered}
    before = balance.settled(stored, pool.weights)
    sharing = {**_sharing(pool, considered, before, ()), owner: pool.weights[owner]}
    after = balance.pay(balance.share(before, sharing), owner)
    draft.owe(pool.id, {member: owed for member, owed in after.items() if owed != stored[member]})
    return Selection(pool, owner, (), stored, after, balance.moved(before, after))


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


def _rested(pool: Pool, eligible: list[str], draft: Draft) -> list[str]:
    """Without whoever had `max_run` in a row while being repaid, unless nobody else is there."""
    if pool.returning.policy != "accrue":
        return eligible
    counts = draft.counts(pool.id)
    if counts.run < pool.returning.max_run:
        return eligible
    return [m for m in eligible if m != counts.last or pool.id not in draft.load(m).repaying] or eligible


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


def _winner(
    pool: Pool,
    rested: list[str],
    eligible: Mapping[str, Considered],
    shared: Mapping[str, Fraction],
    skills: Collection[str],
) -> str:
    if pool.strategy == "least_loaded":
        return _least_loaded(rested, eligible, shared)
    if pool.strategy == "by_skill" and skills:
        level = {member: strength(eligible[member].member.levels, skills) for member in rested}
        best = max(level.values())
        rested = [member for member in rested if level[member] == best]
    return balance.highest(shared, rested)


def _least_loaded(members: list[str], eligible: Mapping[str, Considered], shared: Mapping[str, Fraction]) -> str:
    return min(members, key=lambda member: (filled(eligible[member]), -shared[member], member))
