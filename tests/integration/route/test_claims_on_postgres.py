"""Claims at once, with several instances of route: exactly one wins, and the door is told at once who."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from time import monotonic
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from leadline_capture.edge.outcomes import EVERY_S, Outcomes
from leadline_capture.edge.tables import MIGRATIONS as EDGE
from leadline_capture.tables import MIGRATIONS as CAPTURE
from leadline_local.endpoints import Endpoints
from leadline_route.outcomes import CommandOutcome, PostgresOutcomes
from leadline_runtime.migrations import RUNTIME
from leadline_runtime.sql import Sql
from tests.integration.route.test_loop_on_postgres import PostgresRouteWorld
from tests.support.route_laws import NIGHT, wish
from tests.unit.route.leads import act_record, scored_record

pytestmark = pytest.mark.stack
MEMBERS = ("ana", "ben", "cleo", "dev")


@pytest.fixture
def world(stack: Endpoints, prefix: str) -> Iterator[PostgresRouteWorld]:
    made = PostgresRouteWorld(stack.database_url, prefix)
    yield made
    with psycopg.connect(stack.database_url) as connection:
        for schema in (prefix, f"{prefix}_door"):
            connection.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(schema)))


@asynccontextmanager
async def watching(world: PostgresRouteWorld, route: str | None = None) -> AsyncIterator[Outcomes]:
    """A door that waits for what route decides."""
    asked, own = Sql(world.url, f"{world.step.schema}_door"), Sql(world.url, route or world.step.schema)
    await asked.migrate(RUNTIME + CAPTURE + EDGE)
    outcomes = Outcomes(asked, own)
    work = [asyncio.create_task(each) for each in (outcomes.run(), outcomes.hear())]
    try:
        yield outcomes
    finally:
        for task in work:
            task.cancel()
        await asyncio.wait(work)
        await asked.close()
        await own.close()


async def test_of_claims_at_once_exactly_one_wins_and_all_are_told_who(world: PostgresRouteWorld) -> None:
    await world.set_time(NIGHT)
    leads = [wish(number, start=NIGHT) for number in range(12)]
    world.arrives(*(scored_record(each) for each in leads))
    await world.work()
    at = NIGHT + timedelta(minutes=1)
    await world.set_time(at)
    claims = [act_record(lead.id, "assignment.claimed", at, by) for lead in leads for by in MEMBERS]
    done = asyncio.Event()

    async def one_process(lanes: list[int]) -> None:
        loop = await world.sister().instance(lanes=lanes)
        while not done.is_set():
            await loop.turn()
        await loop.batching.settled()
        await loop.parts.database.close()

    async with watching(world) as door:
        processes = [asyncio.create_task(one_process(lanes)) for lanes in ([0], [1, 2], [3])]
        waiting = [asyncio.create_task(door.wait(each.value.activity.id, 60)) for each in claims]
        world.arrives(*claims)
        told = await asyncio.gather(*waiting)
        done.set()
        await asyncio.gather(*processes)
    owners = {each.lead_id: each.owner for each in world.told() if each.cause == "claimed"}
    assert len(owners) == len(leads) and sum(each.cause == "claimed" for each in world.told()) == len(leads)
    for claim, status in zip(claims, told, strict=True):
        act = claim.value.activity
        assert status is not None and status.owner == owners[act.origin]
        assert (status.status == "applied") == (act.actor.id == status.owner)
        assert status.status == "applied" or f"{status.owner} has it" in (status.detail or "")
    members, _ = await world.rows()
    assert sum(load.open for load in members.values()) == len(leads)


async def test_a_decision_is_heard_of_and_not_only_found_by_looking(world: PostgresRouteWorld) -> None:
    lead = wish(1)
    world.arrives(scored_record(lead))
    await world.work()
    async with watching(world) as door:
        quickest = EVERY_S
        for minute in range(1, 4):
            claim = act_record(lead.id, "assignment.accepted", lead.start + timedelta(minutes=minute), "ana")
            waiting = asyncio.create_task(door.wait(claim.value.activity.id, 60))
            world.arrives(claim)
            await world.work()
            decided = monotonic()
            status = await waiting
            assert status is not None and status.status == "applied"
            quickest = min(quickest, monotonic() - decided)
    assert quickest < EVERY_S / 2


async def test_without_route_a_command_is_pending_and_the_wait_ends(world: PostgresRouteWorld) -> None:
    async with watching(world, "nowhere_yet") as door:
        command, now = uuid4(), NIGHT
        assert await door.find(command, "crm", now) is None
        await door._asked.run(
            ("INSERT INTO idempotency (submission_id, body_sha256) VALUES (%s, '')", (command,)),
        )
        assert (await door.wait(command, 0.05)) is None
        found = await door.find(command, "crm", now)
        assert found is not None and found.status == "pending"
        row = (
            "INSERT INTO submission (submission_id, digest, outcome, source, decided_at) VALUES (%s, '', %s, 'crm', %s)"
        )
        await door._asked.run((row, (command, "attached", now)))
        assert (found := await door.find(command, "crm", now)) is not None and found.status == "pending"
        assert await door.find(command, "erp", now) is None, "another system learns nothing"
        assert await door.find(command, "crm", now + timedelta(days=8)) is None


async def test_what_capture_refuses_is_told_too(world: PostgresRouteWorld) -> None:
    async with watching(world) as door:
        unknown, buried = uuid4(), uuid4()
        await door._asked.run(
            ("INSERT INTO submission (submission_id, digest, outcome, source, decided_at)"
             " VALUES (%s, '', 'unknown_lead', 'crm', %s)", (unknown, NIGHT)),
            ("INSERT INTO buried (submission_id, source, failure_class, decided_at) VALUES (%s, 'crm', 'x', %s)",
             (buried, NIGHT)),
        )  # fmt: skip
        for command, reason in ((unknown, "unknown_lead"), (buried, "not_readable")):
            status = await door.wait(command, 60)
            assert status is not None and (status.status, status.reason) == ("refused", reason)


async def test_what_became_of_a_change_of_the_roster_is_told_for_a_week_and_only_to_whose_it_is(
    world: PostgresRouteWorld,
) -> None:
    decided = CommandOutcome(
        id=uuid4(), lead_id=None, applied=True, reason=None, detail=None, outcome=None, owner=None, assignment=3,
        over_cap=False, decided_at=NIGHT, source="hr",
    )  # fmt: skip
    async with watching(world) as door:
        await door._asked.run(
            ("INSERT INTO idempotency (submission_id, body_sha256) VALUES (%s, '')", (decided.id,)),
        )
        pending = await door.find_change(decided.id, "hr")
        assert pending is not None and pending.status == "pending"
        database = world.database()
        await database.claim([0])
        async with database.batch([0]) as tx:
            await tx.open([], None, 1)
            await PostgresOutcomes().write(tx, [decided])
            await tx.commit()
        await database.close()
        told = await door.find_change(decided.id, "hr")
        assert told is not None and (told.status, told.roster, told.assignment) == ("applied", 3, None)
        assert await door.find_change(decided.id, None) == told, "to who administers all"
        assert await door.find_change(decided.id, "crm") is None
        await door._route.run(("DELETE FROM command", ()))
        await door._asked.run(("UPDATE idempotency SET created_at = now() - interval '8 days'", ()))
        assert await door.find_change(decided.id, "hr") is None, "forgotten, and not pending for ever"


async def test_a_table_of_route_that_is_gone_ends_no_door(world: PostgresRouteWorld) -> None:
    lead = wish(1)
    world.arrives(scored_record(lead))
    await world.work()
    async with watching(world) as door:
        assert await door.find_change(uuid4(), "hr") is None
        await door._route.run(("ALTER TABLE command RENAME TO elsewhere", ()))
        assert await door.wait(uuid4(), 0.05) is None
        assert await door.find_change(uuid4(), "hr") is None
        await door._route.run(("ALTER TABLE elsewhere RENAME TO command", ()))
        claim = act_record(lead.id, "assignment.accepted", lead.start + timedelta(minutes=1), "ana")
        world.arrives(claim)
        await world.work()
        status = await door.wait(claim.value.activity.id, 60)
        assert status is not None and status.status == "applied"
