"""The laws of route's tables, in PostgreSQL; and several instances that share members."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import datetime

import psycopg
import pytest
from psycopg import sql

from leadline_route import store
from leadline_route.app import STEP
from leadline_route.core.roster import Counts, Load
from leadline_route.store import RouteStore
from leadline_runtime.clock_setting import set_clock
from leadline_runtime.database import Conflict, Database
from leadline_runtime.migrations import RUNTIME, migrate
from leadline_runtime.postgres import Postgres
from tests.support.route_laws import MORNING, RouteLaws, RouteWorld, wish
from tests.unit.route.leads import scored_record

pytestmark = pytest.mark.stack


class PostgresRouteWorld(RouteWorld):
    """Rows in a schema of its own."""

    def __init__(self, url: str, schema: str) -> None:
        self.url = url
        super().__init__(replace(STEP, name=schema, store=RouteStore(), measure=lambda events: None, gauges=None))
        self.migrations = RUNTIME + self.step.migrations
        migrate(url, schema, self.migrations)
        set_clock(url, [schema], MORNING, 0)

    def database(self) -> Database:
        return Postgres(self.url, self.step.schema, self.step.body, self.migrations)

    def sister(self) -> RouteWorld:
        """Another process: the same tables and topics, nothing remembered."""
        other = PostgresRouteWorld(self.url, self.step.schema)
        other.topics = self.topics
        return other

    async def rows(self) -> tuple[dict[str, Load], dict[str, Counts]]:
        members = await asyncio.to_thread(self._all, store.READ_MEMBERS)
        pools = await asyncio.to_thread(self._all, store.READ_POOLS)
        return dict(store.load_of(row) for row in members), dict(store.counts_of(row) for row in pools)

    def _all(self, statement: str) -> list[tuple[object, ...]]:
        everything = statement.partition(" WHERE ")[0]
        with psycopg.connect(self.url) as connection:
            connection.execute(sql.SQL("SET search_path TO {}").format(sql.Identifier(self.step.schema)))
            return connection.execute(everything.encode()).fetchall()

    async def set_time(self, at: datetime) -> None:
        set_clock(self.url, [self.step.schema], at, 0)

    async def forget(self, member: str) -> None:
        with psycopg.connect(self.url) as connection:
            name = sql.Identifier(self.step.schema, "member")
            connection.execute(sql.SQL("DELETE FROM {} WHERE id = %s").format(name), (member,))


class TestOnPostgres(RouteLaws):
    """Each law."""


async def test_three_instances_share_members_without_a_cap_overshot_or_a_balance_lost(
    world: PostgresRouteWorld,
) -> None:
    """Lanes of three processes; every lead is from the West, where eli takes two a day and dev ten."""
    leads = 60
    await world.set_time(datetime(2026, 3, 10, 16, tzinfo=MORNING.tzinfo))

    async def one_process(lanes: list[int]) -> int:
        loop, conflicts = await world.sister().instance(lanes=lanes), 0
        for _ in range(60):
            try:
                await loop.turn()
            except Conflict:
                conflicts += 1
        await loop.batching.settled()
        await loop.parts.database.close()
        return conflicts

    async def arriving() -> None:
        for number in range(leads):
            world.arrives(scored_record(wish(number, state="CA" if number % 3 else "NY")))
            await asyncio.sleep(0.002)

    *conflicts, _ = await asyncio.gather(one_process([0]), one_process([1, 2]), one_process([3]), arriving())
    await world.work()
    told, (members, _) = world.told(), await world.rows()
    assert len(told) == leads
    assert conflicts == [0, 0, 0], "locks are taken in one order: no deadlock"
    owners = Counter(each.owner for each in told)
    assert (owners["eli"], owners["dev"]) == (2, 10)
    assert owners["mia"] == 28, "the rest of the West, whose caps are reached until tomorrow"
    assert {name: members[name].open for name in ("ana", "ben", "cleo")} == {"ana": 10, "ben": 5, "cleo": 5}
    for pool in ("us_east", "us_west"):
        assert sum(load.balance(pool) for load in members.values()) == 0


async def test_whoever_waited_for_a_lock_reads_what_the_other_wrote(world: PostgresRouteWorld) -> None:
    """Locked in one statement and read in the same, the second would still see the old row and lose an update."""
    roster = store.PostgresRoster()
    first, second = (Postgres(world.url, world.step.schema, world.step.body) for _ in range(2))
    await first.claim([0])
    await second.claim([1])
    async with first.batch([0]) as tx:
        await roster.lock(tx, ["ana"], ["us_east"])
        await tx.commit()
    held, done = asyncio.Event(), asyncio.Event()

    async def waits() -> Load:
        await held.wait()
        async with second.batch([1]) as tx:
            done.set()
            members, _ = await store.PostgresRoster().lock(tx, ["ana"], [])
            return members["ana"]

    task = asyncio.create_task(waits())
    async with first.batch([0]) as tx:
        await roster.lock(tx, ["ana"], [])
        held.set()
        await done.wait()
        await asyncio.sleep(0)
        await roster.save(tx, {"ana": Load(open=7)}, {})
        await tx.commit()
    assert (await task).open == 7
    await first.close()
    await second.close()
