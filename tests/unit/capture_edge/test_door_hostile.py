"""HTTP as an attacker writes it, on a bare socket: what a proxy might read in another way is refused, and closed."""

import asyncio
import json
import re
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline_capture.edge.connections import Connections
from leadline_runtime.single_records import Single
from leadline_runtime.spooled_records import Where
from tests.support.door import Visitor, open_door
from tests.support.running import until

BODY = b'{"email":"ada@works.example"}'
LENGTH = b"Content-Length: %d" % len(BODY)
CHUNKED = b"Transfer-Encoding: chunked"
CHUNKS = b"%x\r\n%b\r\n0\r\n\r\n" % (len(BODY), BODY)


def head(*headers: bytes, line: bytes = b"POST /v1/leads HTTP/1.1", host: bytes | None = b"door") -> bytes:
    """The head of a request that is all right but for what is given."""
    own = [b"Authorization: Bearer KEY", b"Content-Type: application/json", *headers]
    return b"\r\n".join([line, *([b"Host: " + host] if host is not None else []), *own]) + b"\r\n\r\n"


def statuses(answer: bytes | bytearray) -> list[int]:
    return [int(each) for each in re.findall(rb"HTTP/1\.[01] (\d{3}) ", answer)]


async def sent(door: Visitor, data: bytes) -> bytes:
    """What comes back until the door closes."""
    return await door.raw(data.replace(b"KEY", door.key.encode()))


async def answered(door: Visitor, data: bytes, number: int = 1) -> bytes:
    """What comes back, for requests after which the connection stays open."""
    wire = await door.wire()
    wire.write(data.replace(b"KEY", door.key.encode()))
    await until(lambda: len(statuses(wire.received)) >= number and wire.received.endswith(b"}"), "the answers", 5)
    wire.transport.close()
    return bytes(wire.received)


SMUGGLING: Sequence[tuple[str, bytes]] = (
    ("length and chunked", head(LENGTH, CHUNKED) + CHUNKS),
    ("chunked and length", head(CHUNKED, b"Content-Length: 0") + CHUNKS),
    ("two lengths", head(LENGTH, b"Content-Length: 5") + BODY),
    ("the same length twice", head(LENGTH, LENGTH) + BODY),
    ("a list of lengths", head(LENGTH + b", %d" % len(BODY)) + BODY),
    ("a signed length", head(b"Content-Length: +%d" % len(BODY)) + BODY),
    ("a hexadecimal length", head(b"Content-Length: 0x1d") + BODY),
    ("a length with a gap", head(b"Content-Length: 2 9") + BODY),
    ("a length with an underscore", head(b"Content-Length: 2_9") + BODY),
    ("an empty length", head(b"Content-Length: ") + BODY),
    ("a length beyond all numbers", head(b"Content-Length: 99999999999999999999") + BODY),
    ("a length in other digits", head("Content-Length: ٢٩".encode()) + BODY),
    ("xchunked", head(b"Transfer-Encoding: xchunked") + CHUNKS),
    ("identity", head(b"Transfer-Encoding: identity") + CHUNKS),
    ("chunked, then more", head(b"Transfer-Encoding: chunked, identity") + CHUNKS),
    ("identity, then chunked", head(b"Transfer-Encoding: identity, chunked") + CHUNKS),
    ("gzip, then chunked", head(b"Transfer-Encoding: gzip, chunked") + CHUNKS),
    ("chunked twice", head(CHUNKED, CHUNKED) + CHUNKS),
    ("chunked and identity", head(CHUNKED, b"Transfer-Encoding: identity") + CHUNKS),
    ("a vertical tab", head(b"Transfer-Encoding: \x0bchunked") + CHUNKS),
    ("a gap before the colon", head(b"Transfer-Encoding : chunked") + CHUNKS),
    ("quoted", head(b'Transfer-Encoding: "chunked"') + CHUNKS),
    ("a folded coding", head(b"Transfer-Encoding:\r\n chunked") + CHUNKS),
    ("chunked in HTTP/1.0", head(CHUNKED, line=b"POST /v1/leads HTTP/1.0") + CHUNKS),
    ("a folded header", head(b"X-A: 1\r\n 2", LENGTH) + BODY),
    ("a first header with a gap", b"POST /v1/leads HTTP/1.1\r\n Host: x\r\n\r\n"),
    ("a negative chunk", head(CHUNKED) + b"-1\r\n\r\n"),
    ("a chunk with 0x", head(CHUNKED) + b"0x1d\r\n" + BODY + b"\r\n0\r\n\r\n"),
    ("a chunk with a sign", head(CHUNKED) + b"+1d\r\n" + BODY + b"\r\n0\r\n\r\n"),
    ("a chunk with an underscore", head(CHUNKED) + b"1_d\r\n" + BODY + b"\r\n0\r\n\r\n"),
    ("a chunk beyond all numbers", head(CHUNKED) + b"fffffffffffffffff\r\n" + BODY + b"\r\n0\r\n\r\n"),
    ("a chunk that is longer than it says", head(CHUNKED) + b"5\r\n" + BODY + b"\r\n0\r\n\r\n"),
    ("chunks with bare line feeds", head(CHUNKED) + b"1d\n" + BODY + b"\n0\n\n"),
    ("a line feed in a chunk's extension", head(CHUNKED) + b"1d;a\nb\r\n" + BODY + b"\r\n0\r\n\r\n"),
    ("a length in the trailer", head(CHUNKED) + CHUNKS[:-2] + b"Content-Length: 5\r\n\r\n"),
    ("bare line feeds", head(LENGTH).replace(b"\r\n", b"\n") + BODY),
    ("bare carriage returns", head(LENGTH).replace(b"\r\n", b"\r") + BODY),
    ("a carriage return in a value", head(b"X-A: a\rContent-Length: 5", LENGTH) + BODY),
    ("a line feed in a value", head(b"X-A: a\nContent-Length: 5", LENGTH) + BODY),
    ("NUL in a value", head(b"X-A: a\0b", LENGTH) + BODY),
    ("NUL in a name", head(b"X\0A: b", LENGTH) + BODY),
    ("NUL in the path", head(LENGTH, line=b"POST /v1/le\0ads HTTP/1.1") + BODY),
    ("a control character in a value", head(b"X-A: a\x01b", LENGTH) + BODY),
    ("a header without a name", head(b": b", LENGTH) + BODY),
    ("no host", head(LENGTH, host=None) + BODY),
    ("two hosts", head(LENGTH, b"Host: other") + BODY),
    ("a host that is none", head(LENGTH, host=b"door@other/x") + BODY),
    ("a host with a gap", head(LENGTH, host=b"door other") + BODY),
    ("a target of another scheme", head(LENGTH, line=b"POST ftp://door/v1/leads HTTP/1.1") + BODY),
    ("HTTP/1.2", head(LENGTH, line=b"POST /v1/leads HTTP/1.2") + BODY),
    ("http/1.1", head(LENGTH, line=b"POST /v1/leads http/1.1") + BODY),
    ("tabs in the first line", head(LENGTH, line=b"POST\t/v1/leads\tHTTP/1.1") + BODY),
    ("no target", head(LENGTH, line=b"POST HTTP/1.1") + BODY),
    ("HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
)


@pytest.mark.parametrize("data", [data for _, data in SMUGGLING], ids=[name for name, _ in SMUGGLING])
async def test_what_could_be_read_in_two_ways_is_one_400_and_the_end(data: bytes) -> None:
    async with open_door() as door:
        answer = await sent(door, data + head(LENGTH) + BODY)
        assert statuses(answer) == [400], "one answer, and none for what was smuggled behind it"
        assert json.loads(answer.partition(b"\r\n\r\n")[2])["code"] == "bad_http"
        assert door.log.written == []


async def test_a_version_nobody_speaks_is_answered_in_one_that_all_do() -> None:
    async with open_door() as door:
        answer = await sent(door, head(LENGTH, line=b"POST /v1/leads HTTP/2.0") + BODY)
        assert answer.startswith(b"HTTP/1.1 505 ") and b'"http_version"' in answer and door.log.written == []


@pytest.mark.parametrize(
    "data",
    [
        head(LENGTH, line=b"POST http://door/v1/leads HTTP/1.1") + BODY,
        head(LENGTH, line=b"POST http://other/v1/leads HTTP/1.1") + BODY,
        head(b"Transfer-Encoding:\tCHUNKED") + CHUNKS,
        head(CHUNKED) + CHUNKS.replace(b"\r\n", b";name=value\r\n", 1),
        head(CHUNKED) + CHUNKS[:-2] + b"X-Trailer: 1\r\n\r\n",
        b"\r\n" + head(LENGTH) + BODY,
        head(LENGTH, b"Connection: Upgrade", b"Upgrade: h2c") + BODY,
        head(LENGTH, host=b"[2001:db8::1]:8080") + BODY,
        head(LENGTH, host=b"") + BODY,
    ],
)
async def test_what_is_odd_but_clear_is_taken_in(data: bytes) -> None:
    async with open_door() as door:
        assert statuses(await answered(door, data)) == [202]
        assert door.taken.body == BODY.decode()


async def test_http_1_0_is_answered_and_closed() -> None:
    async with open_door() as door:
        old = head(LENGTH, line=b"POST /v1/leads HTTP/1.0", host=None) + BODY
        assert statuses(await sent(door, old)) == [202]
        assert statuses(await sent(door, head(line=b"POST /v1/leads HTTP/1.0") + BODY)) == [400]
        assert len(door.log.written) == 1


async def test_requests_in_a_row_are_answered_in_a_row() -> None:
    async with open_door() as door:
        bodies = [b'{"email":"a%d@works.example"}' % n for n in range(20)]
        row = b"".join(head(b"Content-Length: %d" % len(body)) + body for body in bodies)
        answer = await answered(door, row, 20)
        assert statuses(answer) == [202] * 20
        told = re.findall(rb'"submission_id": "([^"]+)"', answer)
        written = {str(received.submission_id).encode(): received.body.encode() for _, received, _ in door.log.written}
        assert [written[each] for each in told] == bodies


async def test_requests_in_a_row_have_their_time_each() -> None:
    async with open_door(edge_deadline_s=1.0) as door:
        whole = door.log.write

        async def slow(record: Single, *, may_repeat: bool) -> Where:
            done = asyncio.get_running_loop().create_future()
            asyncio.get_running_loop().call_later(0.4, done.set_result, None)
            await done
            return await whole(record, may_repeat=may_repeat)

        door.log.write = slow  # type: ignore[method-assign]
        assert statuses(await answered(door, (head(LENGTH) + BODY) * 4, 4)) == [202] * 4


async def test_after_an_upgrade_that_nobody_makes_the_next_request_is_a_request() -> None:
    async with open_door() as door:
        upgrade = head(LENGTH, b"Connection: Upgrade", b"Upgrade: websocket") + BODY
        assert statuses(await answered(door, upgrade + head(LENGTH) + BODY, 2)) == [202, 202]


@pytest.mark.parametrize("method", ["OPTIONS * HTTP/1.1", "CONNECT door:80 HTTP/1.1", "TRACE /v1/leads HTTP/1.1"])
async def test_methods_for_proxies_lead_nowhere(method: str) -> None:
    async with open_door() as door:
        (status,) = statuses(await answered(door, head(line=method.encode())))
        assert status in (404, 405)


async def test_headers_are_small_in_all() -> None:
    many = [b"X-%d: %b" % (n, b"x" * 1000) for n in range(40)]
    async with open_door() as door:
        answer = await sent(door, head(LENGTH, *many) + BODY)
        assert statuses(answer) == [431] and b'"headers_too_large"' in answer and door.log.written == []
        fits = [b"X-%d: %b" % (n, b"x" * 1000) for n in range(20)]
        assert statuses(await answered(door, head(LENGTH, *fits) + BODY)) == [202]


async def test_headers_that_never_end_are_cut_off_while_they_come() -> None:
    async with open_door() as door:
        wire = await door.wire()
        wire.write(head()[:-2])
        wire.drip(b"".join(b"X-%d: %b\r\n" % (n, b"x" * 500) for n in range(10)))
        assert statuses(await wire.ended()) == [431]


async def test_connections_that_say_nothing_push_out_each_other_and_nobody_else() -> None:
    async with open_door(edge_most_connections=20) as door:
        busy = await door.wire()
        busy.write(head(LENGTH).replace(b"KEY", door.key.encode()) + BODY[:5])
        idle = [await door.wire() for _ in range(100)]
        busy.write(BODY[5:])
        await until(lambda: statuses(busy.received) == [202], "the answer of the one that was busy")
        assert (await door.post("/v1/leads", {}))[0] == 202
        open_ones = [wire for wire in idle if not wire.lost]
        assert len(open_ones) <= 20 and open_ones == idle[-len(open_ones) :], "the oldest went first"
        assert (door.counted("leadline_http_connections_cut_total", reason="evicted") or 0) >= 80


async def test_when_all_connections_work_a_new_one_is_told_to_come_again() -> None:
    async with open_door(edge_most_connections=5) as door:
        door.log.slow = asyncio.Event()
        busy = [await door.wire() for _ in range(5)]
        for wire in busy:
            wire.write(head(LENGTH).replace(b"KEY", door.key.encode()) + BODY)
        await until(lambda: door.in_hand() == 5, "five requests in hand")
        answer = await door.raw(b"")
        assert statuses(answer) == [503] and b"Retry-After: 1" in answer and b'"overloaded"' in answer
        door.log.slow.set()
        for wire in busy:
            await until(lambda wire=wire: statuses(wire.received) == [202], "their answers")  # type: ignore[misc]


class Silent:
    """A connection without a network."""

    def __init__(self, is_idle: bool) -> None:
        self.is_idle, self.ended = is_idle, False

    def cut(self) -> None:
        self.ended = True


@given(st.lists(st.tuples(st.sampled_from(["new", "new busy", "heard", "gone", "wait"]), st.integers(0, 30))))
def test_there_are_never_more_than_allowed_and_none_at_work_is_cut_in_its_time(steps: list[tuple[str, int]]) -> None:
    now, told = 0.0, list[str]()
    others = Connections(5, 100.0, lambda: now, told.append)
    made: list[Silent] = []
    last: dict[Silent, float] = {}
    for what, number in steps:
        alive = [each for each in made if not each.ended]
        if what == "wait":
            now += number
        elif what.startswith("new"):
            one = Silent(is_idle=what == "new")
            if others.admit(one):
                made.append(one)
                last[one] = now
            else:
                assert what and all(not each.is_idle for each in alive), "only if nobody can be sent away"
        elif alive:
            each = alive[number % len(alive)]
            if what == "heard":
                others.heard(each)
                last[each] = now
            else:
                others.gone(each)
                each.ended = True
                made.remove(each)
        alive = [each for each in made if not each.ended]
        assert len(others) == len(alive) <= 5
        for each in made:
            if each.ended and not each.is_idle:
                assert now - last[each] > 100, "cut at work, though it was heard of lately"
