"""Leads that had their owners before the table `owned` was there: found in pages, also while batches move them."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import psycopg
import pytest
from prometheus_client import CollectorRegistry
from psycopg import sql

from leadline_route.handing_over import HandingOver, PostgresHandover
from leadline_route.metrics import HandoverMetrics
from leadline_route.owned_filling import PUT, READ, STANDS, OwnedFilling
from leadline_runtime.sql import Sql
from tests.integration.route.test_loop_on_postgres import PostgresRouteWorld
from tests.support.route_laws import wish
from tests.unit.route.leads import scored_record, stage_record

pytestmark = pytest.mark.stack
OWNED = "SELECT lead_id, owner FROM owned"


@pytest.fixture
async def asked(world: PostgresRouteWorld) -> AsyncIterator[Sql]:
    """A connection to the service's schema."""
    made = Sql(world.url, world.step.schema, timeout_s=60)
    yield made
    await made.close()


async def before_the_table(world: PostgresRouteWorld, asked: Sql, leads: int) -> dict[UUID, str]:
    """Leads with their owners, of which the table knows nothing; one of them is over."""
    wishes = [wish(number) for number in range(leads + 1)]
    world.arrives(*(scored_record(each) for each in wishes))
    await world.work()
    world.arrives(stage_record(wishes[0].id, "disqualified", wishes[-1].start))
    await world.work()
    known = dict(await asked.fetch(OWNED))
    assert len(known) == leads
    await asked.fetch("DELETE FROM owned")
    return known


async def test_older_leads_become_known_page_by_page_and_after_a_crash_it_goes_on(
    world: PostgresRouteWorld, asked: Sql
) -> None:
    known = await before_the_table(world, asked, 10)
    assert not await OwnedFilling(asked, page=4).turn()
    assert len(await asked.fetch(OWNED)) in {3, 4}, "the one that is over is nobody's"
    ((after, done),) = await asked.fetch(STANDS)
    assert not done and after in {*known, *dict(await asked.fetch("SELECT lead_id, lane FROM state"))}
    await OwnedFilling(asked, page=4).run()  # another process
    assert dict(await asked.fetch(OWNED)) == known
    assert (await asked.fetch(STANDS))[0][1]
    await asked.fetch("DELETE FROM owned")
    await OwnedFilling(asked).run()
    assert await asked.fetch(OWNED) == [], "once done it is never done again"


async def test_two_instances_may_fill_at_once(world: PostgresRouteWorld, asked: Sql) -> None:
    known = await before_the_table(world, asked, 12)
    other = Sql(world.url, world.step.schema)
    await asyncio.gather(OwnedFilling(asked, page=3).run(), OwnedFilling(other, page=2).run())
    await other.close()
    assert dict(await asked.fetch(OWNED)) == known


async def test_a_lead_that_a_batch_moves_meanwhile_keeps_whom_the_batch_gave_it_to(
    world: PostgresRouteWorld, asked: Sql
) -> None:
    known = await before_the_table(world, asked, 3)
    rows = await asked.fetch(READ, (UUID(int=0), 50))
    moved, touched, same = sorted(known)
    with psycopg.connect(world.url) as batch:
        batch.execute(sql.SQL("SET search_path TO {}").format(sql.Identifier(world.step.schema)))
        batch.execute("UPDATE state SET lane = lane WHERE lead_id = ANY(%s)", ([moved, touched],))
        stale = [(lead, "whoever had it", version) for lead, version, _ in rows if lead in known]
        putting = asyncio.create_task(asked.fetch(PUT, [list(column) for column in zip(*stale, strict=True)]))
        await waits_for_a_lock(world)
        batch.execute("INSERT INTO owned (lead_id, owner) VALUES (%s, 'zoe')", (moved,))
        batch.commit()
    assert await putting == [(same,)], "of the others it is told that they are to be looked at again"
    assert dict(await asked.fetch(OWNED)) == {moved: "zoe", same: "whoever had it"}
    await OwnedFilling(asked).run()
    assert dict(await asked.fetch(OWNED)) == {moved: "zoe", same: "whoever had it", touched: known[touched]}


async def test_those_of_who_left_are_looked_for_again_when_all_are_known(world: PostgresRouteWorld, asked: Sql) -> None:
    known = await before_the_table(world, asked, 3)
    loop = await world.instance()
    await loop.turn()
    handing = HandingOver(
        loop, HandoverMetrics(CollectorRegistry()), 1000, lambda token: PostgresHandover(asked, token)
    )
    await handing.look()
    lead = min(known)
    await asked.fetch("INSERT INTO owned (lead_id, owner) VALUES (%b::uuid, 'who left long ago')", (lead,))
    await handing.look()
    assert await asked.fetch("SELECT lead_id FROM inbox") == [], "neither roster nor lanes have changed"
    await OwnedFilling(asked).run()
    await handing.look()
    assert await asked.fetch("SELECT lead_id FROM inbox") == [(lead,)]
    await world.run(loop)


async def waits_for_a_lock(world: PostgresRouteWorld) -> None:
    """Until a statement waits for the batch's rows."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND strpos(query, 'same AS') > 0"
    look = Sql(world.url, world.step.schema)
    async with asyncio.timeout(60):
        while (await look.fetch(waiting))[0][0] == 0:  # noqa: ASYNC110 - another process waits
            await asyncio.sleep(0.02)
    await look.close()
