"""How many requests a key, or an address without one, may make."""

import asyncio
import json

import pytest

from leadline_capture.edge.limiting import _bucket
from leadline_runtime.core.rates import SECOND, Rate
from leadline_runtime.rates import Rates
from tests.support.door import Visitor, made_key, open_door

LEAD = {"email": "ada@works.example"}


async def answer(door: Visitor, path: str = "/v1/leads", **headers: str) -> tuple[int, dict[str, str]]:
    given = {"Authorization": f"Bearer {door.key}", **headers}
    async with door.session.post(f"{door.url}{path}", json=LEAD, headers=given) as response:
        told = await response.json(content_type=None)
        return response.status, {**response.headers, "code": told.get("code", ""), "detail": told.get("detail", "")}


async def test_beyond_its_rate_a_key_is_told_when_to_come_again() -> None:
    async with open_door(edge_key_rate=0.1, edge_key_burst=3) as door:
        for left in (2, 1, 0):
            status, told = await answer(door)
            assert status == 202 and told["RateLimit-Policy"] == '"key";q=3;w=30'
            assert told["RateLimit"].startswith(f'"key";r={left};t=')
        status, told = await answer(door)
        assert (status, told["code"]) == (429, "rate_limited") and 5 <= int(told["Retry-After"]) <= 10
        assert told["RateLimit"].startswith('"key";r=0;t=') and "0.1 requests a second, 3 at once" in told["detail"]
        assert told["Content-Type"] == "application/problem+json" and len(door.log.written) == 3
        assert door.counted("leadline_rate_limited_total", by="key") == 1
        assert door.counted("leadline_submissions_refused_total", source="unknown", reason="rate_limited") == 1


async def test_each_key_has_its_own_and_may_have_a_rate_of_its_own() -> None:
    text, key = made_key(rate=0.1, burst=1)
    async with open_door(extra_keys=[key], edge_key_rate=0.1, edge_key_burst=2) as door:
        own = {"Authorization": f"Bearer {text}"}
        assert [(await answer(door, **own))[0] for _ in range(2)] == [202, 429]
        assert [(await answer(door))[0] for _ in range(3)] == [202, 202, 429]


async def test_without_a_key_the_address_counts_and_a_wrong_key_is_none() -> None:
    async with open_door(edge_address_rate=0.1, edge_address_burst=2, edge_proxies=1) as door:
        one = {"Authorization": "Bearer ll_guess_1", "X-Forwarded-For": "203.0.113.1"}
        assert [(await answer(door, **one))[0] for _ in range(3)] == [401, 401, 429]
        other = {**one, "X-Forwarded-For": "203.0.113.2"}
        status, told = await answer(door, "/v1/sources/typeform", **other)
        assert status != 429 and told["RateLimit-Policy"].startswith('"address"')
        assert (await answer(door, **{"X-Forwarded-For": "203.0.113.1"}))[0] == 202, "its own key counts for itself"


async def test_limits_can_be_turned_off() -> None:
    async with open_door(edge_key_rate=0, edge_address_rate=0) as door:
        status, told = await answer(door)
        assert status == 202 and "RateLimit" not in told
        assert (await answer(door, Authorization="Bearer x"))[0] == 401


async def test_a_refused_request_leaves_its_connection_usable() -> None:
    async with open_door(edge_key_rate=0.1, edge_key_burst=1) as door:
        reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
        body = json.dumps(LEAD).encode()
        head = f"POST /v1/leads HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {door.key}\r\n"
        whole = f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
        seen = []
        for _ in range(3):
            writer.write(whole)
            answered = await reader.readuntil(b"\r\n\r\n")
            length = int(answered.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            await reader.readexactly(length)
            seen.append(int(answered.split(b" ")[1]))
        writer.close()
        assert seen == [202, 429, 429]


def test_a_bucket_says_nothing_of_its_address_and_an_ipv6_network_has_one() -> None:
    assert _bucket("203.0.113.7", "s") != _bucket("203.0.113.8", "s") != _bucket("203.0.113.8", "t")
    assert _bucket("2001:db8:1:2::3", "s") == _bucket("2001:db8:1:2:ffff::4", "s") != _bucket("2001:db8:1:3::3", "s")
    assert "113" not in _bucket("203.0.113.7", "secret")
    assert _bucket("no address", "s")


async def test_own_buckets_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr("leadline_runtime.rates._BUCKETS", 10)
    rates = Rates(None, clock=lambda: now[0])
    rate = Rate(1, 1)
    for n in range(100):
        now[0] += 1 / 3
        assert (await rates.take(f"k{n}", rate)).allowed
        assert len(rates._own) <= 10
    assert (await rates.take("k99", rate)).retry == SECOND
