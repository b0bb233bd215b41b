"""Rate limits in a real Redis: the script does what the pure function says, doors share it, and can do without it."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis import Redis

from leadline_local.endpoints import Endpoints
from leadline_runtime.core.rates import SECOND, Rate, take
from leadline_runtime.rates import LUA, Rates
from leadline_runtime.redis import Script
from tests.integration.edge.conftest import Servers
from tests.integration.edge.test_door_without_servers import paused
from tests.integration.edge.world import LEAD, open_world
from tests.support.running import until

pytestmark = pytest.mark.stack
RATE = Rate(per_s=0.01, burst=50)


@asynccontextmanager
async def rates_on(url: str, wait_s: float = 2.0) -> AsyncIterator[Rates]:
    """Limits that are asked of Redis; patient, unless the test is about that."""
    made = Rates(Script(url, LUA), wait_s=wait_s)
    running = asyncio.create_task(made.run(look_every_s=0.05))
    try:
        yield made
    finally:
        running.cancel()
        await asyncio.wait([running])
        await made.close()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rate=st.builds(Rate, st.sampled_from([0.5, 3.0, 250.0, 1e6]), st.integers(1, 20)),
    steps=st.lists(st.tuples(st.integers(0, 2 * SECOND), st.integers(1, 5)), min_size=1, max_size=20),
)
def test_the_script_is_the_pure_function(
    stack: Endpoints, prefix: str, rate: Rate, steps: list[tuple[int, int]]
) -> None:
    with Redis.from_url(stack.redis_url) as client:
        script: Any = client.register_script(LUA)
        now = int(client.time()[0]) * SECOND
        arrival = 0.0
        client.delete(prefix)
        for pause, cost in steps:
            now += pause
            wanted, arrival = take(arrival, now, rate, cost)
            kept = client.get(prefix)
            (found,) = script(keys=[prefix], args=[now, rate.interval, rate.burst, cost])
            assert bool(found[0]) == wanted.allowed
            for told, known in zip(found[1:], (wanted.remaining, wanted.retry, wanted.reset), strict=True):
                assert abs(told - known) <= 1, "but for the last digit that Redis keeps"
            assert wanted.allowed or client.get(prefix) == kept
            client.persist(prefix)  # the time of this test is not Redis' own
        client.delete(prefix)


async def test_two_doors_share_one_limit(stack: Endpoints, prefix: str) -> None:
    async with rates_on(stack.redis_url) as one, rates_on(stack.redis_url) as other:
        asked = [each.take(prefix, RATE) for _ in range(60) for each in (one, other)]
        taken = await asyncio.gather(*asked)
        assert sum(each.allowed for each in taken) == RATE.burst
        assert one.shared and other.shared


async def test_a_flushed_redis_changes_nothing_but_the_count(stack: Endpoints, prefix: str) -> None:
    async with rates_on(stack.redis_url) as rates:
        assert (await rates.take(prefix, RATE, 50)).allowed
        with Redis.from_url(stack.redis_url) as client:
            client.script_flush()
            client.delete(f"leadline:{{rate}}:{prefix}")
        assert (await rates.take(prefix, RATE, 50)).allowed


async def test_while_redis_hangs_nobody_waits_and_the_own_count_goes_on(own: Servers, prefix: str) -> None:
    async with rates_on(own.up().redis_url) as rates:
        assert (await rates.take(prefix, RATE, 40)).remaining == 10
        rates._wait_s = 0.005
        async with paused(own, "valkey"):
            began = monotonic()
            taken = await asyncio.gather(*[rates.take(prefix, RATE) for _ in range(20)])
            assert monotonic() - began < 0.5
            assert sum(each.allowed for each in taken) == 10, "what Redis said last is where it begins"
            await until(lambda: not rates.shared, "the breaker")
            await rates.take(prefix, RATE)
            assert rates._asked == [], "it does not even ask"
        await until(lambda: rates.shared, "Redis to be found again")


async def test_the_door_takes_in_what_comes_without_redis_and_limits_it_alone(own: Servers, prefix: str) -> None:
    async with open_world(own.up(), prefix, edge_key_rate=0.1, edge_key_burst=10) as world:
        counted = world.edge.registry.get_sample_value
        assert (await world.post("/v1/leads", LEAD))[0] == 202
        await until(lambda: counted("leadline_rate_limits_shared") == 1, "the metric")
        own.signal("valkey", signal.SIGKILL)
        slowest, seen = 0.0, []
        for _ in range(15):
            began = monotonic()
            seen.append((await world.post("/v1/leads", LEAD))[0])
            slowest = max(slowest, monotonic() - began)
        assert set(seen) == {202, 429} and 8 <= seen.count(202) <= 10 and slowest < 1
        await until(lambda: counted("leadline_rate_limits_shared") == 0, "the metric")
        assert (await world.ready())[0] == 200
        await asyncio.to_thread(own.up)
        await until(lambda: counted("leadline_rate_limits_shared") == 1, "Redis to be found again")
