"""Round robin by owed balance: the vectors of the design, and the laws that make it fair."""

import random
from collections.abc import Collection, Iterable
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline_route.core.availability import Hours
from leadline_route.core.balance import FINEST, Balances, Moved, take_back
from leadline_route.core.candidates import Considered
from leadline_route.core.caps import Days
from leadline_route.core.roster import Counts, Draft, Load, Roster
from leadline_route.core.selection import select
from leadline_route.core.team import Member, Pool, Returning
from tests.support.golden import golden
from tests.unit.route.leads import shipped

VECTORS: dict[str, Any] = golden()["vectors"]["round_robin"]
ANA = shipped().team.members["ana"]


def person(name: str) -> Member:
    """Somebody with ana's hours and without limits."""
    return Member(name, Hours(ANA.hours.calendar), Days(ANA.days.zone))


class Table:
    """A pool dealt by hand: who is there is said for each lead."""

    def __init__(self, weights: dict[str, int], returning: Returning) -> None:
        self.pool = Pool("pool", weights, returning=returning)
        self.people = {name: person(name) for name in weights}
        self.roster = Roster(KeyError, {name: Load() for name in weights})
        self.roster.pools["pool"] = Counts()

    def deal(self, absent: frozenset[str] = frozenset(), off: frozenset[str] = frozenset()) -> str | None:
        """One lead: `absent` are declared, `off` are off shift."""
        policy = self.pool.returning.policy
        considered = [
            Considered(
                self.people[name],
                self.roster.load(name),
                "absent" if name in absent else "off_shift" if name in off else None,
                shares=name not in off and (name not in absent or policy != "skip"),
                accrues=name in absent and policy == "accrue",
            )
            for name in self.pool.weights
        ]
        draft = Draft(self.roster)
        winner = select(self.pool, considered, draft).winner
        if (delta := draft.delta()) is not None:
            self.roster.apply(delta)
        return winner

    def owed(self) -> dict[str, Fraction]:
        """The balances."""
        return dict(Draft(self.roster).balances_of(self.pool))


def none_owed(names: Iterable[str]) -> Balances:
    """A pool at its beginning."""
    return Balances.of(dict.fromkeys(sorted(names), Fraction(0)))


def dealt(owed: Balances, weights: dict[str, int], here: Collection[str]) -> tuple[str, Balances]:
    """Who of those here gets one lead, and the balances after it."""
    shared = owed.share([weights[name] if name in here else 0 for name in owed.members])
    place = shared.highest([place for place, name in enumerate(owed.members) if name in here])
    return owed.members[place], shared.pay(place)


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda c: f"{c['absent']}-{c['policy']}")
def test_the_vector_of_the_design(case: dict[str, Any]) -> None:
    table = Table(VECTORS["weights"], Returning(case["policy"]))
    for number, (winner, after) in enumerate(zip(case["winners"], case["balance_after_each"], strict=True), 1):
        absent = frozenset({case["absent"]} if number in case["absent_for_leads"] else ())
        assert table.deal(absent=absent) == winner, f"lead {number}"
        assert {name: str(owed) for name, owed in table.owed().items()} == after, f"lead {number}"


def test_four_two_two_of_eight_leads() -> None:
    table = Table({"ana": 2, "ben": 1, "cleo": 1}, Returning())
    winners = [table.deal() for _ in range(8)]
    assert [winners.count(name) for name in ("ana", "ben", "cleo")] == [4, 2, 2]
    assert set(table.owed().values()) == {0}


def test_a_debt_grows_no_further_than_its_cap() -> None:
    table = Table({"ana": 10, "ben": 1}, Returning("accrue", debt_cap=3))
    for _ in range(20):
        table.deal(absent=frozenset({"ana"}))
    assert 3 - Fraction(10, 11) < table.owed()["ana"] <= 3
    assert sum(table.owed().values()) == 0


def test_off_shift_is_frozen_under_every_policy() -> None:
    for policy in ("skip", "catch_up", "accrue"):
        table = Table({"ana": 2, "ben": 1}, Returning(policy))
        table.deal(off=frozenset({"ana"}))
        assert table.owed() == {"ana": 0, "ben": 0}


weights = st.dictionaries(st.sampled_from([f"m{i:02d}" for i in range(12)]), st.integers(1, 10), min_size=1)


@settings(max_examples=30)
@given(weights, st.integers(1, 80))
def test_with_fixed_members_nobody_is_ever_further_from_his_share_than_1_1(w: dict[str, int], leads: int) -> None:
    owed = none_owed(w)
    for _ in range(leads):
        _, owed = dealt(owed, w, w)
        assert sum(owed.values()) == 0
        assert max(map(abs, owed.values())) <= Fraction(11, 10)


@pytest.mark.parametrize("seed", range(20))
def test_with_members_coming_and_going_the_bound_is_1_25(seed: int) -> None:
    dice = random.Random(seed)
    w = {f"m{i}": dice.randint(1, 10) for i in range(dice.randint(2, 12))}
    owed, here = none_owed(w), set(w)
    for _ in range(150):
        here = {name for name in w if (name in here) != (dice.random() < 0.1)}
        if here:
            _, owed = dealt(owed, w, here)
        assert abs(sum(owed.values())) == 0
        assert max(map(abs, owed.values())) <= Fraction(5, 4)


@settings(max_examples=30)
@given(st.integers(2, 8), st.integers(1, 60))
def test_equal_weights_get_the_same_number_of_leads_give_or_take_one(people: int, leads: int) -> None:
    w = {f"m{i}": 1 for i in range(people)}
    owed, got = none_owed(w), dict.fromkeys(w, 0)
    for _ in range(leads):
        winner, owed = dealt(owed, w, w)
        got[winner] += 1
    assert max(got.values()) - min(got.values()) <= 1


@settings(max_examples=30)
@given(weights, st.data())
def test_a_turn_taken_back_leaves_no_trace(w: dict[str, int], data: st.DataObject) -> None:
    before = none_owed(w)
    here = data.draw(st.sets(st.sampled_from(sorted(w)), min_size=1))
    _, after = dealt(before, w, here)
    later = after.share([w[name] for name in after.members])
    assert take_back(later, Moved(before, after)) == {n: later[n] - after[n] for n in later}


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(1, 10**6), st.integers(1, 10**6)), min_size=2, max_size=8))
def test_numbers_too_fine_are_rounded_without_losing_anything(parts: list[tuple[int, int]]) -> None:
    owed = {f"m{i}": Fraction(n, d) for i, (n, d) in enumerate(parts)}
    owed["z"] = -sum(owed.values(), Fraction(0))
    rounded = Balances.of(owed).on_grid()
    assert sum(rounded.values()) == 0
    assert all(abs(rounded[name] - owed[name]) < Fraction(2, 10**9) for name in owed)


def test_balances_stay_readable_however_presence_changes() -> None:
    dice = random.Random(7)
    w = {f"m{i:02d}": 1 + i % 10 for i in range(30)}
    owed = none_owed(w)
    for _ in range(400):
        _, owed = dealt(owed, w, dice.sample(sorted(w), dice.randint(1, 30)))
        assert sum(owed.values()) == 0
        assert max(each.denominator for each in owed.values()) <= FINEST
        assert max(map(abs, owed.values())) <= Fraction(5, 4)


def test_nobody_to_share_is_an_error() -> None:
    with pytest.raises(ValueError, match="nobody shares"):
        none_owed(["ana"]).share([0])


@settings(max_examples=30)
@given(weights.filter(lambda w: len(w) > 1), st.integers(1, 40))
def test_whoever_leaves_a_pool_leaves_nothing_behind(w: dict[str, int], leads: int) -> None:
    """What he was owed is owed to the others by weight: their sum is 0, between equals nothing changes."""
    owed = none_owed(w)
    for _ in range(leads):
        _, owed = dealt(owed, w, w)
    gone = min(w)
    rest = {name: weight for name, weight in w.items() if name != gone}
    before = Balances.of({name: owed[name] for name in rest})
    after = before.settled([rest[name] for name in before.members])
    assert sum(after.values()) == 0
    assert after.settled([rest[name] for name in after.members]) is after
    per_weight = {(after[name] - before[name]) / weight for name, weight in rest.items()}
    assert len(per_weight) == 1
    back = Balances.of({gone: owed[gone], **after}).settled([w[name] for name in sorted(w)])
    assert sum(back.values()) == 0
