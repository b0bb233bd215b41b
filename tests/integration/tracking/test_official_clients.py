"""The official clients of the tracking API, unmodified and with only their host changed, against a running door and a
running step: what an application tells of a person becomes one lead and its acts."""

import asyncio
import os
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from segment.analytics.client import Client

from leadline_capture.app import STEP
from leadline_capture.edge.keys import store_key
from leadline_capture.store import CaptureStore
from leadline_local.endpoints import Endpoints
from leadline_runtime.decision import Decision
from leadline_schemas.activity import LeadActivity
from leadline_schemas.captured import LeadCaptured
from leadline_schemas.codec import decode
from leadline_schemas.topics import LEAD_ACTIVITY, LEAD_CAPTURED, LEAD_RECEIVED, Topic, dead_letter_topic
from tests.integration.edge.world import World, open_world, records_of
from tests.support.door import made_key
from tests.support.running import real_parts, running, until

pytestmark = pytest.mark.stack
SUPPORT = Path(__file__).parents[2] / "support"
CLIENT = "node-client-3.1.0"  # as .ci/node-client installs it


@dataclass(frozen=True, eq=False)
class Renamed(Topic[Any]):
    """A topic of another name, so that tests do not meet; its events are of the same type."""

    original: str = ""

    @property
    def event_type(self) -> str:
        return f"leadline.{self.original}"


def renamed(topic: Topic[Any], name: str) -> Renamed:
    return Renamed(name, topic.model, topic.kind, topic.writer, topic.readers, topic.carries, topic.name)


class Told:
    """What the step wrote of what an application told the door."""

    def __init__(self, stack: Endpoints, prefix: str) -> None:
        real: tuple[Topic[Any], ...] = (LEAD_RECEIVED, LEAD_CAPTURED, LEAD_ACTIVITY)
        own = {topic.name: renamed(topic, topic.name.replace("lead", prefix, 1)) for topic in real}

        def decide(*given: Any) -> Decision[Any]:
            decision = STEP.decide(*given)
            return replace(decision, events=tuple(replace(e, topic=own[e.topic.name]) for e in decision.events))

        received, self.captured, self.activity = own.values()
        writes = (self.captured, self.activity)
        self.step = replace(STEP, name=prefix, reads=(received,), writes=writes, decide=decide, store=CaptureStore())
        self.stack, self.letters = stack, dead_letter_topic(prefix)

    @property
    def topics(self) -> list[str]:
        return [self.captured.name, self.activity.name, self.letters]

    async def snapshots(self) -> list[LeadCaptured]:
        return [decode(LEAD_CAPTURED, value) for value in await self._values(self.captured.name)]

    async def acts(self) -> list[LeadActivity]:
        return [decode(LEAD_ACTIVITY, value) for value in await self._values(self.activity.name)]

    async def _values(self, topic: str) -> list[bytes]:
        return list(dict.fromkeys(record.value for record in await records_of(self.stack, topic)))


Tells = Callable[[str, str], Awaitable[None]]


async def python_client(host: str, write_key: str) -> None:
    """As tests/support/official_client.cjs, by the official Python client."""
    await asyncio.to_thread(_by_python, host, write_key)


def _by_python(host: str, write_key: str) -> None:
    failed: list[Exception] = []
    client = Client(write_key, host=host, gzip=True, upload_size=4, on_error=lambda error, _: failed.append(error))
    context = {"campaign": {"name": "spring", "source": "google", "medium": "cpc"}}
    at = datetime.now(UTC) - timedelta(minutes=1)
    client.page(anonymous_id="browser-1", name="Plans", properties={"path": "/pricing"}, context=context, timestamp=at)
    client.track(anonymous_id="browser-1", event="Guide Downloaded", properties={"guide": "Loading docks"})
    client.page(anonymous_id="browser-0", properties={"path": "/security"})
    traits = {"email": "ann@bayfreight.example", "first_name": "Ann", "last_name": "Lee", "plan": "pro"}
    client.identify("u-1", traits, anonymous_id="browser-1")
    client.group("u-1", "g-1", {"name": "Bay Freight", "employees": 420})
    client.alias("browser-0", "u-1")
    client.screen("u-1", name="Orders")
    client.track("u-1", "Demo Requested", {"message": "soon, please"})
    client.track("u-1", "Signed In", message_id="once")
    client.track("u-1", "Signed In", message_id="once")
    client.shutdown()
    assert failed == []


async def node_client(host: str, write_key: str) -> None:
    """The official Node client. Skips the test where it is not installed."""
    node, modules = _node()
    told = {"PATH": os.environ["PATH"], "NODE_PATH": str(modules), "HOST": host, "WRITE_KEY": write_key}
    program = await asyncio.create_subprocess_exec(
        node, str(SUPPORT / "official_client.cjs"), env=told,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await asyncio.wait_for(program.communicate(), 60)
    assert program.returncode == 0, said.decode()


def _node() -> tuple[str, Path]:
    place = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "leadline" / CLIENT
    node = shutil.which("node")
    if node is None or not (place / "complete").is_file():
        pytest.skip("no Node client on this machine: install Node.js with npm, then run .ci/node-client")
    return node, place / "node_modules"


async def trusted_key(world: World) -> str:
    text, key = made_key(trusted=True, source="app")
    await store_key(world.sql, key)
    await until(lambda: world.edge.keys.find(text, world.edge.clock.now()), "the new key")
    return text


@pytest.mark.parametrize("tells", [python_client, node_client], ids=["python", "node"])
async def test_what_an_application_tells_becomes_one_lead_and_its_acts(
    tells: Tells, stack: Endpoints, prefix: str
) -> None:
    told = Told(stack, prefix)
    async with open_world(stack, prefix, told.topics) as world, running(told.step, real_parts(told.step, stack)):
        await tells(f"http://127.0.0.1:{world.door.port}", await trusted_key(world))
        assert len(await world.written()) == 10
        acts: list[LeadActivity] = []
        async with asyncio.timeout(30):
            while len(acts) < 7:
                acts = await told.acts()
        newest = max(await told.snapshots(), key=lambda each: each.revision)
        lead = newest.lead
        assert {each.lead_id for each in [*acts, *await told.snapshots()]} == {newest.lead_id}
        assert (lead.email, lead.first_name, lead.company, lead.employees) == (
            "ann@bayfreight.example",
            "Ann",
            "Bay Freight",
            420,
        )
        assert (lead.source, lead.type, lead.extra["plan"], lead.message) == (
            "tracking",
            "demo_request",
            "pro",
            "soon, please",
        )
        assert [request.type for request in newest.requests] == ["demo_request"]
        assert newest.attribution and newest.attribution.first_touch.channel == "paid_search"
        found = sorted((each.activity.kind, each.activity.tag or "", each.activity.name or "") for each in acts)
        assert found == [
            ("content.downloaded", "", "Guide Downloaded"),
            ("form.submitted", "", "Demo Requested"),
            ("other", "", "alias"),
            ("page.viewed", "", "Orders"),
            ("page.viewed", "pricing", "Plans"),
            ("page.viewed", "security", "/security"),
            ("product.used", "", "Signed In"),
        ]
        assert await records_of(stack, told.letters) == []


async def test_a_client_with_a_wrong_key_is_told_and_does_not_try_again(stack: Endpoints, prefix: str) -> None:
    async with open_world(stack, prefix) as world:
        failed: list[Any] = []
        host = f"http://127.0.0.1:{world.door.port}"
        client = Client("ll_no_key", host=host, on_error=lambda error, _: failed.append(error))
        client.track("u-1", "Signed In")
        await asyncio.to_thread(client.shutdown)
        assert [error.status for error in failed] == [401]
        assert await world.written() == []
