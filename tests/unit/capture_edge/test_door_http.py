"""The door as a server: bodies beyond their limits, bombs, slow clients, lies about length, broken HTTP."""

import asyncio
import gzip
import json
import re
import zlib
from time import monotonic

import pytest

from tests.support.door import Visitor, open_door
from tests.support.running import until

LEAD = json.dumps({"email": "ada@works.example"}).encode()


def request(door: Visitor, *headers: str, path: str = "/v1/leads", method: str = "POST") -> bytes:
    lines = [
        f"{method} {path} HTTP/1.1",
        "Host: door",
        f"Authorization: Bearer {door.key}",
        "Content-Type: application/json",
        *headers,
        "Connection: close",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


async def compressed(door: Visitor, body: bytes, encoding: str) -> int:
    header = (f"Content-Encoding: {encoding}", f"Content-Length: {len(body)}")
    return status(await door.raw(request(door, *header) + body))


async def test_bodies_may_be_compressed() -> None:
    bare = zlib.compressobj(wbits=-15)
    async with open_door() as door:
        assert await compressed(door, gzip.compress(LEAD, mtime=0), "gzip") == 202
        assert await compressed(door, zlib.compress(LEAD), "deflate") == 202
        assert await compressed(door, bare.compress(LEAD) + bare.flush(), "deflate") == 202
        assert await compressed(door, LEAD, "identity") == 202
        assert {received.body for _, received, _ in door.log.written} == {LEAD.decode()}


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "compress"])
async def test_a_compression_nobody_reads_is_named(encoding: str) -> None:
    async with open_door() as door:
        assert await compressed(door, LEAD, encoding) == 415


@pytest.mark.parametrize(
    "body",
    [
        LEAD,
        gzip.compress(LEAD, mtime=0)[:-4],
        gzip.compress(LEAD, mtime=0) + b"more",
        gzip.compress(LEAD, mtime=0) * 2,
        b"",
        b"\x1f\x8b",
    ],
)
async def test_a_body_that_does_not_inflate_is_refused(body: bytes) -> None:
    async with open_door() as door:
        assert await compressed(door, body, "gzip") == 400
        assert door.log.written == []


async def test_a_bomb_is_put_out_while_it_inflates() -> None:
    bomb = gzip.compress(b" " * 50_000_000, mtime=0)
    assert len(bomb) < 65_536
    async with open_door() as door:
        before = monotonic()
        assert await compressed(door, bomb, "gzip") == 413
        assert monotonic() - before < 2


async def test_a_body_beyond_its_limit_is_refused_whether_it_is_declared_or_not() -> None:
    body = json.dumps({"message": "x" * 4000}).encode()
    async with open_door(edge_lead_bytes=2000, edge_batch_bytes=5000, edge_deadline_s=0.5) as door:
        assert status(await door.raw(request(door, f"Content-Length: {len(body)}") + body)) == 413
        chunks = b"".join(b"%x\r\n%b\r\n" % (len(body[i : i + 500]), body[i : i + 500]) for i in range(0, 4000, 500))
        assert status(await door.raw(request(door, "Transfer-Encoding: chunked") + chunks + b"0\r\n\r\n")) == 413
        batch = request(door, f"Content-Length: {len(body) + 2}", path="/v1/leads/batch")
        assert status(await door.raw(batch + b"[" + body + b"]")) == 422, "the batch may be larger, its item not"
        huge = request(door, "Content-Length: 6000", path="/v1/leads/batch")
        assert status(await door.raw(huge)) == 413
        acts = request(door, f"Content-Length: {len(body)}", path="/v1/activities")
        assert status(await door.raw(acts + body)) == 413
        assert door.log.written == []


async def test_exactly_the_limit_is_let_in() -> None:
    body = LEAD + b" " * (1024 - len(LEAD))
    async with open_door(edge_lead_bytes=1024) as door:
        assert status(await door.raw(request(door, "Content-Length: 1024") + body)) == 202
        assert await compressed(door, gzip.compress(body, mtime=0), "gzip") == 202
        assert await compressed(door, gzip.compress(body + b" ", mtime=0), "gzip") == 413


async def test_headers_that_come_slowly_end_the_connection_in_time() -> None:
    async with open_door(edge_deadline_s=0.3) as door:
        wire = await door.wire()
        began = monotonic()
        wire.write(b"POST /v1/leads HTTP/1.1\r\n")
        wire.drip(b"X-Slow: 1\r\n")
        assert status(await wire.ended()) == 408 and 0.25 < monotonic() - began < 2
        assert door.counted("leadline_http_requests_total", route="malformed", status="408") == 1


async def test_a_connection_on_which_nothing_comes_is_closed_in_time() -> None:
    async with open_door(edge_deadline_s=0.2) as door:
        assert (await door.raw(b"")).startswith(b"HTTP/1.1 408")


async def test_the_second_request_on_a_connection_has_the_same_deadline() -> None:
    async with open_door(edge_deadline_s=0.4) as door:
        reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
        whole = request(door, f"Content-Length: {len(LEAD)}").replace(b"Connection: close", b"X: y") + LEAD
        for _ in range(3):
            writer.write(whole)
            assert status(await reader.readuntil(b"\r\n\r\n")) == 202
            await reader.readuntil(b"}")
        writer.write(whole[:40])
        assert (await asyncio.wait_for(reader.read(), 5)).startswith(b"HTTP/1.1 408")
        writer.close()


async def test_an_idle_connection_is_not_a_slow_one() -> None:
    async with open_door(edge_deadline_s=0.2) as door:
        reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
        whole = request(door, f"Content-Length: {len(LEAD)}").replace(b"Connection: close", b"X: y") + LEAD
        for _ in range(2):
            writer.write(whole)
            assert status(await reader.readuntil(b"\r\n\r\n")) == 202
            await reader.readuntil(b"}")
            idle = asyncio.get_running_loop().create_future()
            asyncio.get_running_loop().call_later(0.4, idle.set_result, None)
            await idle
        writer.close()


async def test_a_body_that_comes_slowly_is_given_up_in_time() -> None:
    async with open_door(edge_deadline_s=0.3) as door:
        wire = await door.wire()
        began = monotonic()
        wire.write(request(door, "Content-Length: 60000"))
        wire.drip(b" ")
        assert status(await wire.ended()) == 408 and monotonic() - began < 2
        assert door.log.written == []


async def test_headers_and_body_share_one_deadline() -> None:
    async with open_door(edge_deadline_s=0.6) as door:
        wire = await door.wire()
        began = monotonic()
        head = request(door, "Content-Length: 60000")
        wire.write(head[:30])
        asyncio.get_running_loop().call_later(0.4, wire.write, head[30:])
        assert status(await wire.ended()) == 408
        assert monotonic() - began < 0.95, "0.6 s from its first byte, not from the end of its headers"


@pytest.mark.parametrize(
    "broken",
    [
        b"nonsense\r\n\r\n",
        b"POST /v1/leads HTTP/9.9\r\n\r\n",
        b"POST /v1/leads HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"POST /v1/leads HTTP/1.1\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        b"POST /v1/leads HTTP/1.1\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
        b"POST /v1/leads HTTP/1.1\r\nContent-Length: -2\r\n\r\n",
        b"POST /v1/leads HTTP/1.1\r\nContent-Length: two\r\n\r\n",
        b"POST /v1/leads HTTP/1.1\r\nContent-Type: a\r\nContent-Type: b\r\n\r\n",
        b"POST /v1/leads HTTP/1.1\r\nX: " + b"x" * 20_000 + b"\r\n\r\n",
        b"POST /v1/leads HTTP/1.1\r\n" + b"".join(b"X-%d: 1\r\n" % n for n in range(500)) + b"\r\n",
        b"POST /" + b"x" * 20_000 + b" HTTP/1.1\r\n\r\n",
        b"POST /v1/leads HTTP/1.1\r\nNo colon\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
)
async def test_broken_http_is_a_problem_and_the_end_of_the_connection(broken: bytes) -> None:
    async with open_door() as door:
        answer = await door.raw(broken)
        head, _, body = answer.partition(b"\r\n\r\n")
        assert status(answer) == 400 and b"application/problem+json" in head
        assert json.loads(body)["code"] == "bad_http"


@pytest.mark.parametrize("name", ["Authorization", "Idempotency-Key"])
async def test_a_header_that_counts_may_come_only_once(name: str) -> None:
    async with open_door() as door:
        twice = (f"{name}: Bearer {door.key}", f"{name}: x", "Content-Length: 2")
        answer = await door.raw(request(door, *twice) + b"{}")
        assert status(answer) == 400 and b"duplicate_header" in answer


async def test_a_declared_length_longer_than_the_body_never_becomes_a_lead() -> None:
    async with open_door(edge_deadline_s=0.3) as door:
        assert status(await door.raw(request(door, f"Content-Length: {len(LEAD) + 5}") + LEAD)) == 408
        assert door.log.written == []


async def test_a_declared_length_shorter_than_the_body_leaves_no_lead_and_no_second_request() -> None:
    async with open_door() as door:
        short = request(door, f"Content-Length: {len(LEAD) - 5}").replace(b"Connection: close", b"X: y")
        answer = await door.raw(short + LEAD)
        assert set(re.findall(rb"HTTP/1.[01] (\d{3}) ", answer)) == {b"400"}
        assert door.log.written == []


async def test_chunks_that_are_no_chunks_are_refused() -> None:
    async with open_door() as door:
        answer = await door.raw(request(door, "Transfer-Encoding: chunked") + b"zz\r\n{}\r\n0\r\n\r\n")
        assert status(answer) == 400 and door.log.written == []


async def test_a_client_that_goes_away_leaves_nothing_behind() -> None:
    async with open_door() as door:
        _, writer = await asyncio.open_connection("127.0.0.1", door.port)
        writer.write(request(door, "Content-Length: 500") + b'{"email":')
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        assert (await door.post("/v1/leads", {}))[0] == 202
        assert len(door.log.written) == 1


@pytest.mark.parametrize(
    ("method", "path", "wanted"),
    [
        ("GET", "/v1/leads", 405),
        ("DELETE", "/v1/leads/batch", 405),
        ("PUT", "/v1/sources/google_ads", 405),
        ("OPTIONS", "/v1/leads", 405),
        ("HEAD", "/v1/leads", 405),
        ("POST", "/", 404),
        ("POST", "/v1/leads/", 404),
        ("GET", "/v2/leads", 404),
        ("POST", "/v1/%6ceads", 202),
        ("POST", "//v1/leads", 404),
        ("POST", "/v1/leads?x=1", 202),
        ("FROBNICATE", "/v1/leads", 400),
    ],
)
async def test_routes(method: str, path: str, wanted: int) -> None:
    async with open_door() as door:
        answer = await door.raw(request(door, "Content-Length: 2", path=path, method=method) + b"{}")
        assert status(answer) == wanted
        if wanted == 405:
            assert b"\r\nAllow: POST" in answer
        assert b"aiohttp" not in answer and b"Python" not in answer


async def test_a_client_that_asks_before_it_sends_is_asked_to() -> None:
    async with open_door() as door:
        wire = await door.wire()
        wire.write(request(door, "Content-Length: 2", "Expect: 100-continue"))
        await until(lambda: wire.received, "the invitation")
        wire.write(b"{}")
        answer = await wire.ended()
        assert answer.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 202 ")
        assert status(await door.raw(request(door, "Content-Length: 2", "Expect: a miracle") + b"{}")) == 417


async def test_more_requests_than_can_be_held_are_told_to_come_again() -> None:
    async with open_door(edge_most_requests=2) as door:
        door.log.slow = asyncio.Event()
        held = [asyncio.create_task(door.post("/v1/leads", {})) for _ in range(2)]
        while door.log.written == [] and (await door.post("/v1/leads", {"emial": 1}))[0] != 503:
            pass
        status_, told = await door.post("/v1/leads", {})
        assert (status_, told["code"]) == (503, "overloaded")
        door.log.slow.set()
        assert [(await each)[0] for each in held] == [202, 202]


async def test_a_fault_of_ours_is_a_500_that_tells_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    async with open_door() as door:

        async def broken(*_: object, **__: object) -> None:
            raise RuntimeError("canary@quill.example")

        door.log.write = broken  # type: ignore[method-assign,assignment]
        status_, told = await door.post("/v1/leads", {})
        assert (status_, told["code"]) == (500, "internal") and "anary" not in json.dumps(told)
        printed = capsys.readouterr()
        assert "anary" not in printed.out + printed.err and "RuntimeError" in printed.out + printed.err
