"""The laws of the loop, in memory: what may crash, repeat, lie or be lost, and what holds all the same."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest

from leadline_runtime.consumed import Read
from leadline_runtime.crash import POINTS
from leadline_runtime.database import Doubt, Fenced
from leadline_runtime.dead_letters import TooManyDeadLetters
from leadline_runtime.log import LogTrouble
from leadline_runtime.outcomes import NotNow
from tests.support.memory_world import DyingAt, MemoryWorld

ANN, BOB = UUID(int=1), UUID(int=2)


@pytest.mark.parametrize("nth", [1, 2])
@pytest.mark.parametrize("point", POINTS)
async def test_a_crash_at_any_point_loses_nothing_and_doubles_nothing(point: str, nth: int) -> None:
    world = MemoryWorld()
    twice = world.ping(ANN, "timer")
    pings = {world.ping(lead) for lead in (ANN, ANN, BOB)}
    await world.run_through(world.instance(DyingAt(point, nth), batch_items=2))
    world.ping(ANN, ping_id=twice)
    pings |= {world.ping(BOB)}
    world.pass_time(31)
    await world.run_through(world.instance(DyingAt(point, nth), batch_items=2))

    world.check()
    assert {*world.tallies(ANN)[-1].seen, *world.tallies(BOB)[-1].seen} == pings | {twice}
    assert world.tallies(ANN)[-1].rang == 1
    assert not world.letters()


async def test_an_instance_that_lost_its_lanes_writes_nothing_any_more() -> None:
    world = MemoryWorld()
    old, new = world.instance(), world.instance()
    await world.run(old)
    world.ping(ANN)
    await new.turn()  # the new owner claims
    commits = world.tables.commits
    with pytest.raises(Fenced):
        await old.turn()
    assert world.tables.commits == commits
    await world.run(new)
    world.check()
    assert len(world.tallies(ANN)) == 1


async def test_an_instance_cut_off_from_kafka_takes_no_lanes_from_one_that_is_not() -> None:
    world = MemoryWorld()
    old, new = world.instance(), world.instance()
    await world.run(old)
    await world.run(new)  # took the lanes over

    async def away() -> None:
        raise LogTrouble("cut off")

    old.parts.log.topic_ids = away  # type: ignore[method-assign, assignment]
    old._claimed_generation = -1
    with pytest.raises(LogTrouble):
        await old.turn()
    world.ping(ANN)
    await world.run(new)  # is not fenced
    assert len(world.tallies(ANN)) == 1
    world.check()


async def test_a_revocation_that_comes_while_a_batch_is_made_ready_lets_nobody_write_without_a_claim() -> None:
    world = MemoryWorld()
    old, new = world.instance(), world.instance()
    await world.run(old)
    world.ping(ANN)
    gather = old.batching._gather

    async def revoked(reads: Sequence[Read]) -> Mapping[int, Any]:
        facts = await gather(reads)
        await world.run(new)
        old.parts.log.lanes = frozenset()
        old.parts.log.generation += 1
        return facts

    old.batching._gather = revoked  # type: ignore[method-assign]
    with pytest.raises(Fenced):
        await old.turn()
    world.check()
    assert len(world.tallies(ANN)) == 1


async def test_a_lost_answer_to_commit_is_doubt_and_doubt_is_a_claim() -> None:
    world = MemoryWorld()
    world.ping(ANN)
    loop = world.instance()
    await loop.turn()
    world.tables.lose_next_commit_answer = True
    await loop._guarded_turn()
    await world.run(loop)
    world.check()
    assert [t.revision for t in world.tallies(ANN)] == [1]


async def test_a_lost_acknowledgement_is_published_again_byte_for_byte() -> None:
    world = MemoryWorld()
    world.ping(ANN)
    loop = world.instance()
    await loop.turn()
    world.topics.lose_next_acknowledgement = True
    await loop.turn()
    with pytest.raises(LogTrouble):
        await loop.batching.settled()
    await loop._doubt("kafka", LogTrouble("lost"))
    await world.run(loop)
    world.check()
    assert [t.revision for t in world.tallies(ANN)] == [1, 1]


async def test_poison_changes_nothing_for_its_neighbours() -> None:
    world = MemoryWorld()
    before = world.ping(ANN)
    world.ping(ANN, "poison")
    world.send(str(ANN).encode(), b'{"lead_id": 5}')
    world.ping(ANN, "never")
    after = world.ping(ANN)
    await world.run(world.instance())
    world.check()
    assert set(world.tallies(ANN)[-1].seen) == {before, after}
    told = [dict(letter.headers)["dl_failure_class"].decode() for letter in world.letters()]
    assert told == ["unexpected", "undecodable", "said_never"]


async def test_a_dead_letter_never_tells_the_value_that_was_wrong() -> None:
    world = MemoryWorld()
    world.send(str(ANN).encode(), b'{"lead_id": "ann@secret.example", "id": "x", "says": 1}')
    await world.run(world.instance())
    headers = dict(world.letters()[0].headers)
    assert world.letters()[0].value == b'{"lead_id": "ann@secret.example", "id": "x", "says": 1}'
    assert not any(b"secret" in value for value in headers.values())


async def test_what_the_database_refuses_is_found_by_bisection() -> None:
    world = MemoryWorld()
    good = [world.ping(UUID(int=n)) for n in range(10, 20)]
    world.tables.refuse.add(UUID(int=15))
    await world.run(world.instance())
    assert len(world.letters()) == 1
    assert sum(len(world.tallies(UUID(int=n))) for n in range(10, 20)) == len(good) - 1


async def test_so_many_dead_letters_are_our_own_fault_and_stop_the_service() -> None:
    world = MemoryWorld()
    for _ in range(150):
        world.ping(ANN, "poison")
    with pytest.raises(TooManyDeadLetters):
        await world.run(world.instance())
    assert world.letters() == [], "nothing of that batch was acknowledged"


async def test_not_now_backs_off_and_decides_the_same_batch_again() -> None:
    world = MemoryWorld()
    first = world.ping(ANN)
    later = world.ping(ANN, "later")
    loop = world.instance()
    await loop.turn()
    with pytest.raises(NotNow):
        await loop.turn()
    loop._claimed_generation = -1
    with pytest.raises(NotNow):
        await world.run(loop)
    loop._claimed_generation = -1
    await world.run(loop)
    assert set(world.tallies(ANN)[-1].seen) == {first, later}


async def test_one_batch_is_any_split_of_it() -> None:
    told = []
    pings = [(lead, uuid4()) for lead in (ANN, BOB, ANN, ANN, BOB)]
    for size in (1, 2, 500):
        world = MemoryWorld()
        for lead, ping_id in pings:
            world.ping(lead, ping_id=ping_id)
        await world.run(world.instance(batch_items=size))
        told.append([(r.key, r.value, r.headers) for r in world.topics.all("tally.tally")])
    assert told[0] == told[1] == told[2]


async def test_a_record_that_kills_the_process_is_rejected_after_three_deaths() -> None:
    world = MemoryWorld()
    deadly, fine = world.ping(ANN), world.ping(ANN)
    original = world.tally.decide

    def decide(item, state, view, grounds):  # type: ignore[no-untyped-def]
        if getattr(getattr(item, "value", None), "id", None) == deadly:
            raise KeyboardInterrupt
        return original(item, state, view, grounds)

    object.__setattr__(world.tally.step, "decide", decide)
    deaths = 0
    while not world.letters():
        loop = world.instance()
        try:
            await world.run(loop)
        except KeyboardInterrupt:
            deaths += 1
            assert deaths < 10
    await world.run(world.instance())
    assert dict(world.letters()[0].headers)["dl_failure_class"] == b"killed_the_process"
    assert world.tallies(ANN)[-1].seen == (fine,)


async def test_a_replay_from_the_beginning_changes_nothing() -> None:
    world = MemoryWorld()
    for lead in (ANN, BOB, ANN):
        world.ping(lead)
    await world.run(world.instance())
    told, states = len(world.topics.all("tally.tally")), dict(world.tables.states)
    world.tables.outbox.clear()
    world.topics.groups.clear()
    await world.run(world.instance())
    assert len(world.topics.all("tally.tally")) == told
    assert {i: row.body for i, row in states.items()} == {i: row.body for i, row in world.tables.states.items()}


async def test_claims_after_doubt_make_no_lane_suspect() -> None:
    world = MemoryWorld()
    loop = world.instance()
    for _ in range(6):
        world.ping(ANN)
        await loop._doubt("database", Doubt("an answer was lost"))
        await loop.turn()
    await world.run(loop)
    assert not any(mark.claims > 1 for mark in world.tables.suspects.values())
    assert len(world.tallies(ANN)[-1].seen) == 6


async def test_restarts_of_an_idle_service_make_no_lane_suspect() -> None:
    world = MemoryWorld()
    for _ in range(5):
        await world.run(world.instance())
    assert not any(mark.claims > 1 for mark in world.tables.suspects.values())


async def test_a_slow_decision_makes_smaller_batches() -> None:
    world = MemoryWorld()
    loop = world.instance()
    assert loop.batching.limit == 500
    loop.batching._pace_s = 0.01
    assert loop.batching.limit == 80
    loop.batching._pace_s = 10
    assert loop.batching.limit == 20
