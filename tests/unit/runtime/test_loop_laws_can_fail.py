"""The laws of the loop turn red when a rule they stand for is taken out: a law that cannot fail holds nothing."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

import pytest

from leadline_runtime import deciding
from leadline_runtime.database import Fenced
from leadline_runtime.log import PositionLost
from leadline_runtime.loop import Loop
from leadline_runtime.testing.memory_database import MemoryBatch
from leadline_runtime.testing.memory_log import MemoryLog
from tests.support.memory_world import DyingAt, MemoryWorld

ANN = UUID(int=1)


async def crash_and_check(point: str) -> MemoryWorld:
    """Die once at a point, live on, and check the invariants and that every ping was counted and told."""
    world = MemoryWorld()
    pings = {world.ping(ANN), world.ping(ANN), world.ping(UUID(int=2))}
    await world.run_through(world.instance(DyingAt(point)))
    world.check()
    told = {i for lead in (ANN, UUID(int=2)) for t in world.tallies(lead)[-1:] for i in t.seen}
    assert told == pings
    return world


async def test_without_publishing_at_the_claim_a_decided_event_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    await crash_and_check("after_commit")
    monkeypatch.setattr("leadline_runtime.claiming.unpack", lambda frame: [])
    with pytest.raises(AssertionError):
        await crash_and_check("after_commit")


async def test_without_the_frames_in_the_outbox_a_decided_event_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deciding, "pack", lambda events: b"")
    with pytest.raises(AssertionError):
        await crash_and_check("after_commit")


async def stopped_between_read_and_write() -> MemoryWorld:
    """An owner stands still between its reads and its commit; meanwhile another takes over and goes on."""
    world = MemoryWorld()
    old, new = world.instance(), world.instance()
    await world.run(old)
    world.ping(ANN)
    opening = MemoryBatch.open

    async def stands_still(batch: MemoryBatch, *asked: Any) -> Any:
        opened = await opening(batch, *asked)
        if batch.database is old.parts.database:
            world.ping(ANN)
            await world.run(new)
        return opened

    MemoryBatch.open = stands_still  # type: ignore
    try:
        await world.run(old)
    except Fenced:
        await world.run(new)
    finally:
        MemoryBatch.open = opening  # type: ignore
    world.check()
    assert len(world.tallies(ANN)[-1].seen) == 2
    return world


async def test_without_the_owner_check_a_zombie_doubles(monkeypatch: pytest.MonkeyPatch) -> None:
    await stopped_between_read_and_write()
    monkeypatch.setattr(MemoryBatch, "_check_owner", lambda self: None)
    with pytest.raises(AssertionError):
        await stopped_between_read_and_write()


async def test_without_a_claim_after_doubt_an_event_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        world = MemoryWorld()
        world.ping(ANN)
        loop = world.instance()
        await loop.turn()
        world.tables.lose_next_commit_answer = True
        await loop._guarded_turn()
        await world.run(loop)
        world.check()
        assert len(world.tallies(ANN)) == 1

    await story()

    async def go_on(self: Loop, dependency: str, error: Exception) -> None:
        """The bug: carry on after doubt as if nothing had happened."""

    monkeypatch.setattr(Loop, "_doubt", go_on)
    with pytest.raises(AssertionError):
        await story()


async def test_without_the_ids_of_topics_the_first_records_of_a_new_one_are_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def story() -> None:
        world = MemoryWorld()
        world.ping(ANN)
        await world.run(world.instance())
        world.topics.make_anew("tally.ping")
        first = world.ping(ANN)
        world.ping(ANN)
        try:
            await world.run(world.instance())
        except PositionLost:
            return
        assert first in world.tallies(ANN)[-1].seen

    await story()

    async def none(self: MemoryLog) -> dict[str, UUID]:
        """The bug: a topic is its name."""
        return {}

    monkeypatch.setattr(MemoryLog, "topic_ids", none)
    with pytest.raises(AssertionError):
        await story()


async def test_with_a_random_event_id_a_repeat_is_an_undetectable_double(monkeypatch: pytest.MonkeyPatch) -> None:
    """The outbox keeps bytes, so even random ids repeat; decided twice they would not: a replay shows it."""

    def random_id(*_: Any) -> UUID:
        return uuid4()

    async def decide_twice() -> list[bytes]:
        seen: list[bytes] = []
        for _ in range(2):
            world = MemoryWorld()
            world.ping(ANN, ping_id=UUID(int=9))
            await world.run(world.instance())
            headers: Mapping[str, bytes] = dict(world.topics.all("tally.tally")[0].headers)
            seen.append(headers["ce_id"])
        return seen

    first, second = await decide_twice()
    assert first == second
    monkeypatch.setattr(deciding, "event_id", random_id)
    first, second = await decide_twice()
    assert first != second
