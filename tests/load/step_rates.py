"""Records per second of one process: a stock Faust agent, the loop without a store, the loop with PostgreSQL.

Run as `python -m tests.load.step_rates agent|step|stored KAFKA DATABASE_URL RECORDS SEED`; prints the rate.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from time import perf_counter
from typing import Any
from uuid import UUID, uuid4

import faust

from leadline_local.endpoints import Endpoints
from leadline_runtime.app import calm_garbage_collector
from leadline_runtime.database import Held, Look, Opened, Suspect, Write
from leadline_runtime.decision import Decision, Emit, Grounds, LeadState, emitted
from leadline_runtime.items import Item, Record
from leadline_runtime.loop import Loop
from leadline_runtime.rules import RulesSpec
from leadline_runtime.step import Step
from leadline_schemas.captured import LeadCaptured
from leadline_schemas.enriched import LeadEnriched
from leadline_schemas.topics import Topic, dead_letter_topic
from tests.load.step_work import PARTITIONS, agent_work, enriched, fill
from tests.support.running import create_topics, real_parts, until

BODY = b"state of one lead " * 12


class Bytes:
    """The state of a lead as it is."""

    def encode(self, body: bytes) -> bytes:
        return body

    def decode(self, data: bytes) -> bytes:
        return data


class NoDatabase:
    """A database that stores nothing: what the loop costs by itself."""

    token: UUID | None = None

    async def prepare(self) -> None:
        """Nothing to make."""

    async def close(self) -> None:
        """Nothing to close."""

    async def claim(self, lanes: Sequence[int]) -> Held:
        return Held({}, {}, {lane: {} for lane in lanes})

    async def settle(self, held: Held) -> None:
        """Nothing to remember."""

    @asynccontextmanager
    async def batch(self, lanes: Sequence[int]) -> AsyncIterator[Any]:
        yield self

    async def open(self, lead_ids: Sequence[UUID], horizon: datetime | None, limit: int) -> Opened:
        return Opened(datetime.now(UTC), {})

    async def write(self, write: Write) -> None:
        """Nothing to write."""

    async def commit(self) -> None:
        """Nothing to commit."""

    async def look(self, lanes: Sequence[int], horizon: datetime | None) -> Look:
        return Look(datetime.now(UTC), 1.0, False, False)

    @asynccontextmanager
    async def survey(self) -> AsyncIterator[Any]:
        """Nothing to look over: the step has no gauges."""
        yield self

    async def suspect(self, suspicions: Mapping[int, Suspect]) -> None:
        """Nothing to remember."""


def step_of(name: str) -> Step[bytes]:
    """A step that does the work, with one state row a record."""
    reads = Topic(f"{name}.in", LeadCaptured, "snapshot", "tests", (name,))
    writes = Topic(f"{name}.out", LeadEnriched, "snapshot", name, ("tests",), carries="captured")

    def decide(item: Item, state: LeadState[bytes] | None, view: Any, grounds: Grounds) -> Decision[bytes]:
        assert isinstance(item, Record)
        event = enriched(item.value, grounds.basis(revision_before=0))
        after = LeadState(BODY, 1)
        return emitted(Emit(writes, event, key=event.lead_id, carried=item.raw), states={event.lead_id: after})

    rules = RulesSpec("tests.support", ("tally.yaml",), lambda contents: contents)
    return Step(name, (reads,), (writes,), decide, Bytes(), rules)


async def run_step(stack: Endpoints, records: int, seed: int, stored: bool) -> float:
    """The loop's rate from its first batch to its last acknowledgement."""
    step = step_of(f"b{uuid4().hex[:8]}")
    names = [step.reads[0].name, step.writes[0].name, dead_letter_topic(step.name)]
    await create_topics(stack, names, PARTITIONS)
    await fill(stack.kafka, step.reads[0].name, records, seed)
    parts = real_parts(step, stack)
    loop = Loop(step, parts if stored else replace(parts, database=NoDatabase()))
    running = asyncio.create_task(loop.run())
    await until(lambda: any(loop.batching.reached.values()), "the first batch")
    started, before = perf_counter(), sum(loop.batching.reached.values())
    await until(lambda: sum(loop.batching.reached.values()) >= records, "the last batch", 300)
    rate = (records - before) / (perf_counter() - started)
    loop.stop()
    await running
    return rate


def run_agent(stack: Endpoints, records: int, seed: int) -> None:
    """The rate of an agent as Faust's own tutorial writes it. Ends the process."""
    name = f"f{uuid4().hex[:8]}"
    asyncio.run(create_topics(stack, [f"{name}-in", f"{name}-out"], PARTITIONS))
    asyncio.run(fill(stack.kafka, f"{name}-in", records, seed))
    app = faust.App(
        name, broker=f"kafka://{stack.kafka}", topic_allow_declare=False, topic_disable_leader=True, web_enabled=False
    )
    reads = app.topic(f"{name}-in", value_serializer="raw", key_serializer="raw")
    writes = app.topic(f"{name}-out", value_serializer="raw", key_serializer="raw")

    async def agent(stream: Any) -> None:
        done, started = 0, 0.0
        async for value in stream:
            started = started or perf_counter()
            key, out = agent_work(value)
            await writes.send(key=key, value=out)
            done += 1
            if done == records:
                print(records / (perf_counter() - started), flush=True)
                os._exit(0)

    app.agent(reads)(agent)
    faust.Worker(app, loglevel="info", redirect_stdouts=False).execute_from_commandline()


def main() -> None:
    """Measure one contender."""
    contender, kafka, database_url, records, seed = sys.argv[1:6]
    stack = Endpoints("external", kafka, database_url, "redis://127.0.0.1:1/0")
    if contender == "agent":
        run_agent(stack, int(records), int(seed))
        return
    calm_garbage_collector()
    print(asyncio.run(run_step(stack, int(records), int(seed), contender == "stored")), flush=True)


if __name__ == "__main__":
    main()
