"""Fifty submissions of one person at the same moment, by every way there is, are one lead: fifty times in a row."""

import asyncio
import json
from collections import Counter
from typing import Any
from urllib.parse import urlencode

import aiohttp
import psycopg
import pytest
from aiokafka import AIOKafkaProducer

from leadline_schemas.topics import LEAD_CAPTURED
from tests.support.pipeline import Pipeline, wait

pytestmark = pytest.mark.stack
ROUNDS, EACH = 50, 10  # ten of each of the five ways
ORIGIN = "https://pages.example"


class Crowd:
    """Everybody who sends: over JSON, a form, the tracking API, a batch, and Kafka itself."""

    def __init__(self, pipeline: Pipeline, http: aiohttp.ClientSession, producer: AIOKafkaProducer) -> None:
        self.pipeline, self.http, self.producer = pipeline, http, producer
        self.key = pipeline.make_key("--trusted")
        self.page = pipeline.make_key("--publishable", "--source", "website_form", "--origin", ORIGIN)

    async def all_at_once(self, person: int) -> None:
        """One person, fifty times, all sent before any is answered."""
        email, phone = f"ann{person}@works.example", f"+1212555{100 + person:04d}"
        sends = []
        for n in range(EACH):
            said = {"email": email, "phone": phone, "name": "Ann Lee", "company": f"Works {n}"}
            sends += [self._json(said), self._form(said), self._tracked(said), self._batch(said), self._kafka(said)]
        await asyncio.gather(*sends)

    async def _json(self, said: dict[str, Any]) -> None:
        await self._post("/v1/leads", json.dumps({**said, "type": "demo_request"}))

    async def _batch(self, said: dict[str, Any]) -> None:
        await self._post("/v1/leads/batch", json.dumps([{**said, "type": "contact_sales"}]))

    async def _tracked(self, said: dict[str, Any]) -> None:
        message = {"event": "Signed Up", "context": {"traits": said}, "anonymousId": said["company"]}
        await self._post("/v1/track", json.dumps(message))

    async def _form(self, said: dict[str, Any]) -> None:
        headers = {"Origin": ORIGIN, "Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        await self._post(f"/v1/forms/{self.page}", urlencode({**said, "form": "demo"}), headers)

    async def _kafka(self, said: dict[str, Any]) -> None:
        value = json.dumps({**said, "type": "referral"}).encode()
        await self.producer.send_and_wait("lead.received", value)

    async def _post(self, path: str, body: str, headers: dict[str, str] | None = None) -> None:
        told = headers or {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        async with self.http.post(self.pipeline.url + path, data=body, headers=told) as answer:
            assert answer.status in (200, 202), (path, answer.status, await answer.text())


def count(pipeline: Pipeline, sql: str) -> int:
    with psycopg.connect(pipeline.stack.database_url) as connection:
        row = connection.execute(sql.encode()).fetchone()
    return int(row[0]) if row else 0


async def send_all(pipeline: Pipeline) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=pipeline.stack.kafka, acks="all")
    await producer.start()
    try:
        async with aiohttp.ClientSession() as http:
            crowd = Crowd(pipeline, http, producer)
            for person in range(ROUNDS):
                await crowd.all_at_once(person)
    finally:
        await producer.stop()


async def test_fifty_at_once_by_five_ways_are_one_lead_fifty_times_in_a_row(pipeline: Pipeline) -> None:
    pipeline.start(["capture-edge", "capture"])
    pipeline.spawn("capture", "-second")  # two instances share the lanes
    pipeline.wait_ready("capture-second")
    await send_all(pipeline)
    everything = "SELECT count(*) FROM capture.submission"
    sent = ROUNDS * EACH * 5
    wait(lambda: count(pipeline, everything) >= sent, "every submission to be decided", 120, every=0.2)
    assert count(pipeline, "SELECT count(*) FROM capture.state") == ROUNDS
    assert count(pipeline, "SELECT count(*) FROM capture.buried") == 0
    leads = {event.lead_id: event for event in pipeline.events(LEAD_CAPTURED)}
    assert len(leads) == ROUNDS
    outcomes = Counter(event.outcome for event in pipeline.events(LEAD_CAPTURED))
    assert outcomes["created"] == ROUNDS
    assert {event.lead.email for event in leads.values()} == {f"ann{n}@works.example" for n in range(ROUNDS)}
