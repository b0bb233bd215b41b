"""What the loop's tables and locks are for, on a real PostgreSQL: each law turns red when its rule is taken out."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from time import monotonic
from typing import Any

import psycopg
import pytest

from leadline_local.endpoints import Endpoints
from leadline_runtime import postgres_batch
from leadline_runtime.clock import NOW
from leadline_runtime.database import Doubt, Fenced, Write
from leadline_runtime.decision import LeadState
from tests.integration.loop.instances import ANN, BOB, LANE, Between, Instance, instances

pytestmark = pytest.mark.stack
# The lane's row is looked at, and neither locked nor held against the owner.
NO_LOCK = f"SELECT lane, {NOW} FROM lane WHERE lane = ANY(%b::int[]) AND %b::uuid IS NOT NULL"


def meanwhile(works: list[asyncio.Task[Any]], work: Callable[[], Awaitable[Any]]) -> Between:
    """Start some work and give it time to end, or to wait for a lock that we hold."""

    async def start() -> None:
        async def run() -> Any:
            return await work()

        task = asyncio.create_task(run())
        works.append(task)
        await asyncio.wait([task], timeout=0.5)

    return start


async def add_at_once(stack: Endpoints, prefix: str) -> tuple[str, int]:
    """One adds to a lead's text; between its reads and its writes another takes over the lane and adds too."""
    async with instances(stack, prefix) as (one, two):
        works: list[asyncio.Task[Any]] = []

        async def take_over() -> None:
            await two.claim()
            await two.change(ANN, lambda text: text + "b")

        await one.change(ANN, lambda text: text + "a", meanwhile(works, take_over))
        await asyncio.gather(*works)
        return await two.read(ANN)


async def test_no_update_is_lost(stack: Endpoints, prefix: str) -> None:
    assert await add_at_once(stack, prefix) == ("ab", 2)


async def test_without_the_lock_of_the_lane_an_update_is_lost(
    stack: Endpoints, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_batch, "LOCK", NO_LOCK)
    assert await add_at_once(stack, prefix) == ("a", 1)


async def write_after_another_claimed(stack: Endpoints, prefix: str) -> str:
    """An instance that has lost its lane, and does not know it, adds once more."""
    async with instances(stack, prefix) as (one, two):
        await two.claim()
        await two.change(ANN, lambda text: "theirs")
        with suppress(Fenced):
            await one.change(ANN, lambda text: f"{text} and mine")
        return (await two.read(ANN))[0]


async def test_who_lost_a_lane_writes_nothing_there(stack: Endpoints, prefix: str) -> None:
    assert await write_after_another_claimed(stack, prefix) == "theirs"


async def test_without_the_owner_check_a_zombie_writes(
    stack: Endpoints, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_batch, "LOCK", postgres_batch.LOCK.replace("owner = %b", "(owner = %b OR true)"))
    assert await write_after_another_claimed(stack, prefix) == "theirs and mine"


async def answer_and_alarm(stack: Endpoints, prefix: str) -> list[str]:
    """An answer and the alarm of the same promise at the same time; gives what was told about it."""
    async with instances(stack, prefix) as (one, two):
        await one.change(ANN, lambda text: "open")
        works: list[asyncio.Task[Any]] = []

        async def alarm() -> str | None:
            if postgres_batch.LOCK != NO_LOCK:
                await two.claim()  # there are no timer workers: who decides on a timer owns the lane
            else:
                two.database.token = one.database.token
            return await two.change(ANN, lambda text: "breached" if text == "open" else None)

        met = await one.change(ANN, lambda text: "met" if text == "open" else None, meanwhile(works, alarm))
        return [told for told in (met, *await asyncio.gather(*works)) if told is not None]


async def test_a_promise_is_met_or_breached_and_never_both(stack: Endpoints, prefix: str) -> None:
    assert await answer_and_alarm(stack, prefix) == ["met"]


async def test_with_timers_as_a_second_writer_a_promise_is_met_and_breached(
    stack: Endpoints, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_batch, "LOCK", NO_LOCK)
    assert await answer_and_alarm(stack, prefix) == ["met", "breached"]


async def read_behind_a_writer(stack: Endpoints, prefix: str) -> str:
    """What a batch sees that had to wait for the lock of its lane while another wrote."""
    async with instances(stack, prefix) as (one, two):
        await one.change(ANN, lambda text: "old")
        two.database.token = one.database.token
        works: list[asyncio.Task[Any]] = []
        seen: list[str] = []

        async def look() -> None:
            await two.change(ANN, seen.append)

        await one.change(ANN, lambda text: "new", meanwhile(works, look))
        await asyncio.gather(*works)
        return seen[0]


async def test_who_waited_for_a_lock_sees_what_was_written_under_it(stack: Endpoints, prefix: str) -> None:
    assert await read_behind_a_writer(stack, prefix) == "new"


async def test_locked_and_read_in_one_statement_the_old_row_is_seen(
    stack: Endpoints, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    locking = "WITH mine AS MATERIALIZED (SELECT lane FROM lane ORDER BY lane FOR UPDATE)"
    monkeypatch.setattr(postgres_batch, "LOCK", NO_LOCK)
    columns = postgres_batch.STATE
    read = f"{locking} SELECT {columns} FROM state WHERE lead_id = ANY(%b::uuid[]) AND EXISTS (SELECT FROM mine)"
    monkeypatch.setattr(postgres_batch, "READ", read)
    assert await read_behind_a_writer(stack, prefix) == "old"


async def test_a_lead_has_one_row_in_a_batch_however_often_it_comes(stack: Endpoints, prefix: str) -> None:
    async with instances(stack, prefix) as (one, _):
        rows = [one.row(lead, LeadState("x", revision)) for lead, revision in ((ANN, 1), (BOB, 1), (ANN, 2))]
        with pytest.raises(psycopg.errors.CardinalityViolation):  # refused, not silently the one or the other
            async with one.database.batch([LANE]) as tx:
                await tx.open([], None, 500)
                await tx.write(Write(rows))
                await tx.commit()
        once = {row.lead_id: row for row in rows}
        async with one.database.batch([LANE]) as tx:
            await tx.open([], None, 500)
            await tx.write(Write(list(once.values())))
            await tx.commit()
        assert await one.read(ANN) == ("x", 2)


async def test_an_owner_that_stands_still_holds_its_lane_for_seconds_and_writes_nothing_afterwards(
    stack: Endpoints, prefix: str
) -> None:
    async with instances(stack, prefix) as (one, two):
        await one.change(ANN, lambda text: "before")
        stands, may_go_on = threading.Event(), threading.Event()

        def stand_still() -> None:
            stands.set()
            may_go_on.wait(20)

        zombie = Instance(stack, prefix)
        zombie.database.token = one.database.token
        zombie.codec.looking = stand_still
        running = asyncio.create_task(asyncio.to_thread(lambda: asyncio.run(zombie.change(ANN, lambda text: "zombie"))))
        await asyncio.to_thread(stands.wait, 20)
        began = monotonic()
        await two.claim()
        assert monotonic() - began < 5
        may_go_on.set()
        with pytest.raises(Doubt):
            await running
        assert await two.change(ANN, lambda text: f"after {text}") == "after before"
