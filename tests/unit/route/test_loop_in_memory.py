"""The laws of route's tables, in memory."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from prometheus_client import CollectorRegistry

from leadline_route.app import STEP
from leadline_route.core.roster import Counts, Load
from leadline_route.metrics import RouteMetrics
from leadline_route.store import RouteStore
from leadline_route.testing import MemoryChanges, MemoryOutcomes, MemoryOwned, MemoryRoster
from leadline_runtime.database import Database
from leadline_runtime.loop import Loop
from leadline_runtime.testing.memory_database import MemoryDatabase, MemoryTables
from tests.support.route_laws import LANES, MORNING, NIGHT, RouteLaws, RouteWorld, wish
from tests.unit.route.leads import act_record, scored_record


class MemoryRouteWorld(RouteWorld):
    """Rows as dictionaries."""

    def __init__(self) -> None:
        self.roster, self.outcomes, self.owned = MemoryRoster(), MemoryOutcomes(), MemoryOwned()
        self.tables, store = MemoryTables(MORNING), RouteStore(self.roster, self.outcomes, self.owned, MemoryChanges())
        super().__init__(replace(STEP, store=store, measure=lambda events: None, gauges=None))

    def database(self) -> Database:
        return MemoryDatabase(self.tables, self.step.body)

    async def rows(self) -> tuple[dict[str, Load], dict[str, Counts]]:
        return dict(self.roster.members), dict(self.roster.pools)

    async def set_time(self, at: datetime) -> None:
        self.tables.now = at

    async def forget(self, member: str) -> None:
        del self.roster.members[member]


@pytest.fixture
def world() -> RouteWorld:
    return MemoryRouteWorld()


class TestInMemory(RouteLaws):
    """Each law."""


async def test_a_settled_lead_locks_nobody_and_each_batch_locks_in_the_order_of_the_ids() -> None:
    world = MemoryRouteWorld()
    world.arrives(scored_record(wish(1)), scored_record(wish(2, country="GB", state=None)))
    await world.work()
    world.arrives(scored_record(wish(1), 2))
    await world.work()
    assert (("ana", "ben", "cleo", "fay", "gus", "hana"), ("emea", "us_east")) in world.roster.locked
    assert world.roster.locked[-1] == ((), ())


async def test_a_row_that_was_not_foreseen_is_locked_at_the_second_try() -> None:
    store = RouteStore(MemoryRoster())
    assert "was not locked" in str(store._missing("member ana"))
    assert store._all_next


class Telling(MemoryRouteWorld):
    """Instances that tell how many leads wait."""

    async def telling(self, lanes: Iterable[int] = range(LANES)) -> tuple[Loop, CollectorRegistry]:
        """A new process that owns these lanes."""
        registry = CollectorRegistry()
        self.step = replace(self.step, gauges=RouteMetrics(registry))
        return await self.instance(lanes=lanes), registry

    async def looked_over(self, loop: Loop) -> None:
        """Until everything is decided and every lead is known."""
        await self.run(loop)
        surveying = loop.batching.survey._task
        assert surveying is not None
        await asyncio.wait([surveying])


def unrouted(registry: CollectorRegistry) -> float | None:
    return registry.get_sample_value("leadline_unrouted")


async def test_leads_that_wait_are_counted_after_a_restart_and_by_one_instance_each() -> None:
    world = Telling()
    await world.set_time(NIGHT)
    late = [wish(number, start=NIGHT + timedelta(seconds=number)) for number in range(8)]
    world.arrives(*(scored_record(each) for each in late))
    old, before = await world.telling()
    await world.looked_over(old)
    assert unrouted(before) == 8
    new, after = await world.telling()
    await world.looked_over(new)
    assert unrouted(after) == 8
    other, beside = await world.telling([0])
    new.parts.log.assign(range(1, LANES))  # type: ignore[attr-defined]
    await world.looked_over(new)
    await world.looked_over(other)
    assert 0 < (unrouted(beside) or 0) < 8
    assert (unrouted(beside) or 0) + (unrouted(after) or 0) == 8
    for each in late:
        world.arrives(act_record(each.id, "assignment.claimed", NIGHT, "ben"))
    await world.looked_over(new)
    await world.looked_over(other)
    assert unrouted(beside) == unrouted(after) == 0
