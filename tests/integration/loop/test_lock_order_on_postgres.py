"""Rows locked in one order never wait for each other in a circle, on a real PostgreSQL; in another order they do."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import psycopg
import pytest

from leadline_local.endpoints import Endpoints
from leadline_runtime import postgres
from leadline_runtime.database import Conflict
from leadline_runtime.postgres_batch import PostgresBatch
from tests.integration.loop.instances import ANN, BOB, LANE, Between, Instance, instances, nothing

pytestmark = pytest.mark.stack
DEADLOCK = "PostgreSQL 40P01"
LOCK_ONE = "SELECT lead_id FROM state WHERE lead_id = %b FOR UPDATE"


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only a deadlock ends a wait. On a busy machine a session's own limits would end it sooner (three seconds between
    two statements are enough), and then there is no circle any more for PostgreSQL to find."""
    limits = {"lock_timeout": "0", "idle_in_transaction_session_timeout": "0"}
    longer = {"statement_timeout": "60s", "transaction_timeout": "60s"}  # so that a fault here does not wait for ever
    monkeypatch.setattr(postgres, "SESSION", {**postgres.SESSION, **limits, **longer})
    monkeypatch.setattr(postgres, "ANSWER_S", 61.0)


async def lock_crosswise(stack: Endpoints, prefix: str, between: Between) -> list[str]:
    """Two batches of different lanes lock the same leads, named in opposite orders; what the victims were told."""
    async with instances(stack, prefix) as (one, two):
        for lead in (ANN, BOB):
            await one.change(lead, lambda text: "there")
        await two.database.claim([LANE + 1])
        victims: list[str] = []

        async def lock(instance: Instance, lane: int, leads: Sequence[UUID]) -> None:
            try:
                async with instance.database.batch([lane]) as tx:
                    await tx.open([], None, 500)
                    await between()
                    await tx.states(leads, lock=True)
                    await tx.commit()
            except Conflict as error:
                victims.append(str(error))

        for _ in range(10):
            await asyncio.gather(lock(one, LANE, (ANN, BOB)), lock(two, LANE + 1, (BOB, ANN)))
            if victims:
                break
        return victims


async def blocked(stack: Endpoints, pid: int) -> None:
    """Wait until this backend waits for a lock that another holds."""
    async with (
        asyncio.timeout(30),
        await psycopg.AsyncConnection.connect(stack.database_url, autocommit=True) as looking,
    ):
        waits = False
        while not waits:
            found = await looking.execute("SELECT cardinality(pg_blocking_pids(%s)) > 0", (pid,))
            waits = (await found.fetchall())[0][0]


async def test_locks_in_one_order_never_wait_for_each_other_in_a_circle(stack: Endpoints, prefix: str) -> None:
    assert await lock_crosswise(stack, prefix, asyncio.Barrier(2).wait) == []


async def test_locks_in_the_order_of_asking_are_a_deadlock(
    stack: Endpoints, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    both_have_one, pids = asyncio.Barrier(2), dict[UUID, int]()

    async def states(self: PostgresBatch, lead_ids: Sequence[UUID], **how: bool) -> dict[UUID, Any]:
        if not how.get("lock"):
            return {}
        mine, others = lead_ids
        await self.fetch(LOCK_ONE, (mine,))
        assert self.connection is not None
        pids[mine] = self.connection.info.backend_pid
        await both_have_one.wait()
        if mine == BOB:  # asks only once the other waits for it: that closes the circle
            await blocked(stack, pids[others])
        await self.fetch(LOCK_ONE, (others,))
        return {}

    monkeypatch.setattr(PostgresBatch, "states", states)
    assert await lock_crosswise(stack, prefix, nothing) == [DEADLOCK]
