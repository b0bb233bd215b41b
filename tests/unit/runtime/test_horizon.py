"""The horizon takes the time from the database: where the clock is set to another day it must not run ahead of it."""

from datetime import UTC, datetime

from prometheus_client import CollectorRegistry

from leadline_runtime.clock import PipelineClock
from leadline_runtime.horizon import Horizon
from leadline_runtime.metrics import RuntimeMetrics
from leadline_runtime.testing.memory_log import MemoryLog, MemoryTopics

TUESDAY = datetime(2026, 3, 10, 14, 0, tzinfo=UTC)


async def horizon_of(clock: PipelineClock) -> Horizon:
    topics = MemoryTopics(2)
    log = MemoryLog(topics, "sla-monitor", ["lead.routed"], range(2))
    await log.start()
    return Horizon(log, ["lead.routed"], clock.told_now, dict, RuntimeMetrics("sla-monitor", CollectorRegistry()))


async def test_no_horizon_before_the_database_told_the_time() -> None:
    horizon = await horizon_of(PipelineClock())
    await horizon.round()
    assert horizon.at is None


async def test_then_it_is_the_pipelines_time_and_not_the_machines() -> None:
    clock = PipelineClock()
    horizon = await horizon_of(clock)
    clock.tell(TUESDAY, 0.0)
    await horizon.round()
    assert horizon.at == TUESDAY


def test_a_clock_that_stands_still_goes_on_standing_when_only_the_time_is_told() -> None:
    clock = PipelineClock()
    clock.tell(TUESDAY, 0.0)
    clock.tell(TUESDAY)
    assert clock.told_now() == clock.now() == TUESDAY
