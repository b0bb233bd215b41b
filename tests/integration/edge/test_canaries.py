"""Strings that stand for a person, sent through every way of the door and all its faults: they are found nowhere else.

What was accepted holds them, in Kafka and in the spool: there they must be, or the test would be blind.
"""

import asyncio
import json
import signal
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from redis import Redis

from leadline_local.endpoints import Endpoints
from tests.integration.edge.conftest import Servers
from tests.integration.edge.test_door_process import CANARIES, PERSON, Process, door_process, leadline
from tests.integration.edge.world import records_of
from tests.support.running import until

pytestmark = pytest.mark.stack
NAME, EMAIL, PHONE, MESSAGE = CANARIES
# As they would stand in an address, and as a part that somebody might cut out.
FORMS = {form.casefold() for each in CANARIES for form in (each, quote(each), each.replace(" ", "+"))} | {"canari"}
FAULTY = {**PERSON, "email": MESSAGE, NAME: 1, "type": EMAIL, "extra": [PHONE]}
WAYS = (
    "/v1/leads", "/v1/leads/batch", "/v1/activities", "/v1/consents",
    "/v1/sources/typeform", "/v1/sources/website_form",
    f"/v1/{quote(EMAIL)}", f"/v1/sources/{quote(NAME)}", f"/v1/forms/{quote(EMAIL)}", f"/v1/submissions/{quote(EMAIL)}",
)  # fmt: skip
BODIES: tuple[Any, ...] = (
    PERSON,
    FAULTY,
    [PERSON, FAULTY],
    {"leads": [FAULTY]},
    {**PERSON, "message": MESSAGE * 20_000},
    {"kind": "note.added", "email": EMAIL, "note": MESSAGE},
    {"kind": MESSAGE, "email": [EMAIL]},
    json.dumps(PERSON)[:-9],
    json.dumps(PERSON).replace("{", '{"name": 1, ', 1),
    f"name={NAME}&email={EMAIL}",
)


@dataclass
class Seen:
    """All that came out of a door, but for what it took in."""

    texts: list[str] = field(default_factory=list)
    statuses: set[int] = field(default_factory=set)

    async def post(self, door: Process, path: str, body: Any, headers: Mapping[str, str]) -> None:
        data = body if isinstance(body, str) else json.dumps(body)
        url = f"http://127.0.0.1:{door.port}{path}"
        async with door.session.post(url, data=data, headers=headers) as response:
            self.statuses.add(response.status)
            self.texts.append(f"{response.status} {await response.text()} {response.headers}")

    async def raw(self, door: Process, data: bytes) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
        writer.write(data)
        self.texts.append((await asyncio.wait_for(reader.read(), 15)).decode("utf-8", "replace"))
        writer.close()

    def nobody(self) -> None:
        """No person is in any of it."""
        for text in self.texts:
            found = [form for form in FORMS if form in text.casefold()]
            assert not found, text[:2000]


@pytest.fixture
def prepared(own: Servers) -> Iterator[Endpoints]:
    """Servers with the topics declared; Kafka goes on afterwards."""
    stack = own.up()
    leadline(stack, "topics", "apply", "--replication", "1", "--file", "deploy/kafka/topics.yaml")
    yield stack
    own.up()


def made(stack: Endpoints, *more: str) -> dict[str, str]:
    key = leadline(stack, "keys", "create", "--name", "canary", "--source", "website", *more).strip()
    return {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}


def broken(key: Mapping[str, str]) -> tuple[bytes, ...]:
    """Requests that are no HTTP, or none that counts, with a person in each place."""
    line = f"POST /v1/leads?email={EMAIL} HTTP/1.1\r\nHost: {EMAIL}\r\nX-Name: {NAME}\r\n"
    authorized = f"Authorization: {key['Authorization']}\r\nContent-Type: application/json\r\n"
    body = json.dumps(PERSON)
    return (
        f"POST /{EMAIL} {NAME}\r\n\r\n".encode(),
        f"{line}{authorized}Content-Length: 1\r\nContent-Length: 2\r\n\r\n{body}".encode(),
        f"{line}{authorized}Transfer-Encoding: chunked\r\n\r\n{NAME}\r\n\r\n".encode(),
        f"{line}{authorized}Idempotency-Key: {NAME}\r\nIdempotency-Key: {EMAIL}\r\n\r\n".encode(),
        f"POST /v1/leads HTTP/1.1\r\nHost: x\r\n{authorized}Idempotency-Key: {NAME} é\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}".encode(),
        f"POST /v1/leads HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {EMAIL}\r\nContent-Length: 2\r\n"
        f"Connection: close\r\n\r\n{{}}".encode(),
        f"POST /v1/leads HTTP/1.1\r\nHost: x\r\nContent-Type: {EMAIL}\r\nContent-Encoding: {NAME}\r\n{authorized}"
        f"Connection: close\r\n\r\n".encode(),
    )


async def test_no_person_is_anywhere_but_in_what_was_accepted(
    prepared: Endpoints, own: Servers, tmp_path: Path
) -> None:
    seen, spool = Seen(), tmp_path / "spool"
    key, tight = made(prepared, "--scope", "leads:write", "--scope", "leads:read"), made(prepared, "--rate", "0.01")
    given = {"LEADLINE_EDGE_SPOOL_DIR": str(spool), "LEADLINE_EDGE_SPOOL_BYTES": "1048576"}
    secrets = {"LEADLINE_SOURCE_SECRETS": '{"typeform": ["s"]}', "LEADLINE_REDIS_URL": prepared.redis_url}
    async with door_process(prepared, **given, **secrets) as door:
        await door.ready()
        for path in WAYS:
            for body in BODIES:
                await seen.post(door, path, body, key)
                await seen.post(door, path, body, {**key, "Content-Type": "application/x-www-form-urlencoded"})
        for data in broken(key):
            await seen.raw(door, data)
        for _ in range(4):
            await seen.post(door, "/v1/leads", PERSON, tight)
        named = {**key, "Idempotency-Key": quote(EMAIL)}
        await seen.post(door, "/v1/leads", PERSON, named)
        await seen.post(door, "/v1/leads", {**PERSON, "message": "another"}, named)
        own.signal("kafka", signal.SIGSTOP)
        try:
            await seen.post(door, "/v1/leads", PERSON, key)
            kept = sorted(spool.iterdir())
            assert any(NAME.encode() in each.read_bytes() for each in kept), "the spool holds what was accepted"
            seen.texts += [str(each) for each in kept]
            assert {stat.S_IMODE(each.stat().st_mode) for each in kept} == {0o600}
            for _ in range(4):
                await seen.post(door, "/v1/leads/batch", [{**PERSON, "message": MESSAGE * 300}] * 150, key)
            assert 503 in seen.statuses, "the spool is full"
            seen.texts.append(await door.page("/readyz"))
        finally:
            own.signal("kafka", signal.SIGCONT)
        await until(lambda: not list(spool.glob("*.spool")), "the spool to be empty", 30)
        seen.texts += [await door.page("/metrics"), await door.page("/readyz")]
        code, logs, _ = await door.stop()
    assert code == 0
    seen.texts.append(logs)
    with Redis.from_url(prepared.redis_url) as client:
        kept_keys = [name.decode() for name in client.keys("*")]
        assert any("{rate}:k:" in name for name in kept_keys)
        seen.texts += kept_keys
    records = await records_of(prepared, "lead.received", 24)
    assert any(NAME.encode() in record.value for record in records), "the leads themselves did arrive"
    seen.texts += [str((record.key, record.headers)) for record in records]
    assert {202, 207, 400, 401, 404, 409, 413, 415, 422, 429, 503} <= seen.statuses
    seen.nobody()
