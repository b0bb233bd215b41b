"""Laws of the rate limit: never more than the burst and the rate allow, never less, and what it says comes true."""

from hypothesis import given
from hypothesis import strategies as st

from leadline_runtime.core.rates import SECOND, Rate, take

RATES = st.builds(Rate, st.floats(0.1, 10_000), st.integers(1, 1000))
START = 1_800_000_000 * SECOND
STEPS = st.lists(st.tuples(st.integers(0, 3 * SECOND), st.integers(1, 5)), min_size=1, max_size=60)


@given(RATES, STEPS)
def test_in_no_stretch_of_time_more_is_given_than_burst_and_rate_allow(
    rate: Rate, steps: list[tuple[int, int]]
) -> None:
    now, arrival, given_at = float(START), 0.0, list[tuple[float, int]]()
    for pause, cost in steps:
        now += pause
        taken, arrival = take(arrival, now, rate, cost)
        if taken.allowed:
            given_at.append((now, cost))
    for first in range(len(given_at)):
        total = 0
        for at, cost in given_at[first:]:
            total += cost
            assert total <= rate.burst + rate.per_s * (at - given_at[first][0]) / SECOND + 0.01


@given(RATES, STEPS)
def test_what_it_says_comes_true(rate: Rate, steps: list[tuple[int, int]]) -> None:
    now, arrival = float(START), 0.0
    for pause, cost in steps:
        now += pause
        before = arrival
        taken, arrival = take(arrival, now, rate, cost)
        if not taken.allowed:
            assert arrival == before and taken.retry > 0
            if cost <= rate.burst:
                assert take(arrival, now + taken.retry, rate, cost)[0].allowed
        if taken.remaining:
            assert take(arrival, now, rate, taken.remaining)[0].allowed
        # A microsecond on: what doubles cannot hold apart may be given either way.
        assert not take(max(arrival, now) + 1, now, rate, taken.remaining + 1)[0].allowed
        assert take(arrival, now + taken.reset, rate, rate.burst)[0].allowed, "the whole burst is there again"


@given(RATES)
def test_who_keeps_to_the_rate_is_never_refused(rate: Rate) -> None:
    now, arrival = float(START), 0.0
    for _ in range(50):
        taken, arrival = take(arrival, now, rate)
        assert taken.allowed
        now += rate.interval
