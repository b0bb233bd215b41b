"""The pass over the leads of one who left, by its real statements: it finds exactly what is left, page by page."""

from uuid import UUID, uuid4

import pytest

from leadline_route.handing_over import FIRST, PostgresHandover
from leadline_runtime.sql import Sql
from tests.integration.route.test_loop_on_postgres import PostgresRouteWorld
from tests.support.route_laws import LANES, wish
from tests.unit.route.leads import act_record, scored_record, stage_record

pytestmark = pytest.mark.stack


async def owned(asked: Sql) -> dict[UUID, str]:
    return dict(await asked.fetch("SELECT lead_id, owner FROM owned"))


async def test_whose_leads_are_whose_follows_the_states_and_the_pass_finds_them(world: PostgresRouteWorld) -> None:
    leads = [wish(number) for number in range(12)]
    world.arrives(*(scored_record(each) for each in leads))
    await world.work()
    asked = Sql(world.url, world.step.schema)
    told = {each.lead_id: each.owner for each in world.told()}
    assert await owned(asked) == told
    mine = sorted(lead for lead, owner in told.items() if owner == "ana")
    over, given = mine[0], mine[1]
    world.arrives(
        stage_record(over, "disqualified", leads[-1].start),
        act_record(given, "assignment.reassigned", leads[-1].start, "mia", member="ben", assignment=1),
    )
    await world.work()
    left = sorted(set(mine) - {over, given})
    assert await owned(asked) == {**{lead: who for lead, who in told.items() if lead != over}, given: "ben"}

    loop = await world.instance()
    await loop.turn()
    token = loop.parts.database.token
    assert token is not None
    table, run = PostgresHandover(asked, token), uuid4()
    await table.after_the_batch()
    assert await table.owners() == ["ana", "ben", "cleo"]
    assert (await table.count(["ana"]), await table.count(["zoe"]), await table.waiting()) == (len(left), 0, 0)
    first = await table.tell(run, ["ana"], FIRST, 2)
    assert list(first) == left[:2] and await table.waiting() == 1
    rest = await table.tell(run, ["ana"], first[-1], 50)
    assert [*first, *rest] == left
    await table.tell(run, ["ana"], FIRST, 50)
    rows = await asked.fetch("SELECT lane, lead_id FROM inbox")
    assert sorted(lead for _, lead in rows) == left, "asked for once in a pass"
    assert all(0 <= lane < LANES for lane, _ in rows)
    await world.run(loop)  # decided like all else: nobody left or is away, so nothing moves
    assert await table.waiting() == 0 and len(world.told()) == 14
    await asked.close()


async def test_who_does_not_own_a_lane_asks_for_nothing_of_it(world: PostgresRouteWorld) -> None:
    world.arrives(*(scored_record(wish(number)) for number in range(4)))
    await world.work()
    asked = Sql(world.url, world.step.schema)
    stranger = PostgresHandover(asked, uuid4())
    assert await stranger.count(["ana", "ben", "cleo"]) == 0
    assert not await stranger.tell(uuid4(), ["ana"], FIRST, 50)
    await asked.close()
