"""Which member of a pool receives one lead (rules B4.3, B4.4)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from leadline_route.core.balance import Balances, Moved
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
    considered: Sequence[Considered],
    draft: Draft,
    waiting: Collection[str] = (),
    skills: Collection[str] = (),
) -> Selection:
    """Deal one lead that asks for `skills` in this pool and note the move in `draft`.

    `waiting` are members who could receive but must leave the lead to those who start soon (early-bird guard).
    """
    stored = draft.balances_of(pool)
    before = stored.settled(pool.parts)
    eligible = [place for place, each in enumerate(considered) if each.reason is None]
    if waiting:
        eligible = [place for place in eligible if pool.ids[place] not in waiting]
    if not eligible:
        return Selection(pool, None, Later(lambda: _passed_all(considered, before)), before, before, {})
    shared = before.share(_sharing(pool, considered, before, waiting))
    rested = _rested(pool, eligible, draft)
    place = _winner(pool, rested, considered, shared, skills)
    after, winner = shared.pay(place), pool.ids[place]
    draft.deal(pool, after)
    _note_run(pool, considered, place, after, draft)

    def candidates() -> list[Candidate]:
        could = {pool.ids[each]: considered[each] for each in eligible}
        fresh = frozenset(pool.ids[each] for each in rested)
        owed = shared.texts()
        words = WORDS[pool.strategy](pool, could, fresh, shared, winner, skills)
        return [
            words.candidate(each) if each.member.id in could else passed(each, owed[each.member.id], dealt=True)
            for each in considered
        ]

    return Selection(pool, winner, Later(candidates), stored, after, Moved(before, after))


def _passed_all(considered: Sequence[Considered], owed: Balances) -> list[Candidate]:
    return [passed(each, owed.texts()[each.member.id]) for each in considered]


def charged(pool: Pool, considered: Sequence[Considered], draft: Draft, owner: str) -> Selection:
    """A lead that is the owner's already, counted as his turn: whoever would share it does, he pays."""
    stored, place = draft.balances_of(pool), pool.ids.index(owner)
    before = stored.settled(pool.parts)
    sharing = _sharing(pool, considered, before, ())
    sharing[place] = pool.parts[place]
    after = before.share(sharing).pay(place)
    draft.deal(pool, after)
    return Selection(pool, owner, (), stored, after, Moved(before, after))


def _sharing(pool: Pool, considered: Sequence[Considered], owed: Balances, waiting: Collection[str]) -> list[int]:
    """The weights of those who share this lead; 0: does not."""
    sharing = [weight if each.shares else 0 for weight, each in zip(pool.parts, considered, strict=True)]
    for member in waiting:
        sharing[pool.ids.index(member)] = 0
    accruing = [place for place, each in enumerate(considered) if each.accrues]
    if accruing:  # a debt is capped: whoever would exceed it gets no share of this lead
        whole, cap = sum(sharing), pool.returning.debt_cap
        for place in accruing:
            if owed[pool.ids[place]] + Fraction(sharing[place], whole) > cap:
                sharing[place] = 0
    return sharing


def _rested(pool: Pool, eligible: list[int], draft: Draft) -> list[int]:
    """Without whoever had `max_run` in a row while being repaid, unless nobody else is there."""
    if pool.returning.policy != "accrue":
        return eligible
    counts = draft.counts(pool.id)
    others = [place for place in eligible if pool.ids[place] != counts.last]
    if counts.run < pool.returning.max_run or len(others) == len(eligible):
        return eligible
    return others if others and pool.id in draft.load(str(counts.last)).repaying else eligible


def _note_run(pool: Pool, considered: Sequence[Considered], place: int, after: Balances, draft: Draft) -> None:
    if pool.returning.policy != "accrue":
        return
    counts, winner = draft.counts(pool.id), pool.ids[place]
    draft.count(pool.id, replace(counts, last=winner, run=counts.run + 1 if counts.last == winner else 1))
    for each in considered:
        member = each.member.id
        if each.accrues:
            load = draft.load(member)
            draft.put(member, replace(load, repaying=load.repaying | {pool.id}))
    load = draft.load(winner)
    if pool.id in load.repaying and after.units[place] <= 0:
        draft.put(winner, replace(load, repaying=load.repaying - {pool.id}))


def _winner(
    pool: Pool, rested: list[int], considered: Sequence[Considered], shared: Balances, skills: Collection[str]
) -> int:
    if pool.strategy == "least_loaded":
        fullness = {place: filled(considered[place]) for place in rested}
        least = min(fullness.values())
        rested = [place for place in rested if fullness[place] == least]
    elif pool.strategy == "by_skill" and skills:
        level = {place: strength(considered[place].member.levels, skills) for place in rested}
        best = max(level.values())
        rested = [place for place in rested if level[place] == best]
    return shared.highest(rested)
