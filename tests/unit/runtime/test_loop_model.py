"""Every state of the loop's model holds the invariants, and each rule of the protocol is needed for it."""

from dataclasses import replace

import pytest

from tests.unit.runtime.loop_model import Rules, explore


def test_no_reachable_state_loses_doubles_or_reorders() -> None:
    states, violation = explore(Rules())
    assert violation == ""
    assert states > 10_000


@pytest.mark.parametrize(
    "rule", ["publish_at_claim", "owner_check", "frames", "doubt_is_a_claim", "kafka_before_commit"]
)
def test_without_this_rule_some_state_is_wrong(rule: str) -> None:
    _, violation = explore(replace(Rules(), **{rule: False}))
    assert violation
