"""How long a batch waits for a provider, and how long a lead waits to ask again."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from leadline_enrich.core.completeness import Patience, ask_again
from leadline_enrich.core.waiting import IN_A_ROW, REST_S, Waiting
from tests.unit.enrich.leads import RULES

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def test_what_is_on_its_way_is_looked_for_soon_and_then_ever_later() -> None:
    patience, waits = Patience(), []
    for _ in range(6):
        patience, wait = ask_again(patience, True, RULES.ask_again)
        waits.append(wait)
    assert waits == [SECOND, 4 * SECOND, 15 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE]


def test_where_nothing_is_on_its_way_nobody_looks_for_it() -> None:
    assert ask_again(Patience(), False, RULES.ask_again) == (Patience(asked=1), 30 * SECOND)


def test_a_provider_that_hung_and_then_rests_is_asked_by_the_longer_waits_from_their_start() -> None:
    patience, _ = ask_again(Patience(), True, RULES.ask_again)
    assert ask_again(patience, False, RULES.ask_again)[1] == 30 * SECOND


@given(st.lists(st.booleans(), min_size=60, max_size=60))
def test_it_ends(late: list[bool]) -> None:
    patience, asked = Patience(), 0
    for each in late:
        patience, wait = ask_again(patience, each, RULES.ask_again)
        asked += 1
        if wait is None:
            break
    assert asked <= RULES.ask_again.at_most + len(RULES.ask_again.late)
    assert wait is None


def test_the_budget_is_paid_a_few_times_then_now_and_then() -> None:
    waiting, now, paid = Waiting(0.25), 0.0, 0.0
    for _ in range(10_000):
        longest = waiting.longest(now)
        paid += longest
        now += longest + 0.01
        waiting.waited(now, 0, 1)
    assert paid < 0.25 * (IN_A_ROW + len(REST_S) + now / REST_S[-1] + 1)


def test_one_answer_in_time_and_it_is_waited_for_again() -> None:
    waiting = Waiting(0.25)
    for _ in range(IN_A_ROW):
        waiting.waited(1.0, 0, 5)
    assert waiting.longest(1.5) == 0.0
    assert waiting.longest(1.0 + REST_S[0]) == 0.25
    waiting.waited(3.0, 1, 4)
    for _ in range(IN_A_ROW - 1):
        waiting.waited(4.0, 0, 5)
    assert waiting.longest(4.0) == 0.25


def test_batches_that_do_not_wait_prove_nothing() -> None:
    waiting = Waiting(0.25)
    for _ in range(IN_A_ROW):
        waiting.waited(1.0, 0, 5)
    waiting.waited(1.5, 1, 0)  # it rests: that something came meanwhile is no reason to wait for the rest
    assert waiting.longest(1.6) == 0.0
