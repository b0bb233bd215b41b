"""Turns of a pool, told in any order, are put in the order in which they were dealt."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as some

from leadline_route.core.balance import Balances
from leadline_route.core.simulation import Answer, Happening
from leadline_route.core.turn_order import TurnOrder
from tests.unit.route.leads import Wish, at, scored_record

START = at("2026-03-02T08:00:00Z")
SCORED = scored_record(Wish()).value
HOURS = timedelta(hours=5)


def told(lead: int, when: datetime, before: Mapping[str, Fraction], after: Mapping[str, Fraction]) -> Happening:
    """A turn as its event tells it."""
    texts = [{member: str(owed) for member, owed in each.items()} for each in (before, after)]
    answer = Answer("person", "rule", "somebody", "pool")
    return Happening(UUID(int=lead), when, b"", SCORED, was=answer, owed=texts[0], then_owed=texts[1])


def dealt(rng: random.Random, number: int, weights: Sequence[int]) -> list[Happening]:
    """Turns as they came, some at one instant, some hours apart; now and then somebody may not have the lead."""
    shares = {f"m{index}": weight for index, weight in enumerate(weights)}
    owed = Balances.of(dict.fromkeys(shares, Fraction(0)))
    found, now = [], START
    for lead in range(number):
        now += rng.choice([timedelta(0), timedelta(milliseconds=7), timedelta(seconds=3), HOURS])
        out = rng.choice(sorted(shares)) if len(shares) > 1 and rng.random() < 0.1 else None
        shared = owed.share([weight if member != out else 0 for member, weight in shares.items()])
        after = shared.pay(shared.highest([place for place, member in enumerate(shares) if member != out]))
        found.append(told(lead, now, owed, after))
        owed = after
    return found


def ordered(happenings: Sequence[Happening], order: TurnOrder | None = None) -> list[Happening]:
    """All of them, put in order."""
    order = order or TurnOrder()
    found = [each for happening in happenings for each in order.put(happening)]
    return [*found, *order.end()]


def follow(happenings: Sequence[Happening]) -> bool:
    """Does each begin from the balances that the one before it left?"""
    return all(one.then_owed == other.owed for one, other in pairwise(happenings))


seeds = some.integers(0, 1_000_000)
pools = some.sampled_from([(1,), (1, 1), (1, 1, 1), (2, 1, 1), (3, 2, 2, 1)])


@settings(max_examples=300)
@given(seeds, some.integers(1, 60), pools)
def test_each_begins_from_what_the_one_before_it_left_whatever_the_clocks_say(
    seed: int, number: int, weights: Sequence[int]
) -> None:
    """Clocks and transactions of several instances are seconds apart; so the log has the turns in another order."""
    rng = random.Random(seed)
    turns = dealt(rng, number, weights)
    skewed = [replace(each, at=each.at + timedelta(milliseconds=rng.randrange(4_000))) for each in turns]
    rng.shuffle(skewed)
    found = ordered(sorted(skewed, key=lambda each: each.at))
    assert sorted(each.lead for each in found) == sorted(each.lead for each in turns)
    assert follow(found)


@settings(max_examples=100)
@given(seeds, pools)
def test_turns_that_the_clock_tells_apart_keep_its_order(seed: int, weights: Sequence[int]) -> None:
    turns = dealt(random.Random(seed), 20, weights)
    apart = [replace(each, at=START + number * timedelta(minutes=2)) for number, each in enumerate(turns)]
    assert ordered(apart) == apart


def test_where_a_round_of_equal_shares_began_the_next_turn_tells() -> None:
    """Three released at one instant: any could be the first, but the next day begins where the first did."""
    turns = dealt(random.Random(1), 4, (1, 1, 1))
    assert turns[3].owed == turns[0].owed
    a, b, c = (replace(each, at=START) for each in turns[:3])
    later = replace(turns[3], at=START + HOURS)
    in_between = replace(later, lead=UUID(int=9), at=START + HOURS / 2, owed={}, then_owed={})
    for morning in ([b, c, a], [c, a, b], [a, c, b]):
        assert [each.lead for each in ordered([*morning, in_between, later])] == [
            each.lead for each in (a, b, c, in_between, later)
        ]


def test_at_one_instant_and_with_nothing_to_tell_it_a_round_begins_with_the_smallest_id() -> None:
    a, b, c = (replace(each, at=START) for each in dealt(random.Random(1), 3, (1, 1, 1)))
    assert ordered([c, b, a]) == [a, b, c]


def test_a_balance_moved_without_a_turn_does_not_carry_turns_to_another_day() -> None:
    """A lead given back: what the turns after it begin from, none before it left."""
    turns = dealt(random.Random(3), 30, (2, 1, 1))
    apart = [replace(each, at=START + number * timedelta(seconds=9)) for number, each in enumerate(turns)]
    without = [*apart[:10], *apart[11:20], *apart[21:]]
    found = ordered(without)
    places = [without.index(each) for each in found]
    assert max(abs(place - where) * timedelta(seconds=9) for where, place in enumerate(places)) <= timedelta(minutes=2)


def test_no_more_are_held_back_than_stated() -> None:
    turns = dealt(random.Random(2), 60, (1, 1, 1))
    at_once = [replace(each, at=START) for each in turns]
    order = TurnOrder(most=20)
    given_so_far = 0
    for number, each in enumerate(at_once, 1):
        given_so_far += len(list(order.put(each)))
        assert number - given_so_far <= 20
    assert given_so_far + len(list(order.end())) == 60
