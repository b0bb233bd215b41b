"""The run over the hot pool can fail: with the lock of the rows taken out, books and owners contradict each other."""

import pytest

from tests.load.chaos.hot_pool import HotForm, HotPool
from tests.support.pipeline import Pipeline

pytestmark = pytest.mark.stack


def test_without_a_lock_what_another_instance_wrote_is_lost(pipeline: Pipeline) -> None:
    hot = HotPool(pipeline, print, bug="no_roster_lock")
    hot.start()
    hot.run(HotForm(seed=3, leads=800, seconds=4, kills=0, storms=0, zombies=0))
    verdict = hot.verdict()
    assert verdict.count("owners doubled") > 0
    assert verdict.count("lost") == 0, "all are routed, but not fairly"
