"""What the door says while Kafka or PostgreSQL is away, and that it finds back by itself."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any

import pytest

from leadline_schemas.codec import decode
from leadline_schemas.topics import LEAD_RECEIVED
from tests.integration.edge.conftest import Servers
from tests.integration.edge.world import LEAD, World, made_edge, open_world
from tests.support.running import until

pytestmark = pytest.mark.stack


@asynccontextmanager
async def paused(own: Servers, name: str) -> AsyncIterator[None]:
    """A server that hangs while the block runs."""
    own.signal(name, signal.SIGSTOP)
    try:
        yield
    finally:
        own.signal(name, signal.SIGCONT)


async def becomes(world: World, status: int, seconds: float) -> None:
    """Wait until the door is ready, or is not."""
    end = monotonic() + seconds
    while (await world.ready())[0] != status:
        assert monotonic() < end, f"not {status} within {seconds} s"
        await asyncio.sleep(0.05)


async def accepted(world: World) -> tuple[int, Any]:
    """Send a lead as a sender does that is told to come again: until it is taken in, at most 50 times."""
    for _ in range(50):
        status, told = await world.post("/v1/leads", LEAD)
        if status != 503:
            break
        await asyncio.sleep(0.2)
    return status, told


async def test_while_kafka_hangs_everyone_is_told_within_a_second_and_then_at_once(own: Servers, prefix: str) -> None:
    async with open_world(own.up(), prefix) as world:
        assert (await world.post("/v1/leads", LEAD))[0] == 202
        async with paused(own, "kafka"):
            began = monotonic()
            first = await asyncio.gather(*[world.post("/v1/leads", {**LEAD, "name": f"N{n}"}) for n in range(20)])
            assert {(status, told["code"]) for status, told in first} == {(503, "not_durable")}
            assert monotonic() - began < 1.5
            began = monotonic()
            assert (await world.post("/v1/leads", LEAD))[0] == 503
            assert monotonic() - began < 0.4, "it is known by now"
            await becomes(world, 503, 5)
        await becomes(world, 200, 10)
        status, told = await world.post("/v1/leads", LEAD)
        assert status == 202
        ids = [decode(LEAD_RECEIVED, record.value).submission_id for record in await world.written()]
        assert told["submission_id"] in map(str, ids)
        assert len(ids) == len(set(ids)), "what arrived late arrived once"


async def test_after_kafka_was_killed_the_door_finds_it_again(own: Servers, prefix: str) -> None:
    async with open_world(own.up(), prefix) as world:
        told = [await world.post("/v1/leads", LEAD)]
        own.signal("kafka", signal.SIGKILL)
        began = monotonic()
        assert (await world.post("/v1/leads", LEAD))[0] == 503
        assert monotonic() - began < 1.5
        await becomes(world, 503, 5)
        await asyncio.to_thread(own.up)
        await becomes(world, 200, 20)
        told.append(await accepted(world))
        assert [status for status, _ in told] == [202, 202]
        kept = {record.key.decode() for record in await world.written()}
        assert {answer["submission_id"] for _, answer in told} <= kept


async def test_without_the_database_only_named_submissions_wait(own: Servers, prefix: str) -> None:
    async with open_world(own.up(), prefix) as world:
        named = {"headers": {"Idempotency-Key": "k"}}
        assert (await world.post("/v1/leads", LEAD, **named))[0] == 202
        await asyncio.to_thread(own.stop, "postgres")
        assert (await world.post("/v1/leads", LEAD))[0] == 202, "keys last seen are in force"
        began = monotonic()
        status, told = await world.post("/v1/leads", LEAD, **named)
        assert (status, told["code"]) == (503, "database_away") and monotonic() - began < 1.5
        up_again = world.edge.registry.get_sample_value
        gone = {"service": "capture-edge", "dependency": "postgres"}
        await until(lambda: up_again("leadline_dependency_up", gone) == 0, "the metric to say so")
        assert (await world.ready())[0] == 200
        await asyncio.to_thread(own.up)
        await until(lambda: up_again("leadline_dependency_up", gone) == 1, "the database to be found again")
        assert (await world.post("/v1/leads", LEAD, **named))[0] == 202


async def test_at_its_start_the_door_waits_for_the_database_and_says_so(own: Servers, prefix: str) -> None:
    await asyncio.to_thread(own.up)
    await asyncio.to_thread(own.stop, "postgres")
    edge = made_edge(own.endpoints(), prefix)
    preparing = asyncio.create_task(edge.prepare())
    try:
        await until(lambda: "PostgreSQL" in str(edge.ready()[0]), "the reason")
        assert not preparing.done()
        await asyncio.to_thread(own.up)
        await asyncio.wait_for(preparing, 20)
        assert edge.prepared
    finally:
        preparing.cancel()
        await edge.close()
