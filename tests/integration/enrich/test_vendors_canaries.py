"""Whatever goes wrong with a vendor, no secret and no person is in a log line, a metric, an error or an address."""

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from prometheus_client import REGISTRY, generate_latest

from leadline_enrich.core.questions import Question
from leadline_runtime.logs import configure
from tests.integration.enrich.asking import asking
from tests.integration.enrich.vendor import Vendor, facts, playing

SECRET, PERSON, HOME = "canary-secret-7f3a", "joan.canary", "203.0.113.77"
ASKED = Question(domain="acme.com", email=f"{PERSON}@acme.com", company=f"{PERSON} Ltd", ip=HOME)


@pytest.fixture
async def vendor() -> AsyncIterator[Vendor]:
    async with playing() as made:
        yield made


@pytest.fixture
def logged(capfd: pytest.CaptureFixture[str]) -> Any:
    """All that this process says, at the lowest level, with asyncio's own debugging."""
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    configure("enrich", "DEBUG")
    yield lambda: "".join(capfd.readouterr())
    root.handlers[:], level = before[0], before[1]
    root.setLevel(level)


def request_of(vendor: Vendor) -> dict[str, Any]:
    """A secret in the query, one in a header, one in the body; the person in the body."""
    return {
        "method": "POST",
        "url": f"http://127.0.0.1:{vendor.port}/companies/{{domain}}",
        "query": {"key": {"secret": "next_door"}},
        "headers": {"Authorization": {"secret": "next_door", "prefix": "Bearer "}},
        "body": {"email": {"input": "email"}, "ip": {"input": "ip"}, "name": {"input": "company"},
                 "key": {"secret": "next_door"}},
    }  # fmt: skip


async def test_no_canary_is_anywhere(vendor: Vendor, logged: Any) -> None:
    quoting = {"domain": "acme.com", "category": [PERSON], "metrics": {"size": f"{PERSON} {SECRET}"}, "geo": "x"}
    echo = web.Response(status=400, text=f"bad key {SECRET} for {PERSON}")
    vendor.tokens = {SECRET}
    vendor.script = [
        "hang", "cut", "elsewhere", "bomb", 500, 403, echo, quoting, facts(f"{PERSON}.example"), f"{PERSON}{{".encode(),
        b'{"domain": "' + SECRET.encode() + b'\xff', {"error": SECRET},
    ]  # fmt: skip
    steps = len(vendor.script)
    asyncio.get_running_loop().set_debug(True)
    shown = []
    example = {"name": "none", "asks": {"domain": "a.com", "email": "a@b.c", "ip": "1.1.1.1", "company": "A"},
               "status": 404, "gives": {"status": "not_found"}}  # fmt: skip
    more: dict[str, Any] = {"request": request_of(vendor), "examples": [example], "breaker": {"failures": 100}}
    async with asking(vendor, secrets=(SECRET,), limits={"budget_ms": 500, "tries": 1}, **more) as ask:
        for _ in range(steps + 1):
            told = await ask.provider.hear([ASKED])
            shown.append(f"{told!r} {ask!r} {vars(ask.provider)!r} {vars(ask.provider._calling.outbound)!r}")
        running = asyncio.create_task(ask.about(ASKED))
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert {one["email"] for one in vendor.bodies} == {f"{PERSON}@acme.com"}, "they were asked about"
    assert told[ASKED].answer.status == "found"
    said = logged()
    assert "a provider does not answer" in said and "redirected" in said
    for where, text in (
        ("logs", said), ("metrics", generate_latest(REGISTRY).decode()), ("reprs", "".join(shown)),
        ("paths", "".join(path.replace(f"key={SECRET}", "") for path in vendor.paths())),
    ):  # fmt: skip
        for canary in (SECRET, PERSON, HOME):
            assert canary not in text, (where, canary)
