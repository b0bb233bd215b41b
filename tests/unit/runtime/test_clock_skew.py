"""How far a machine's clock is from the database's, and how well that is known."""

from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry

from leadline_runtime.clock_skew import Skew, closest, skew
from leadline_runtime.metrics import RuntimeMetrics

NOON = 1_773_144_000.0
ways = st.floats(0, 5)


@given(there=ways, back=ways, ahead=st.floats(-3600, 3600))
def test_the_true_skew_lies_within_the_bound_however_unlike_the_ways_are(
    there: float, back: float, ahead: float
) -> None:
    found = skew(NOON + ahead, there + back, NOON + there)
    assert abs(found.seconds - ahead) <= found.bound_s + 1e-6
    assert found.bound_s == (there + back) / 2


def test_of_several_questions_the_quickest_answer_counts() -> None:
    assert closest([Skew(0.9, 1.0), Skew(0.1, 0.001), Skew(0.4, 0.5)]) == Skew(0.1, 0.001)


def test_before_the_first_answer_nothing_is_claimed() -> None:
    metrics = RuntimeMetrics("score", CollectorRegistry())
    assert not [sample for family in metrics.clock_skew.collect() for sample in family.samples]
