"""The door as a process: it stops gracefully, tells what is wrong with its settings, and keeps quiet about people."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from aiohttp import ClientError, ClientSession

from leadline_local.endpoints import Endpoints
from tests.integration.edge.conftest import Servers
from tests.integration.edge.world import LEAD, records_of
from tests.support.running import until

CANARIES = ("Canaria Quill", "canary@quill.example", "555-0142", "a canary sings")
PERSON = {"name": CANARIES[0], "email": CANARIES[1], "phone": f"+1 212 {CANARIES[2]}", "message": CANARIES[3]}


def command(*arguments: str, stack: Endpoints | None = None, **more: str) -> dict[str, Any]:
    """Arguments for a subprocess of ours with nothing of this machine's settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LEADLINE_")}
    told = stack.environment() if stack else {"LEADLINE_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}
    return {"args": [sys.executable, "-m", *arguments], "env": {**kept, **told, **more}}


def free_port() -> int:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


class Process:
    """A door that runs as a process of its own."""

    def __init__(self, running: asyncio.subprocess.Process, port: int, web_port: int, session: ClientSession) -> None:
        self.running, self.port, self.web_port, self.session = running, port, web_port, session

    async def ready(self) -> None:
        """Wait until it is."""
        for _ in range(600):
            try:
                async with self.session.get(f"http://127.0.0.1:{self.web_port}/readyz") as response:
                    if response.status == 200:
                        return
            except ClientError:
                pass
            await asyncio.sleep(0.05)
        raise AssertionError("the door was not ready within 30 s")

    async def page(self, path: str) -> str:
        async with self.session.get(f"http://127.0.0.1:{self.web_port}{path}") as response:
            text: str = await response.text()
            return text

    async def stop(self) -> tuple[int | None, str, float]:
        """SIGTERM; exit code, all it logged, and how long it took."""
        began = monotonic()
        self.running.send_signal(signal.SIGTERM)
        _, said = await asyncio.wait_for(self.running.communicate(), 15)
        return self.running.returncode, said.decode(), monotonic() - began


@asynccontextmanager
async def door_process(stack: Endpoints, **settings: str) -> AsyncIterator[Process]:
    port, web_port = free_port(), free_port()
    ports = {"LEADLINE_EDGE_PORT": str(port), "LEADLINE_WEB_PORT": str(web_port)}
    given = command("leadline_capture", "edge", stack=stack, **{**ports, **settings})
    running = await asyncio.create_subprocess_exec(*given["args"], env=given["env"], stderr=subprocess.PIPE)
    try:
        async with ClientSession() as session:
            yield Process(running, port, web_port, session)
    finally:
        if running.returncode is None:
            running.kill()
            await running.communicate()


def leadline(stack: Endpoints, *arguments: str) -> str:
    """What a command of the console prints."""
    done = subprocess.run(
        **command("leadline_console", *arguments, stack=stack), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return str(done.stdout)


@pytest.fixture(scope="module")
def prepared(own: Servers) -> Endpoints:
    """Servers with the topics declared."""
    stack = own.up()
    leadline(stack, "topics", "apply", "--replication", "1", "--file", "deploy/kafka/topics.yaml")
    return stack


@pytest.mark.stack
async def test_no_person_is_in_logs_metrics_keys_headers_or_errors(prepared: Endpoints) -> None:
    key = json.loads(leadline(prepared, "keys", "create", "--name", "test", "--source", "website", "--json"))["key"]
    async with door_process(prepared, LEADLINE_SOURCE_SECRETS='{"typeform": ["s"]}') as door:
        await door.ready()
        told = []
        faulty = {**PERSON, "email": CANARIES[3], CANARIES[0]: 1}
        bodies: list[Any] = [PERSON, faulty, [PERSON], json.dumps(PERSON)[:-9]]
        for path in ("/v1/leads", "/v1/leads/batch", "/v1/activities", "/v1/sources/typeform", f"/v1/{CANARIES[1]}"):
            for body in bodies:
                data = body if isinstance(body, str) else json.dumps(body)
                headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
                url = f"http://127.0.0.1:{door.port}{path}"
                async with door.session.post(url, data=data, headers=headers) as response:
                    told.append(f"{response.status} {await response.text()} {response.headers}")
        async with door.session.post(
            f"http://127.0.0.1:{door.port}/v1/sources/website_form?email={CANARIES[1]}", data=PERSON
        ) as response:
            assert response.status == 202
        _, writer = await asyncio.open_connection("127.0.0.1", door.port)
        writer.write(f"POST /{CANARIES[1]} {CANARIES[0]}\r\n\r\n".encode())
        await writer.drain()
        metrics = await door.page("/metrics")
        writer.close()
        code, logs, took = await door.stop()
    assert code == 0 and took < 10
    records = await records_of(prepared, "lead.received", 24)
    assert any(CANARIES[0].encode() in record.value for record in records), "the leads themselves did arrive"
    outside = [str((record.key, record.headers)) for record in records]
    for text in (*told, metrics, logs, *outside):
        assert not any(canary.casefold() in text.casefold() for canary in CANARIES), text
    assert all(json.loads(line)["service"] == "capture-edge" for line in logs.splitlines())


@pytest.mark.stack
async def test_a_request_in_hand_is_finished_before_the_end(prepared: Endpoints) -> None:
    key = leadline(prepared, "keys", "create", "--name", "test", "--source", "website").strip()
    async with door_process(prepared) as door:
        await door.ready()
        assert (await door.page("/healthz")).strip() == "ok"
        reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
        body = json.dumps(LEAD).encode()
        head = f"POST /v1/leads HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nContent-Length: {len(body)}\r\n"
        writer.write(f"{head}Content-Type: application/json\r\nExpect: 100-continue\r\n\r\n".encode())
        assert b"100 Continue" in await reader.readuntil(b"\r\n\r\n")
        stopping = asyncio.create_task(door.stop())
        await until(lambda: not listens(door.port), "the closed door")
        writer.write(body)
        assert b" 202 " in await reader.readuntil(b"\r\n\r\n")
        writer.close()
        code, _, took = await stopping
        assert code == 0 and took < 10


def listens(port: int) -> bool:
    """Whether a new connection is taken."""
    with closing(socket.socket()) as wanted:
        return wanted.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.stack
async def test_a_door_that_still_waits_for_its_servers_stops_at_once() -> None:
    nowhere = Endpoints("none", "127.0.0.1:1", "postgresql://nobody@127.0.0.1:1/none", "redis://127.0.0.1:1")
    async with door_process(nowhere) as door:
        for _ in range(400):
            try:
                assert json.loads(await door.page("/readyz"))["waiting_for"][0].startswith("PostgreSQL")
                break
            except ClientError:
                await asyncio.sleep(0.05)
        code, logs, took = await door.stop()
        assert code == 0 and took < 6 and "waiting for PostgreSQL" in logs


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"LEADLINE_EDGE_PORT": "99999"}, "LEADLINE_EDGE_PORT: Input should be less than or equal to 65535"),
        ({"LEADLINE_EDGE_DEADLINE_S": "soon"}, "LEADLINE_EDGE_DEADLINE_S: Input should be a valid number"),
        ({"LEADLINE_SOURCE_SECRETS": '{"typeform": 5}'}, "LEADLINE_SOURCE_SECRETS.typeform"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_and_its_value_is_not(settings: dict[str, str], says: str) -> None:
    done = subprocess.run(
        **command("leadline_capture", "edge", stack=None, **settings),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 2 and says in done.stderr and "Traceback" not in done.stderr
    assert not any(value in done.stderr for value in settings.values())


def test_a_rules_file_that_cannot_be_used_is_fatal_and_names_its_place(tmp_path: Path) -> None:
    (tmp_path / "sources.yaml").write_text("version: 1\nsources: {one: {title: x}}\n")
    done = subprocess.run(
        **command("leadline_capture", "edge", LEADLINE_RULES_DIR=str(tmp_path)),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 2 and "sources.yaml: sources.one.channel: Field required" in done.stderr
