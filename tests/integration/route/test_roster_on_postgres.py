"""Changes of the roster with real tables: decided once, in force in each instance, told to who ordered them."""

from collections.abc import AsyncIterator, Iterator
from uuid import UUID, uuid4

import psycopg
import pytest
from prometheus_client import CollectorRegistry
from psycopg import sql

from leadline_local.endpoints import Endpoints
from leadline_route.app import STEP
from leadline_route.roster_rules import IN_FORCE
from leadline_route.roster_watch import Following
from leadline_runtime.envelope import headers
from leadline_runtime.frames import Outgoing
from leadline_runtime.loop import Loop
from leadline_runtime.metrics import RuntimeMetrics
from leadline_runtime.rules_watch import RulesWatch
from leadline_runtime.sql import Sql
from leadline_schemas.codec import encode
from leadline_schemas.ids import partition_of
from leadline_schemas.roster import ROSTER_KEY, MemberSettings, RosterChange
from leadline_schemas.topics import ROSTER_RECEIVED
from tests.integration.route.test_loop_on_postgres import PostgresRouteWorld
from tests.support.memory_world import DyingAt
from tests.support.route_laws import LANES, MORNING, wish
from tests.unit.route.leads import scored_record

pytestmark = pytest.mark.stack


@pytest.fixture
def world(stack: Endpoints, prefix: str) -> Iterator[PostgresRouteWorld]:
    made = PostgresRouteWorld(stack.database_url, prefix)
    yield made
    IN_FORCE.team = None
    with psycopg.connect(stack.database_url) as connection:
        connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(prefix)))


@pytest.fixture
async def asked(world: PostgresRouteWorld) -> AsyncIterator[Sql]:
    made = Sql(world.url, world.step.schema)
    yield made
    await made.close()


def orders(world: PostgresRouteWorld, member: str = "ana", **settings: object) -> UUID:
    change = RosterChange(
        submission_id=uuid4(), received_at=MORNING, source="hr", key_id="k", kind="member.set", author="mia",
        member=member, settings=MemberSettings.model_validate(settings),
    )  # fmt: skip
    pairs = headers("test", ROSTER_RECEIVED.event_type, change.submission_id, MORNING, "0" * 32)
    value = encode(ROSTER_RECEIVED, change)
    world.topics.append(Outgoing(ROSTER_RECEIVED.name, partition_of(ROSTER_KEY, LANES), ROSTER_KEY, value, pairs))
    return change.submission_id


async def process(world: PostgresRouteWorld, dies: str = "") -> Loop:
    """A process of its own: it knows no roster yet."""
    IN_FORCE.team = None
    loop = await world.instance(DyingAt(dies))
    rules = RulesWatch(STEP.rules, None, RuntimeMetrics(f"roster-{uuid4().hex}", CollectorRegistry()))
    object.__setattr__(loop.parts, "rules", rules)
    return loop


async def test_a_change_is_decided_once_through_a_kill_and_in_force_everywhere(
    world: PostgresRouteWorld, asked: Sql
) -> None:
    left, bad = orders(world, active=False), orders(world, caps={"day": 3}, weights={"nowhere": 1})
    assert not await world.run(await process(world, "after_commit"))
    assert await world.run(await process(world), 20)
    ((number, body),) = await asked.fetch("SELECT number, body FROM roster")
    assert (number, body) == (1, '{"ana": {"active": false}}')
    history = await asked.fetch("SELECT id, author, kind, member, number, reason FROM roster_change ORDER BY row")
    assert history == [
        (left, "mia", "member.set", "ana", 1, None), (bad, "mia", "member.set", "ana", None, "invalid_roster"),
    ]  # fmt: skip
    told = await asked.fetch("SELECT id, applied, source, assignment FROM command ORDER BY assignment DESC")
    assert told == [(left, True, "hr", 1), (bad, False, "hr", 0)]

    world.arrives(*(scored_record(wish(number)) for number in range(4)))
    loop = await process(world)  # began anew: it gives nobody a lead before it has the roster
    following = Following(loop, asked)
    await following.look()
    assert loop.parts.rules.current.ref.version.endswith("+roster.1")
    assert await world.run(loop, 20)
    events = world.told()
    assert {each.owner for each in events} == {"ben", "cleo"}
    assert {each.basis.rules.version for each in events} == {loop.parts.rules.current.ref.version}


async def test_without_the_roster_in_force_nobody_is_given_a_lead(world: PostgresRouteWorld, asked: Sql) -> None:
    orders(world, active=False)
    assert await world.run(await process(world), 20)
    world.arrives(scored_record(wish(1)))
    loop = await process(world)
    await loop.turn()
    for _ in range(3):
        await loop._guarded_turn()
    assert world.told() == []
    await Following(loop, asked).look()
    for _ in range(6):
        await loop._guarded_turn()
    await loop.batching.settled()
    await loop.parts.database.close()
    assert [each.owner for each in world.told()] == ["ben"]


async def test_files_read_anew_are_noted_once_by_all_instances(world: PostgresRouteWorld, asked: Sql) -> None:
    for _ in range(2):
        loop = await process(world)
        following = Following(loop, asked)
        await following.look()
        await following.look()
        await loop.parts.database.close()
    rows = await asked.fetch("SELECT author, kind, version, digest FROM roster_change")
    ref = loop.parts.rules.current.ref
    assert rows == [("file", "file.read", ref.version, ref.digest)]
