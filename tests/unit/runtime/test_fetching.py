"""What makes a batch: records that a step passes by wait for company and lose nothing by it (ADR 0010)."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from leadline_runtime.database import Doubt
from leadline_runtime.frames import Outgoing
from leadline_runtime.loop import Loop
from leadline_schemas.ids import partition_of
from tests.support.memory_world import LANES, DyingAt, MemoryWorld

ANN = UUID(int=7)
LATER = 60.0  # seconds; in no test is it waited for


class Passing(MemoryWorld):
    """A world in which the step passes by what is marked as not for it."""

    def __init__(self) -> None:
        super().__init__()
        self.tally.step = replace(self.tally.step, wants=lambda event_type: event_type != "not.for.us")

    def passing(self, lead_id: UUID = ANN) -> None:
        """A record arrives that is for somebody else."""
        key, value = self.tally.ping(lead_id)
        headers = (("ce_type", b"not.for.us"),)
        self.topics.append(Outgoing(self.tally.pings.name, partition_of(key, LANES), key, value, headers))

    def position(self) -> int:
        """How far the outbox of Ann's lane says the step has come."""
        row = self.tables.outbox.get(partition_of(str(ANN).encode(), LANES))
        return row.positions[self.tally.pings.name] if row else 0

    def patient(self, crash: DyingAt | None = None) -> Loop:
        """An instance in which what passes by waits for company as good as for ever."""
        loop = self.instance(crash)
        loop.fetching.settings = loop.fetching.settings.model_copy(update={"offsets_every_s": LATER})
        return loop


async def test_what_passes_by_waits_for_company_and_is_written_with_it() -> None:
    world = Passing()
    loop = world.patient()
    await world.run(loop)  # claims, and finds nothing that waits
    world.passing()
    await world.run(loop)
    assert world.position() == 0
    world.ping(ANN)
    world.passing()
    await world.run(loop)
    assert world.position() == 3
    assert len(world.tallies(ANN)) == 1
    world.check()


async def test_what_passes_by_is_written_without_company_when_its_time_has_come() -> None:
    world = Passing()
    loop = world.instance()  # in which offsets are told at once
    world.passing()
    await world.run(loop)
    assert world.position() == 1
    world.check()


async def test_the_horizon_counts_as_read_what_passes_by_and_kafka_is_not_told_of_it() -> None:
    world = Passing()
    loop = world.patient()
    await world.run(loop)  # claims, and finds nothing that waits
    world.passing()
    await world.run(loop)
    lane = partition_of(str(ANN).encode(), LANES)
    assert loop._read_up_to()[world.tally.pings.name, lane] == 1
    assert world.topics.groups["tally"].get((world.tally.pings.name, lane), 0) == 0
    world.check()


@pytest.mark.parametrize("point", ["before_t1", "in_decide", "during_commit", "after_commit", "after_publish"])
async def test_a_crash_with_something_held_loses_nothing(point: str) -> None:
    world = Passing()
    loop = world.patient(DyingAt(point))
    world.passing()
    first = world.ping(ANN)
    world.passing()
    await world.run_through(loop)
    assert world.tallies(ANN)[-1].seen == (first,)
    await world.run(world.instance())
    assert world.position() == 3
    world.check()


async def test_a_claim_forgets_what_is_held_because_it_comes_again() -> None:
    world = Passing()
    loop = world.patient()
    await world.run(loop)  # claims, and finds nothing that waits
    world.passing()
    await world.run(loop)
    loop._claimed_generation = -1  # any doubt
    ping = world.ping(ANN)
    await world.run(loop)
    assert world.position() == 2
    assert world.tallies(ANN)[-1].seen == (ping,)
    assert loop.fetching.passed_by() == {}
    world.check()


async def test_a_busy_step_takes_what_came_meanwhile_in_one_batch() -> None:
    world = Passing()
    loop = world.instance()
    await world.run(loop, turns=2)
    world.ping(ANN)
    await world.run(loop, turns=1)
    before = world.tables.outbox[partition_of(str(ANN).encode(), LANES)].seq
    held, fetch = [uuid4() for _ in range(3)], loop.parts.log.fetch

    async def slowly(
        wait_s: float, limit: int
    ) -> object:  # each fetch brings one, as a broker does that answers at once
        if held:
            world.ping(ANN, ping_id=held.pop())
        return await fetch(wait_s, limit)

    loop.parts.log.fetch = slowly  # type: ignore[method-assign, assignment]
    loop.fetching.settings = loop.fetching.settings.model_copy(update={"batch_pace_s": 0.5})  # surely not yet over
    await world.run(loop, turns=1)
    assert world.tables.outbox[partition_of(str(ANN).encode(), LANES)].seq == before + 1
    assert len(world.tallies(ANN)[-1].seen) == 3
    world.check()


async def test_types_from_outside_fill_no_memory() -> None:
    step = Passing().tally.step
    for n in range(5000):
        assert step.wants_type(b"made.up.%d" % n)
    assert not step.wants_type(b"not.for.us")
    assert len(step._wanted) <= 1000


async def test_what_is_fetched_during_a_commit_counts_as_read_only_when_the_commit_is_through() -> None:
    world = Passing()
    loop = world.patient()
    await world.run(loop)  # claims, and finds nothing that waits
    place = (world.tally.pings.name, partition_of(str(ANN).encode(), LANES))
    ahead, seen = loop.fetching.ahead, list[int]()

    async def watched(limit: int) -> None:
        world.passing()
        await ahead(limit)
        seen.append(loop._read_up_to().get(place, 0))

    loop.batching.ahead = watched
    ping = world.ping(ANN)
    await loop.turn()
    assert seen == [0]
    await loop.turn()
    await loop.batching.settled()
    assert loop._read_up_to()[place] == 2
    assert world.tallies(ANN)[-1].seen == (ping,)


async def test_a_commit_that_fails_forgets_what_was_fetched_meanwhile_and_it_comes_again() -> None:
    world = Passing()
    loop = world.instance()
    await world.run(loop)
    ahead, more = loop.fetching.ahead, list[UUID]()

    async def with_more(limit: int) -> None:
        if not more:
            more.append(world.ping(ANN))
        await ahead(limit)

    loop.batching.ahead = with_more
    first = world.ping(ANN)
    world.tables.lose_next_commit_answer = True
    with pytest.raises(Doubt):
        await loop.turn()
    loop._claimed_generation = -1
    await world.run(loop)
    assert set(world.tallies(ANN)[-1].seen) == {first, *more}
    world.check()
