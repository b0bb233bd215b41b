"""Monitors on machines with wrong clocks: the database's time decides, so no breach is early, doubled or missed."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import timedelta

from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry
from pydantic import SecretStr

from leadline_runtime.clock import PipelineClock
from leadline_runtime.crash import CrashPoints
from leadline_runtime.loop import Loop, Parts
from leadline_runtime.metrics import RuntimeMetrics
from leadline_runtime.rules_watch import RulesWatch
from leadline_runtime.settings import Settings
from leadline_runtime.testing.memory_database import MemoryDatabase, MemoryTables
from leadline_runtime.testing.memory_log import MemoryLog, MemoryTopics
from leadline_schemas.codec import decode
from leadline_schemas.sla import LeadSla
from leadline_schemas.topics import LEAD_SLA
from tests.support.golden import instant
from tests.support.monitor import PARTITIONS, Monitor
from tests.support.sla_story import MINUTE, SECOND

START = instant("2026-03-10T14:00:00Z")  # a Tuesday, 10:00 in New York: a call is due five minutes later
DEMOS = 3
HALVES = (range(PARTITIONS // 2), range(PARTITIONS // 2, PARTITIONS))
hours = st.integers(-6 * 3600, 6 * 3600).map(lambda each: timedelta(seconds=each))


class Machines:
    """One database, one Kafka, and monitors each of which believes that it is another time."""

    def __init__(self) -> None:
        self.monitor = Monitor("monitor", in_memory=True)
        self.tables, self.topics = MemoryTables(START + 4 * SECOND), MemoryTopics(PARTITIONS)
        for number in range(DEMOS):
            for out in self.monitor.demo(number, START):
                self.topics.append(out)

    def machine(self, lanes: range, ahead: timedelta) -> Loop:
        """A monitor with these lanes, whose own clock is so far ahead of the database's (behind, if negative)."""
        step = replace(self.monitor.instance()[0], judges=True)
        metrics = RuntimeMetrics(step.name, CollectorRegistry())
        knobs = Settings(database_url=SecretStr("memory"), idle_look_s=0.0001, batch_pace_s=0, offsets_every_s=0.0001)
        log = MemoryLog(self.topics, step.name, [topic.name for topic in step.reads], lanes)
        rules, database = RulesWatch(step.rules, None, metrics), MemoryDatabase(self.tables, step.body)
        loop = Loop(step, Parts(knobs, database, log, rules, metrics, CrashPoints("", None), PipelineClock(), "1"))
        # As if the database's time had been carried on by a clock of this machine that runs wild: nothing but the
        # horizon is ever taken from it.
        loop.horizon.at = self.tables.now + ahead
        return loop

    async def work(self, first: timedelta, second: timedelta, *, swapped: bool) -> None:
        """Two monitors share the lanes for a while."""
        lanes = HALVES[::-1] if swapped else HALVES
        both = [self.machine(own, ahead) for own, ahead in zip(lanes, (first, second), strict=True)]
        for _ in range(8):
            for loop in both:
                await loop.turn()
            await asyncio.sleep(0)
        for loop in both:
            await loop.batching.settled()

    def told(self) -> list[LeadSla]:
        """Everything that was told; what a claim published again, byte for byte, counts once."""
        topic = self.monitor.topics[LEAD_SLA.name]
        values = dict.fromkeys(record.value or b"" for record in self.topics.all(topic.name))
        return [decode(topic, value) for value in values]


@settings(max_examples=6, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(shifts=st.lists(st.tuples(st.integers(1, 400), hours, hours, st.booleans()), min_size=1, max_size=5))
def test_whatever_the_clocks_of_machines_say_each_breach_comes_once_and_never_early(
    shifts: list[tuple[int, timedelta, timedelta, bool]],
) -> None:
    world = Machines()

    async def story() -> None:
        for passed, first, second, swapped in shifts:
            world.tables.now += passed * SECOND
            await world.work(first, second, swapped=swapped)
        world.tables.now += 5 * 60 * MINUTE
        await world.work(timedelta(0), timedelta(0), swapped=False)

    asyncio.run(story())
    broken = [each for each in world.told() if each.kind in ("breached", "lapsed")]
    assert all(each.basis.decided_at >= each.due_at for each in broken), "never early"
    counted = Counter((each.lead_id, each.clock, each.target) for each in broken)
    assert set(counted.values()) == {1}, "never twice"
    assert sum(clock == "customer" for _, clock, _ in counted) == 2 * DEMOS, "and none is missed"
