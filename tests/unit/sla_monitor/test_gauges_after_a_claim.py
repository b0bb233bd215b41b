"""The monitor in the real loop, in memory: what its gauges tell after a restart and after a rebalance."""

import asyncio
from datetime import timedelta

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
from leadline_schemas.activity import LeadActivity
from leadline_schemas.topics import LEAD_ACTIVITY
from tests.support.golden import instant
from tests.support.monitor import PARTITIONS, Monitor, Told, demo_lead
from tests.support.sla_story import MINUTE, SECOND, act, basis

START = instant("2026-03-10T14:00:00Z")
DEMOS = 12
EVERY_LANE = range(PARTITIONS)


class World:
    """Demo requests a second apart, and what instances make of them."""

    def __init__(self) -> None:
        self.monitor = Monitor("monitor", in_memory=True)
        self.tables, self.topics = MemoryTables(START + MINUTE), MemoryTopics(PARTITIONS)
        for number in range(DEMOS):
            for out in self.monitor.demo(number, START + number * SECOND):
                self.topics.append(out)

    def instance(self, lanes: range = EVERY_LANE) -> tuple[Loop, Told]:
        """A new process."""
        step, told = self.monitor.instance()
        metrics = RuntimeMetrics(step.name, CollectorRegistry())
        settings = Settings(database_url=SecretStr("memory"), idle_look_s=0.0001, offsets_every_s=0.0001)
        log = MemoryLog(self.topics, step.name, [topic.name for topic in step.reads], lanes)
        rules, database = RulesWatch(step.rules, None, metrics), MemoryDatabase(self.tables, step.body)
        return Loop(
            step, Parts(settings, database, log, rules, metrics, CrashPoints("", None), PipelineClock(), "1")
        ), told

    async def work(self, loop: Loop) -> None:
        """Until everything is decided and every lead is known."""
        for _ in range(12):
            await loop.turn()
            await asyncio.sleep(0)
        await loop.batching.settled()
        surveying = loop.batching.survey._task
        assert surveying is not None
        await asyncio.wait([surveying])
        assert not self.topics.all(self.monitor.letters)

    def answered(self, number: int) -> None:
        """A person calls the lead."""
        lead = demo_lead(number, START + number * SECOND)
        activity = act(f"call {number}", "call.connected", START + 2 * MINUTE, "ana", origin=lead)
        event = LeadActivity(lead_id=lead, revision=1, basis=basis(START + 2 * MINUTE), activity=activity)
        self.topics.append(self.monitor.out(LEAD_ACTIVITY, event))


async def test_after_a_restart_the_gauges_are_what_they_were_before_it() -> None:
    world = World()
    old, before = world.instance()
    await world.work(old)
    assert before.open() == [0, 2 * DEMOS, DEMOS, DEMOS]
    assert before.times() == ((START + 5 * MINUTE).timestamp(), START.timestamp())
    new, after = world.instance()
    assert after.open() == [0, 0, 0, 0]
    await world.work(new)
    assert (after.open(), after.times()) == (before.open(), before.times())


async def test_after_a_restart_older_leads_are_told_of_until_they_are_answered() -> None:
    world = World()
    await world.work(world.instance()[0])
    world.tables.now = START + timedelta(days=1)
    await world.work(world.instance()[0])  # every promise is broken, and nobody was answered
    new, after = world.instance()
    await world.work(new)
    assert after.open() == [0, 0, 0, DEMOS]
    assert after.times() == (0, START.timestamp()), "no alarm but the last one: they still wait"
    world.answered(0)
    await world.work(new)
    assert after.times() == (0, (START + SECOND).timestamp())


async def test_after_a_rebalance_each_instance_tells_of_its_own_lanes_and_together_of_all() -> None:
    world = World()
    first, of_first = world.instance()
    await world.work(first)
    whole, times = of_first.open(), of_first.times()
    second, of_second = world.instance(range(2))
    first.parts.log.assign(range(2, PARTITIONS))  # type: ignore[attr-defined]
    await world.work(first)
    await world.work(second)
    assert of_second.open()[1] > 0 and of_first.open()[1] > 0
    assert [a + b for a, b in zip(of_first.open(), of_second.open(), strict=True)] == whole
    assert tuple(min(pair) for pair in zip(of_first.times(), of_second.times(), strict=True)) == times
    for number in range(DEMOS):
        world.answered(number)
    await world.work(first)
    await world.work(second)
    assert of_first.open()[:3] == of_second.open()[:3] == [0, 0, 0], "what is open is the owners' to qualify"
    assert of_first.open()[3] + of_second.open()[3] == DEMOS
    assert of_first.times() == of_second.times() == (0, 0)
