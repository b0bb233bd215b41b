"""Laws of what lanes hold between batches; the same for a database in memory and for PostgreSQL."""

from collections.abc import Mapping
from uuid import UUID

from leadline_runtime.database import Database, Held, OutboxRow, Write

LANE, OTHER = 0, 1
OLD, NEW = UUID(int=1), UUID(int=2)


async def lanes_remember_which_topics_their_positions_belong_to(one: Database, two: Database) -> None:
    """What was settled is found by the next claim; a lane that was never settled knows no topic."""
    first = await one.claim([LANE, OTHER])
    assert first.topics == {LANE: {}, OTHER: {}}
    await one.settle(Held({}, {}, {LANE: {"a": OLD, "b": NEW}}))
    assert (await two.claim([LANE, OTHER])).topics == {LANE: {"a": OLD, "b": NEW}, OTHER: {}}
    await two.settle(Held({}, {}, {LANE: {"a": NEW, "b": NEW}}))
    assert (await one.claim([LANE])).topics == {LANE: {"a": NEW, "b": NEW}}


async def positions_and_their_topics_change_together_and_nothing_else_does(one: Database, two: Database) -> None:
    """Settled positions replace those of the lane's outbox row; its events and its place in the order stay."""
    await one.claim([LANE, OTHER])
    await reach(one, {LANE: {"a": 7, "b": 3}, OTHER: {"a": 9}})
    held = await one.claim([LANE, OTHER])
    anew = OutboxRow(held.outbox[LANE].seq, {"a": 0, "b": 3}, b"not looked at")
    await one.settle(Held({LANE: anew}, {}, {LANE: {"a": NEW}}))
    after = await two.claim([LANE, OTHER])
    assert after.outbox[LANE] == OutboxRow(1, {"a": 0, "b": 3}, b"frame", 2)
    assert after.outbox[OTHER] == held.outbox[OTHER]
    assert after.topics == {LANE: {"a": NEW}, OTHER: {}}


async def who_lost_a_lane_settles_nothing_there(one: Database, two: Database) -> None:
    """An instance that was slow between its claim and Kafka's answer changes nothing of the new owner's."""
    await one.claim([LANE, OTHER])
    await reach(one, {LANE: {"a": 7}, OTHER: {"a": 9}})
    await two.claim([LANE])
    rows = {lane: OutboxRow(1, {"a": 0}, b"") for lane in (LANE, OTHER)}
    await one.settle(Held(rows, {}, {LANE: {"a": NEW}, OTHER: {"a": NEW}}))
    after = await two.claim([LANE, OTHER])
    assert {lane: row.positions["a"] for lane, row in after.outbox.items()} == {LANE: 7, OTHER: 0}
    assert after.topics == {LANE: {}, OTHER: {"a": NEW}}


async def reach(database: Database, positions: Mapping[int, Mapping[str, int]]) -> None:
    """One batch that ends at these positions."""
    async with database.batch(sorted(positions)) as tx:
        await tx.open([], None, 500)
        await tx.write(Write(outbox={lane: OutboxRow(1, at, b"frame", 2) for lane, at in positions.items()}))
        await tx.commit()


LAWS = (
    lanes_remember_which_topics_their_positions_belong_to,
    positions_and_their_topics_change_together_and_nothing_else_does,
    who_lost_a_lane_settles_nothing_there,
)
