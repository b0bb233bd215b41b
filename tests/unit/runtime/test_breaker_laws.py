"""The laws of the breaker, for any order of requests, answers and times."""

from hypothesis import given
from hypothesis import strategies as st

from leadline_runtime.core.breaker import Breaker, BreakerPolicy, let, told

POLICIES = st.builds(
    BreakerPolicy, failures=st.integers(1, 6), rest_s=st.floats(1, 60), longest_rest_s=st.floats(60, 600)
)
# A step: seconds that pass, and what is done: ask, or tell the end of the request that began at the place given.
STEPS = st.lists(st.tuples(st.floats(0, 50), st.none() | st.tuples(st.integers(0, 30), st.booleans())), max_size=60)


@given(POLICIES, STEPS)
def test_whatever_happens(policy: BreakerPolicy, steps: list[tuple[float, tuple[int, bool] | None]]) -> None:
    breaker, now, running = Breaker(), 0.0, list[int]()
    for passes, end in steps:
        now += passes
        before = breaker
        if end is None:
            era, breaker = let(breaker, policy, now)
            assert (era is None) == before.leaves_alone(now)
            if before.openings and era is not None:
                assert let(breaker, policy, now)[0] is None, "half open, one request tells"
            running += [era] if era is not None else []
        elif running:
            era = running.pop(end[0] % len(running))
            breaker = told(breaker, policy, era, end[1], now)
            if era != before.era:
                assert breaker == before, "what began before tells nothing of now"
            elif end[1]:
                assert breaker.state(now) == "closed" and breaker.failures == 0
            elif before.openings:
                assert breaker.state(now) == "open" and breaker.until >= now + policy.rest_s - 1e-6
        assert breaker.until <= now + max(policy.longest_rest_s, policy.rest_s), "nobody is left alone for ever"


@given(POLICIES, st.floats(0, 1e6))
def test_it_opens_after_so_many_failures_in_a_row_and_not_before(policy: BreakerPolicy, now: float) -> None:
    breaker = Breaker()
    for number in range(policy.failures):
        assert breaker.state(now) == "closed", number
        era, breaker = let(breaker, policy, now)
        assert era is not None
        breaker = told(breaker, policy, era, False, now)
    assert breaker.state(now) == "open" and let(breaker, policy, now)[0] is None


def test_a_success_in_between_begins_the_count_anew() -> None:
    policy, breaker = BreakerPolicy(failures=2), Breaker()
    for answered in (False, True, False):
        breaker = told(breaker, policy, breaker.era, answered, 0.0)
    assert breaker.state(0.0) == "closed"


def test_each_rest_is_twice_as_long_up_to_the_longest_and_a_good_probe_ends_it() -> None:
    policy, breaker, now = BreakerPolicy(failures=1, rest_s=10, longest_rest_s=35), Breaker(), 0.0
    rests = []
    for _ in range(4):
        era, breaker = let(breaker, policy, now)
        assert era is not None
        breaker = told(breaker, policy, era, False, now)
        rests.append(breaker.until - now)
        now = breaker.until
    assert rests == [10, 20, 35, 35]
    assert breaker.state(now) == "half_open"
    era, breaker = let(breaker, policy, now)
    assert era is not None
    breaker = told(breaker, policy, era, True, now)
    assert breaker.state(now) == "closed" and let(breaker, policy, now)[0] is not None


def test_a_probe_of_which_nothing_is_heard_gives_way_to_another() -> None:
    policy, breaker = BreakerPolicy(failures=1, rest_s=10, longest_rest_s=10), Breaker()
    breaker = told(breaker, policy, breaker.era, False, 0.0)
    lost, breaker = let(breaker, policy, 10.0)
    assert lost is not None and let(breaker, policy, 19.0)[0] is None
    other, breaker = let(breaker, policy, 20.0)
    assert other is not None and other != lost
    assert told(breaker, policy, lost, True, 21.0) == breaker
