"""The laws of route's tables, in memory."""

from dataclasses import replace
from datetime import datetime

import pytest

from leadline_route.app import STEP
from leadline_route.core.roster import Counts, Load
from leadline_route.store import RouteStore
from leadline_route.testing import MemoryRoster
from leadline_runtime.database import Database
from leadline_runtime.testing.memory_database import MemoryDatabase, MemoryTables
from tests.support.route_laws import MORNING, RouteLaws, RouteWorld, wish
from tests.unit.route.leads import scored_record


class MemoryRouteWorld(RouteWorld):
    """Rows as dictionaries."""

    def __init__(self) -> None:
        self.roster, self.tables = MemoryRoster(), MemoryTables(MORNING)
        super().__init__(replace(STEP, store=RouteStore(self.roster), measure=lambda events: None))

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
