"""The client: sends each operation at its time over HTTP or Kafka, and writes down how it ended before it goes on.

A timeout or a cut connection is unknown, not failed. What has a key of its own may be sent again, and is.
"""

import asyncio
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from time import monotonic
from typing import Any

import aiohttp
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from tests.load.chaos.journal import Journal
from tests.load.chaos.people import OVER_HTTP, Operation

TIMEOUT_S = 4.0
TRIES = 60
PAUSE_S = 0.5
AT_ONCE = 64
SOURCE = "/chaos/outside"
PATHS = {"activity": "/v1/activities", "batch": "/v1/leads/batch", "tracking": "/v1/track"}
# Without a name of its own a sending that ended unknown is not repeated.
UNNAMED = ("http", "bare", "form")
ORIGIN = "https://pages.example"


@dataclass(frozen=True)
class Doors:
    """Where the edge listens, and the keys to its doors."""

    url: str
    key: str
    page_key: str

    def of(self, one: Operation) -> tuple[str, dict[str, str]]:
        """Address and headers of an operation's request."""
        if one.way == "form":
            kind = "application/x-www-form-urlencoded"
            return f"{self.url}/v1/forms/{self.page_key}", {
                "Content-Type": kind, "Origin": ORIGIN, "Accept": "application/json",
            }  # fmt: skip
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.key}"}
        if one.way in ("named", "batch"):
            headers["Idempotency-Key"] = one.marker
        path = PATHS.get(one.kind) or PATHS.get(one.way, "/v1/leads")
        return self.url + path, headers


class Client:
    """`doors`: url of the edge, an API key, a key of public pages; `kafka`'s address; `clock` gives the pipeline's time
    so many seconds ago."""

    def __init__(self, doors: Doors, kafka: str, journal: Journal, clock: Callable[[float], str]) -> None:
        self.doors, self.kafka, self.journal, self.clock = doors, kafka, journal, clock
        self._producer: AIOKafkaProducer | None = None
        self._producing = asyncio.Lock()
        self._room = asyncio.Semaphore(AT_ONCE)

    async def run(self, operations: Iterable[Operation]) -> None:
        """Send all, each at its time from now; returns when the last has ended."""
        began, running = monotonic(), []
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT_S)) as http:
            for one in operations:
                await asyncio.sleep(max(0.0, began + one.at - monotonic()))
                running.append(asyncio.create_task(self._send(http, one)))
            await asyncio.gather(*running)
        await self._forget_producer()

    async def _send(self, http: aiohttp.ClientSession, one: Operation) -> None:
        body = one.bytes_at(self.clock(one.ago or 0.0))
        for attempt in range(TRIES):
            said = {"kind": one.kind, "way": one.way, "marker": one.marker, "person": one.person, "try": attempt}
            self.journal.write("invoke", one.number, **said, partition=one.partition)
            async with self._room:
                over_http = one.way in OVER_HTTP
                event, told = await (self._post(http, one, body) if over_http else self._produce(one, body))
            self.journal.write(event, one.number, **said, **told)
            if event == "ok" or told.get("final") or (event == "unknown" and one.way in UNNAMED):
                return
            await asyncio.sleep(PAUSE_S)

    async def _post(self, http: aiohttp.ClientSession, one: Operation, body: bytes) -> tuple[str, dict[str, Any]]:
        path, headers = self.doors.of(one)
        try:
            async with http.post(path, data=body, headers=headers, allow_redirects=False) as answer:
                told = await answer.json(content_type=None)
                return _ending(answer.status, told)
        except aiohttp.ClientConnectorError:
            return "fail", {"why": "no connection"}
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            return "unknown", {"why": type(error).__name__}

    async def _produce(self, one: Operation, body: bytes) -> tuple[str, dict[str, Any]]:
        value, headers = body, []
        if one.way == "cloudevent":
            headers = [("ce_id", one.marker.encode()), ("ce_source", SOURCE.encode()), ("ce_specversion", b"1.0")]
        elif one.way == "structured":
            event = {"specversion": "1.0", "id": one.marker, "source": SOURCE, "type": "lead", "data": json.loads(body)}
            value = json.dumps(event).encode()
        try:
            producer = await self._live()
        except (KafkaError, TimeoutError, OSError) as error:
            return "fail", {"why": type(error).__name__}
        try:
            sent = await producer.send("lead.received", value, partition=one.partition, headers=headers)
            done = await asyncio.wait_for(asyncio.shield(sent), 4 * TIMEOUT_S)
            return "ok", {"partition": done.partition, "offset": done.offset}
        except (KafkaError, TimeoutError, OSError) as error:
            await self._forget_producer()
            return "unknown", {"why": type(error).__name__}

    async def _live(self) -> AIOKafkaProducer:
        async with self._producing:
            if self._producer is None:
                made = AIOKafkaProducer(
                    bootstrap_servers=self.kafka, acks="all", enable_idempotence=True, request_timeout_ms=15_000
                )
                try:
                    await made.start()
                except BaseException:
                    await made.stop()
                    raise
                self._producer = made
            return self._producer

    async def _forget_producer(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            try:
                await asyncio.wait_for(producer.stop(), 3)
            except (KafkaError, TimeoutError, OSError):
                return


def _ending(status: int, told: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """What an answer means: 202 is a promise; a refusal is none; a 503 may still arrive unless it says otherwise."""
    if told.get("success") is True:
        return "ok", {}  # the tracking API names no submission: the marker in the message does
    if status in (202, 207):
        only = told["results"][0] if "results" in told else told
        if "submission_id" in only:
            return "ok", {"submission": only["submission_id"]}
    code = told.get("code")
    if status < 500:
        return "fail", {"why": code, "status": status, "final": True}
    return ("fail" if code == "database_away" else "unknown"), {"why": code, "status": status}
