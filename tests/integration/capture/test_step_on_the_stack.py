"""The capture step in the runtime's loop, on a real Kafka and a real PostgreSQL."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from leadline_capture.app import STEP
from leadline_capture.store import CaptureStore
from leadline_local.endpoints import Endpoints
from leadline_runtime.decision import Decision
from leadline_runtime.step import Step
from leadline_schemas.captured import LeadCaptured
from leadline_schemas.codec import decode
from leadline_schemas.ids import partition_of
from leadline_schemas.topics import LEAD_ACTIVITY, LEAD_CAPTURED, LEAD_RECEIVED, Topic, dead_letter_topic
from tests.support.running import create_topics, real_parts, running
from tests.unit.capture.story import Capture

pytestmark = pytest.mark.stack
PARTITIONS = 4


def named(prefix: str) -> tuple[Step[Any], dict[str, Topic[Any]]]:
    """The step with topics and tables of its own, so that tests do not meet; all else is the real thing."""
    own = {t.name: replace(t, name=f"{prefix}.{t.name}") for t in (LEAD_RECEIVED, LEAD_CAPTURED, LEAD_ACTIVITY)}

    def decide(*given: Any) -> Decision[Any]:
        decision = STEP.decide(*given)
        return replace(decision, events=tuple(replace(e, topic=own[e.topic.name]) for e in decision.events))

    received, captured, activity = own.values()
    step = replace(
        STEP, name=prefix, reads=(received,), writes=(captured, activity), decide=decide, store=CaptureStore()
    )
    return step, own


class World:
    """A producer, a step, and what it wrote."""

    def __init__(self, stack: Endpoints, prefix: str) -> None:
        self.stack, self.prefix, self.edge = stack, prefix, Capture()
        self.step, self.topics = named(prefix)
        self.letters = dead_letter_topic(prefix)

    async def open(self) -> None:
        written = [self.topics["lead.captured"].name, self.topics["lead.activity"].name, self.letters]
        await create_topics(self.stack, [self.topics["lead.received"].name, *written], PARTITIONS)
        self.producer = AIOKafkaProducer(bootstrap_servers=self.stack.kafka, acks="all")
        await self.producer.start()
        self.reader = AIOKafkaConsumer(bootstrap_servers=self.stack.kafka, auto_offset_reset="earliest")
        await self.reader.start()
        self.reader.assign([TopicPartition(name, p) for name in written for p in range(PARTITIONS)])
        self.read: dict[str, list[Any]] = {name: [] for name in written}

    async def close(self) -> None:
        await self.producer.stop()
        await self.reader.stop()

    async def submit(self, payload: dict[str, Any], **said: Any) -> None:
        """As the edge writes it."""
        record = self.edge.received(payload, **said)
        kind = self.topics["lead.received"].event_type.encode()
        headers = [(name, kind if name == "ce_type" else value) for name, value in record.headers]
        assert record.key is not None
        await self.write(record.value or b"", key=record.key, headers=headers)

    async def write(self, value: bytes, key: bytes, headers: list[tuple[str, bytes]]) -> None:
        """As anybody may write it."""
        topic = self.topics["lead.received"].name
        await self.producer.send_and_wait(
            topic, value, key=key, headers=headers, partition=partition_of(key, PARTITIONS)
        )

    async def expect(self, captured: int, activities: int, letters: int = 0) -> list[LeadCaptured]:
        """Wait for that many, and see that no more come."""
        names = [self.topics["lead.captured"].name, self.topics["lead.activity"].name, self.letters]
        wanted = dict(zip(names, (captured, activities, letters), strict=True))
        for _ in range(600):
            if all(len(self.read[name]) >= count for name, count in wanted.items()):
                break
            await self.look(50)
        await self.look(300)
        assert {name: len(values) for name, values in self.read.items()} == wanted
        return [decode(LEAD_CAPTURED, value) for value in self.read[names[0]]]

    async def look(self, timeout_ms: int) -> None:
        for records in (await self.reader.getmany(timeout_ms=timeout_ms)).values():
            for record in records:
                if record.value not in self.read[record.topic]:  # a claim publishes the newest batch once more
                    self.read[record.topic].append(record.value)


@pytest.fixture
async def world(stack: Endpoints, prefix: str) -> AsyncIterator[World]:
    made = World(stack, prefix)
    await made.open()
    yield made
    await made.close()


async def test_leads_of_all_kinds_come_out_once(world: World) -> None:
    async with running(world.step, real_parts(world.step, world.stack)):
        for number in range(40):
            await world.submit({"type": "demo_request", "email": f"p{number}@x.example"}, id=f"{number}")
        for number in range(0, 40, 2):
            await world.submit({"type": "demo_request", "email": f"p{number}@x.example"}, id=f"{number}")
        await world.submit({"kind": "page.viewed", "email": "p1@x.example"}, way="activities")
        await world.write(json.dumps({"email": "kafka@x.example"}).encode(), key=b"any", headers=[])
        await world.write(b"\xff{", key=b"any", headers=[])
        captured = await world.expect(captured=41, activities=42, letters=1)
    assert len({event.lead_id for event in captured}) == 41
    assert {event.outcome for event in captured} == {"created"}


async def test_what_was_captured_before_a_restart_is_known_after_it(world: World) -> None:
    async with running(world.step, real_parts(world.step, world.stack)):
        await world.submit({"email": "ann@x.example", "title": "CFO"})
        await world.expect(captured=1, activities=1)
    async with running(world.step, real_parts(world.step, world.stack)):
        await world.submit({"email": "ann@x.example", "phone": "+12125550101"})
        first, second = await world.expect(captured=2, activities=2)
    assert (second.lead_id, second.revision, second.outcome) == (first.lead_id, 2, "merged_into")
    assert (second.lead.title, second.lead.phone) == ("CFO", "+12125550101")


async def test_an_override_of_a_score_is_told_once_over_a_restart_and_one_that_says_nothing_is_buried(
    world: World,
) -> None:
    until = (world.edge.now + timedelta(days=30)).isoformat()
    async with running(world.step, real_parts(world.step, world.stack)):
        await world.submit({"email": "ann@x.example"})
        (lead,) = await world.expect(captured=1, activities=1)
    order = {
        "kind": "score.override", "lead_id": str(lead.lead_id), "author": "mara", "reason": "met them",
        "override": {"target": "mql", "value": True, "expires_at": until},
    }  # fmt: skip
    for _ in range(2):
        async with running(world.step, real_parts(world.step, world.stack)):
            await world.submit(order, way="commands", id="o-1")
            await world.expect(captured=1, activities=2)
    async with running(world.step, real_parts(world.step, world.stack)):
        await world.submit({**order, "override": {"target": "mql"}}, way="commands", id="o-2")
        await world.expect(captured=1, activities=2, letters=1)
    told = [decode(LEAD_ACTIVITY, value).activity for value in world.read[world.topics["lead.activity"].name]]
    overridden = [(each.origin, each.override.target, each.override.value) for each in told if each.override]
    assert overridden == [(lead.lead_id, "mql", True)]
