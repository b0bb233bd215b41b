"""How long the oldest unread record has waited."""

from hypothesis import given
from hypothesis import strategies as st

from leadline_runtime.lag import Lag

A, B = ("lead.scored", 0), ("lead.scored", 1)


def test_nothing_waits_where_all_is_read() -> None:
    assert Lag().oldest({A: 0, B: 0}, {A: 5.0}, 100.0) is None


def test_a_backlog_is_as_old_as_the_last_record_read_before_it() -> None:
    assert Lag().oldest({A: 10, B: 3}, {A: 40.0, B: 60.0}, 100.0) == 40.0


def test_a_record_after_days_of_quiet_is_not_days_late() -> None:
    lag = Lag()
    lag.oldest({A: 0}, {A: 1.0}, 100_000.0)
    assert lag.oldest({A: 1}, {A: 1.0}, 100_002.0) == 100_000.0


def test_what_was_never_read_waits_since_it_was_first_seen() -> None:
    lag = Lag()
    assert lag.oldest({A: 5}, {}, 100.0) == 100.0
    assert lag.oldest({A: 9}, {}, 160.0) == 100.0


def test_a_partition_that_went_to_another_instance_is_forgotten() -> None:
    lag = Lag()
    lag.oldest({A: 5}, {}, 100.0)
    lag.oldest({B: 0}, {}, 150.0)
    assert lag.oldest({A: 5}, {}, 200.0) == 200.0


@given(st.lists(st.tuples(st.integers(0, 3), st.floats(0, 100)), min_size=1, max_size=20))
def test_a_wait_never_begins_in_the_future(looks: list[tuple[int, float]]) -> None:
    lag = Lag()
    for step, (records, read) in enumerate(looks):
        found = lag.oldest({A: records}, {A: read}, float(step))
        assert (found is None) == (records == 0)
        assert found is None or found <= step
