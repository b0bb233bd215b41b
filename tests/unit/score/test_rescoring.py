"""The pass of new rules over stored leads, beside the real loop in memory: bounded, restartable, never in the way."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from prometheus_client import CollectorRegistry
from pydantic import SecretStr

from leadline_runtime.clock import PipelineClock
from leadline_runtime.loop import Loop, Parts
from leadline_runtime.metrics import RuntimeMetrics
from leadline_runtime.rules import LoadedRules
from leadline_runtime.rules_watch import RulesWatch
from leadline_runtime.settings import Settings
from leadline_runtime.testing.memory_database import MemoryDatabase, MemoryTables
from leadline_runtime.testing.memory_log import MemoryLog, MemoryTopics
from leadline_schemas.codec import decode
from leadline_schemas.scored import LeadScored
from leadline_schemas.topics import LEAD_SCORED
from leadline_score.app import STEP
from leadline_score.metrics import RescoringMetrics
from leadline_score.rescoring import Rescoring
from leadline_score.state import JUDGED_BY, judged_by
from leadline_score.testing import MemoryRescoring, MemoryReviewStore
from tests.support.known_leads import as_record, known_leads
from tests.support.memory_world import DyingAt
from tests.support.running import until
from tests.unit.score.builders import loaded, preset

NOON = datetime(2026, 3, 10, 16, tzinfo=UTC)
LANES, LEADS = 4, 24
SLOW, FAST = 200.0, 1e6  # leads a second: twenty at once, or fifty


class World:
    """Topics and tables that survive instances of score."""

    def __init__(self) -> None:
        self.topics, self.tables = MemoryTopics(LANES), MemoryTables(NOON)
        for event in known_leads("l", NOON, LEADS):
            self.topics.append(as_record(event, LANES))

    def instance(self, **more: Any) -> Loop:
        """Another instance, which owns all lanes once it has claimed them."""
        step = replace(STEP, store=MemoryReviewStore(), measure=lambda events: None)
        settings = Settings(
            database_url=SecretStr("memory"), idle_look_s=0.0001, batch_pace_s=0, offsets_every_s=0.0001, **more
        )
        metrics = RuntimeMetrics("score", CollectorRegistry())
        log = MemoryLog(self.topics, "score", [topic.name for topic in step.reads], range(LANES))
        rules = RulesWatch(step.rules, None, metrics)
        database = MemoryDatabase(self.tables, step.body)
        return Loop(step, Parts(settings, database, log, rules, metrics, DyingAt(), PipelineClock(), "test"))

    def changes(self) -> Counter[Any]:
        """How often each lead was told that the rules changed it; a repeat counts once."""
        values = dict.fromkeys(record.value or b"" for record in self.topics.all(LEAD_SCORED.name))
        events: list[LeadScored] = [decode(LEAD_SCORED, value) for value in values]
        return Counter(event.lead_id for event in events if event.cause == "rules_change")

    def judged_by(self, rules: LoadedRules[Any]) -> int:
        """How many leads are judged by these rules."""
        wanted = judged_by(rules.ref.digest)
        return sum(row.state.seen.get(JUDGED_BY) == wanted for row in self.tables.states.values())


async def turns(loop: Loop, until: Callable[[], Any]) -> None:
    """The loop turns until something holds."""
    for _ in range(2000):
        if until():
            return
        await loop.turn()
        await asyncio.sleep(0.0005)
    raise AssertionError("it never came true")


@asynccontextmanager
async def passing(loop: Loop, world: World, rate: float = FAST) -> AsyncIterator[asyncio.Task[None]]:
    """A pass that runs beside the loop while the block does."""
    metrics = RescoringMetrics(CollectorRegistry())
    made = Rescoring(loop, metrics, rate, partial(MemoryRescoring, world.tables))
    task = asyncio.create_task(made.look())
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait([task])


async def scored(world: World, loop: Loop) -> None:
    await turns(loop, lambda: world.judged_by(loaded()) == LEADS)


async def test_all_are_judged_by_the_new_rules_each_told_once() -> None:
    world = World()
    loop = world.instance()
    await scored(world, loop)
    loop.parts.rules.current = preset("eager")
    async with passing(loop, world) as task:
        await turns(loop, lambda: task.done() and world.judged_by(preset("eager")) == LEADS)
    assert set(world.changes().values()) == {1} and len(world.changes()) == LEADS
    async with passing(loop, world) as again:
        await turns(loop, again.done)
    assert not world.tables.inbox, "there is nothing left to ask for"


async def test_it_asks_for_no_more_before_what_it_asked_for_is_decided(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    loop = world.instance()
    await scored(world, loop)
    loop.parts.rules.current = preset("eager")
    looks: list[int] = []
    real = MemoryRescoring.waiting

    async def watched(table: MemoryRescoring) -> int:
        looks.append(await real(table))
        return looks[-1]

    monkeypatch.setattr(MemoryRescoring, "waiting", watched)
    async with passing(loop, world, 40) as task:
        await until(lambda: len(looks) >= 5, "it to look five times while the loop does not turn")
        assert len(set(looks[1:])) == 1 and 0 < looks[1] <= 4, "a tenth of a second's worth, and no more"
        await turns(loop, lambda: task.done() and world.judged_by(preset("eager")) == LEADS)


async def test_it_stands_back_while_more_is_unread_than_a_batch_takes() -> None:
    world = World()
    loop = world.instance(batch_items=5)
    await scored(world, loop)
    for event in known_leads("fresh", NOON, 40):
        world.topics.append(as_record(event, LANES))
    loop.parts.rules.current = preset("eager")
    async with passing(loop, world) as task:
        while not task.done() and loop.parts.log.behind() and sum(loop.parts.log.behind().values()) > 5:
            assert not world.tables.inbox
            await loop.turn()
            await asyncio.sleep(0.0005)
        await turns(loop, lambda: task.done() and world.judged_by(preset("eager")) == LEADS + 40)
    assert len(world.changes()) == LEADS, "fresh leads are judged by the new rules at once"


async def test_rules_put_back_in_the_middle_leave_the_rest_as_it_was() -> None:
    world = World()
    loop = world.instance()
    await scored(world, loop)
    loop.parts.rules.current = preset("eager")
    async with passing(loop, world, SLOW) as task:
        await turns(loop, lambda: world.judged_by(preset("eager")) > 0)
        loop.parts.rules.current = loaded()
        await turns(loop, task.done)
    some = len(world.changes())
    async with passing(loop, world) as task:
        await turns(loop, lambda: task.done() and world.judged_by(loaded()) == LEADS and not world.tables.inbox)
    assert 0 < some < LEADS
    assert len(world.changes()) == some and set(world.changes().values()) == {2}, "they went and came back"


async def test_another_instance_goes_on_where_one_died() -> None:
    world = World()
    dead = world.instance()
    await scored(world, dead)
    dead.parts.rules.current = preset("eager")
    async with passing(dead, world, SLOW):
        await turns(dead, lambda: world.judged_by(preset("eager")) > 0)
    other = world.instance()
    other.parts.rules.current = preset("eager")
    await other.turn()
    async with passing(other, world) as task:
        await turns(other, lambda: task.done() and world.judged_by(preset("eager")) == LEADS)
    assert set(world.changes().values()) == {1} and len(world.changes()) == LEADS


async def test_an_instance_with_other_rules_in_between_leaves_nobody_behind() -> None:
    world = World()
    new = world.instance()
    await scored(world, new)
    new.parts.rules.current = preset("eager")
    async with passing(new, world) as task:
        await turns(new, lambda: task.done() and world.judged_by(preset("eager")) == LEADS)
    old = world.instance()
    await old.turn()
    async with passing(old, world, SLOW):
        await turns(old, lambda: world.judged_by(loaded()) > 0)
    back = world.instance()
    back.parts.rules.current = preset("eager")
    await back.turn()
    async with passing(back, world) as task:
        await turns(back, lambda: task.done() and world.judged_by(preset("eager")) == LEADS)
    assert set(world.changes().values()) <= {1, 3}
