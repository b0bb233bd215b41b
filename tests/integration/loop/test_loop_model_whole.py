"""The model of the loop with two crashes and two rebalances, every state; the unit suite has one of each."""

from tests.unit.runtime.loop_model import Rules, World, explore


def test_two_crashes_two_rebalances_and_a_lost_answer() -> None:
    states, violation = explore(Rules(), World(crashes=2, rebalances=2))
    assert violation == ""
    assert states > 300_000
