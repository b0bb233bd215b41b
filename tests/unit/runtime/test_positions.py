"""A position belongs to a topic: what the loop does where the topic was made anew, or cut, behind its back."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from leadline_runtime.log import PositionLost
from leadline_runtime.testing.memory_database import MemoryDatabase, MemoryTables
from leadline_runtime.testing.memory_log import MemoryLog
from leadline_runtime.topic_ids import topic_ids
from tests.support.held_laws import LAWS
from tests.support.memory_world import DyingAt, MemoryWorld
from tests.support.tally import CountedCodec

ANN = UUID(int=1)
PINGS = "tally.ping"


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
async def test_what_lanes_hold(law: Any) -> None:
    tables, codec = MemoryTables(), CountedCodec()
    await law(MemoryDatabase(tables, codec), MemoryDatabase(tables, codec))


async def made_anew_and_grown(world: MemoryWorld) -> UUID:
    """A topic was read, then it is deleted, made anew, and grows beyond the position reached; its first new ping."""
    world.ping(ANN)
    await world.run(world.instance())
    world.topics.make_anew(PINGS)
    first = world.ping(ANN)
    world.ping(ANN)
    return first


def accepted(world: MemoryWorld) -> str:
    """The setting by which a person says that the topic as it is now is meant."""
    return f"{PINGS}={world.topics.ids[PINGS]}"


async def test_a_topic_made_anew_stops_the_service_at_each_start() -> None:
    world = MemoryWorld()
    await made_anew_and_grown(world)
    for _ in range(2):
        with pytest.raises(PositionLost, match=r"tally\.ping was deleted and made anew") as stopped:
            await world.run(world.instance())
        assert f"LEADLINE_READ_ANEW={accepted(world)}:" in str(stopped.value)
    assert len(world.tallies(ANN)[-1].seen) == 1


async def test_a_topic_that_ends_before_our_position_stops_the_service() -> None:
    world = MemoryWorld()
    world.ping(ANN)
    await world.run(world.instance())
    world.topics.records.clear()
    with pytest.raises(PositionLost, match="ends at 0, before the position 1 reached: the topic was cut"):
        await world.run(world.instance())


async def test_a_lane_that_has_read_nothing_yet_may_begin_in_another_topic() -> None:
    world = MemoryWorld()
    await world.run(world.instance())
    world.topics.make_anew(PINGS)
    world.ping(ANN)
    await world.run(world.instance())
    assert len(world.tallies(ANN)) == 1
    await world.run(world.instance())


async def test_a_database_that_remembers_no_topics_goes_on_and_remembers_them_from_then_on() -> None:
    world = MemoryWorld()
    world.ping(ANN)
    await world.run(world.instance())
    world.tables.topics.clear()  # as a version without them left it
    world.ping(ANN)
    await world.run(world.instance())
    assert len(world.tallies(ANN)[-1].seen) == 2
    world.topics.make_anew(PINGS)
    with pytest.raises(PositionLost, match="made anew"):
        await world.run(world.instance())


async def test_a_broker_that_tells_no_ids_is_lived_with(monkeypatch: pytest.MonkeyPatch) -> None:
    async def none(self: MemoryLog) -> dict[str, UUID]:
        return {}

    world = MemoryWorld()
    world.ping(ANN)
    await world.run(world.instance())
    with monkeypatch.context() as older:
        older.setattr(MemoryLog, "topic_ids", none)
        world.ping(ANN)
        await world.run(world.instance())
        assert len(world.tallies(ANN)[-1].seen) == 2
        world.topics.records.clear()
        with pytest.raises(PositionLost, match=r"LEADLINE_READ_ANEW=tally\.ping: "):
            await world.run(world.instance())
        await world.run(world.instance(read_anew=PINGS))
    world.topics.make_anew(PINGS)
    with pytest.raises(PositionLost, match="made anew"):
        await world.run(world.instance())


async def test_a_broker_from_before_there_were_ids_is_asked_for_none() -> None:
    class Old:
        def get_random_node(self) -> int:
            return 0

        async def send(self, node: int, request: Any) -> Any:
            return request.prepare({3: (0, 9)})  # the versions of the question that this broker knows

    assert await topic_ids(Old(), [PINGS]) == {}


@pytest.mark.parametrize("point", ["", "in_claim", "after_claim", "before_t1", "during_commit", "after_commit"])
async def test_a_topic_made_anew_on_purpose_is_read_from_its_beginning(point: str) -> None:
    world = MemoryWorld()
    again = world.ping(ANN)
    await world.run(world.instance())
    world.topics.make_anew(PINGS)
    world.topics.groups["tally"].update({(PINGS, lane): 1 for lane in world.tables.outbox})  # told by who still ran
    pings = {world.ping(ANN, ping_id=again), world.ping(ANN), world.ping(UUID(int=2))}
    setting = f" other.topic={uuid4()}, {accepted(world)}"

    lives = await world.run(world.instance(DyingAt(point), read_anew=setting))
    while not lives:
        lives = await world.run(world.instance(read_anew=setting))
    assert {*world.tallies(ANN)[-1].seen, *world.tallies(UUID(int=2))[-1].seen} == pings

    reached = dict(world.tables.outbox)
    await world.run(world.instance(read_anew=setting))
    assert world.tables.outbox == reached, "left in place, the setting does nothing more"
    world.ping(ANN)
    await world.run(world.instance())
    assert len(world.tallies(ANN)[-1].seen) == 3, "and it may be taken away"


async def test_a_cut_topic_is_read_from_its_beginning_if_that_is_meant() -> None:
    world = MemoryWorld()
    world.ping(ANN)
    await world.run(world.instance())
    world.topics.records.clear()
    after = world.ping(ANN, ping_id=uuid4())
    world.topics.records.clear()
    await world.run(world.instance(read_anew=accepted(world)))
    world.ping(ANN, ping_id=after)
    await world.run(world.instance())
    assert after in world.tallies(ANN)[-1].seen


async def test_what_was_meant_holds_for_that_topic_only_and_for_the_lanes_of_whom_it_was_told() -> None:
    world = MemoryWorld()
    for number in range(20):
        world.ping(UUID(int=number))
    await world.run(world.instance())
    world.topics.make_anew(PINGS)
    former = accepted(world)
    await world.run(world.instance(lanes=[0, 1], read_anew=former))
    with pytest.raises(PositionLost, match="made anew"):
        await world.run(world.instance(lanes=[2, 3]))
    world.topics.make_anew(PINGS)
    with pytest.raises(PositionLost, match="made anew"):
        await world.run(world.instance(read_anew=former))


async def test_a_lost_position_gives_up_no_event_of_the_newest_batch() -> None:
    world = MemoryWorld()
    world.ping(ANN)
    loop = world.instance(DyingAt("after_commit"))
    assert not await world.run(loop)
    world.topics.make_anew(PINGS)
    with pytest.raises(PositionLost):
        await world.run(world.instance())
    assert len(world.tallies(ANN)) == 1
