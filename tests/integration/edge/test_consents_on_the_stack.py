"""A double opt-in from the door through the log to the lead, on a real Kafka and a real PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest

from leadline_capture.edge.keys import store_key
from leadline_local.endpoints import Endpoints
from leadline_runtime.items import Record
from leadline_runtime.step import Step
from leadline_schemas.codec import decode
from leadline_schemas.received import LeadReceived
from leadline_schemas.topics import LEAD_CAPTURED, LEAD_RECEIVED, Topic, dead_letter_topic
from tests.integration.capture.test_step_on_the_stack import named
from tests.integration.edge.world import World, open_world, records_of
from tests.support.door import made_key
from tests.support.running import real_parts, running, until

pytestmark = pytest.mark.stack
LEAD = {"email": "ada@works.example", "type": "content_download", "marketing_checkbox": False}
PENDING = {"email": "Ada@works.example", "purpose": "marketing", "channel": "email", "state": "pending"}


class Mailer:
    """A marketing system before a door behind which capture works."""

    def __init__(self, world: World, step: Step[Any], key: str) -> None:
        self.world, self.step, self.key = world, step, key

    async def sends(self, path: str, body: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """What it is told, and what became of it."""
        status, told = await self.world.post(path, body, key=self.key)
        assert status == 202, told
        return told, await self.became(told["submission_id"])

    async def became(self, submission: str) -> dict[str, Any]:
        url = f"http://127.0.0.1:{self.world.door.port}/v1/submissions/{submission}"
        found: dict[str, Any] = {}

        async def decided() -> bool:
            async with self.world.session.get(url, headers={"Authorization": f"Bearer {self.key}"}) as response:
                assert response.status in (200, 404)
                found.update(await response.json())
                return response.status == 200

        await eventually(decided, "the decision")
        return found

    async def presses(self, url: str) -> None:
        where = urlsplit(url)
        here = f"http://127.0.0.1:{self.world.door.port}{where.path}?{where.query}"
        async with self.world.session.post(here) as response:
            assert response.status == 200

    async def marketing(self) -> list[str]:
        """The state of marketing by e-mail in each snapshot of the lead, in order."""
        records = await records_of(self.world.stack, self.step.writes[0].name)
        leads = {event.revision: event.lead for event in (decode(LEAD_CAPTURED, each.value) for each in records)}
        return [
            next(r.state for r in leads[n].consent if (r.purpose, r.channel) == ("marketing", "email"))
            for n in sorted(leads)
        ]


def as_the_door_wrote(
    topic: Topic[Any], key: bytes | None, value: bytes, headers: Mapping[str, bytes], partition: int, offset: int
) -> Record[LeadReceived]:
    """A record of the test's own topic, whose name the type in the door's headers does not have."""
    received = decode(LEAD_RECEIVED, value)
    at = received.submission_id
    return Record(topic, partition, offset, key or b"", value, received, at, tuple(headers.items()))


@pytest.fixture
async def mailer(stack: Endpoints, prefix: str) -> AsyncIterator[Mailer]:
    step, topics = named(prefix)
    received = replace(topics[LEAD_RECEIVED.name], name=f"{prefix}.received")
    step = replace(step, reads=(received,), adapt=as_the_door_wrote)
    written = [*(topic.name for topic in step.writes), dead_letter_topic(prefix)]
    text, key = made_key(source="mailer", scopes=frozenset({"leads:write", "consents:write"}))
    async with open_world(stack, prefix, written, consent_link_secrets=("x" * 32,)) as world:
        await store_key(world.sql, key)
        await until(lambda: len(world.edge.keys) == 2, "the key")
        async with running(step, real_parts(step, stack)):
            yield Mailer(world, step, text)


async def test_a_double_opt_in_and_its_end(mailer: Mailer) -> None:
    _, lead = await mailer.sends("/v1/leads", LEAD)
    assert lead["outcome"] == "captured"
    told, asked = await mailer.sends("/v1/consents", PENDING)
    assert (asked["outcome"], asked["lead_id"]) == ("attached", lead["lead_id"])
    await mailer.presses(told["confirm_url"])
    await reaches(mailer, "granted")
    await mailer.presses(told["confirm_url"])
    await mailer.presses(told["unsubscribe_url"])
    await reaches(mailer, "withdrawn")
    await mailer.presses(told["confirm_url"])
    _, late = await mailer.sends("/v1/consents", {**PENDING, "state": "declined"})
    assert late["lead_id"] == lead["lead_id"]
    assert await mailer.marketing() == ["declined", "granted", "withdrawn"]


async def reaches(mailer: Mailer, state: str) -> None:
    """Wait until the newest snapshot says so."""

    async def said() -> bool:
        return (await mailer.marketing())[-1:] == [state]

    await eventually(said, state)


async def eventually(true: Callable[[], Awaitable[bool]], what: str) -> None:
    """Ask again and again, for 20 s at most."""
    for _ in range(400):
        if await true():
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"waited in vain for: {what}")
