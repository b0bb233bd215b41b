"""Armed clocks while monitors are killed, servers restart and time jumps: no verdict early, doubled, missed, or left
standing against a late truth. With the rule taken out that late truth takes a breach back, the run turns red."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.load.chaos.clocks import ClockForm, Clocks, clock_form
from tests.load.chaos.verdict import Verdict
from tests.load.chaos.world import World, opened_world

pytestmark = pytest.mark.stack
QUIET = ClockForm(seed=4, leads=200, seconds=6, instances=1, kills=0, restarts=0, lag_s=6, jump_s=0)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    tmp_path.chmod(0o755)
    with opened_world(tmp_path, print) as made:
        yield made


def after(world: World, form: ClockForm) -> Verdict:
    clocks = Clocks(world, form, print)
    clocks.prepare()
    clocks.run()
    world.pipeline.stop()
    return clocks.verdict()


def test_whatever_happens_each_clock_has_its_verdict_once_and_in_time(world: World) -> None:
    verdict = after(world, clock_form(seed=7, short=True))
    assert sorted(verdict.violations) == []
    assert verdict.numbers["retractions"] >= 100 and verdict.numbers["provisional"] > 0


def test_a_run_without_retractions_is_red(world: World) -> None:
    bug = ("tests.load.chaos.broken", "late_truth_takes_nothing_back", "leadline_sla_monitor")
    wrong = after(world, ClockForm(**{**vars(QUIET), "program": bug})).violations
    assert wrong and all("answered in time: broken 1 times, taken back 0 times" in str(each) for each in wrong)


def test_a_run_whose_verdicts_wait_for_nobody_is_red(world: World) -> None:
    bug = ("tests.load.chaos.broken", "verdicts_wait_for_nobody", "leadline_sla_monitor")
    wrong = after(world, ClockForm(**{**vars(QUIET), "program": bug})).violations
    assert wrong and all("final while not all was read" in str(each) for each in wrong)
