"""The door from outside: whatever it answers, each row has its fate in the end, or the import says what to do."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from leadline_capture.imports.door import RemoteDoor
from leadline_capture.imports.sending import Fate, Item
from leadline_runtime.command_errors import UNREACHABLE, USAGE, CommandError

Answer = Callable[[list[Any]], web.StreamResponse | None]
ITEMS = [Item(f"i{n}", True, json.dumps({"id": f"i{n}"}).encode()) for n in range(3)]
GOOD = [Fate("s-i0"), Fate("s-i1"), Fate("s-i2")]


def taken(items: list[Any], unavailable: tuple[str, ...] = ()) -> web.Response:
    """Each item accepted, but those that cannot be stored now."""
    results = [
        {"index": n, "status": "unavailable", "code": "not_durable"}
        if item["id"] in unavailable
        else {"index": n, "status": "accepted", "submission_id": f"s-{item['id']}"}
        for n, item in enumerate(items)
    ]
    return web.json_response({"results": results}, status=207 if unavailable else 202)


def says(status: int, **told: Any) -> Answer:
    return lambda _: web.json_response(told, status=status, headers={"Retry-After": "0"})


@asynccontextmanager
async def door(*answers: Answer, patience: float = 5.0) -> AsyncIterator[tuple[RemoteDoor, list[list[str]]]]:
    """A server that gives these answers in turn (None: it drops the connection), then takes all; what it was sent."""
    script, sent = list(answers), list[list[str]]()

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        items = json.loads(await request.read())
        sent.append([item["id"] for item in items])
        found = script.pop(0)(items) if script else taken(items)
        if found is None:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        return found

    runner = web.ServerRunner(web.Server(answer), shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        async with RemoteDoor(f"http://127.0.0.1:{runner.addresses[0][1]}/", "ll_x_y", patience, print) as made:
            yield made, sent
    finally:
        await runner.cleanup()


@pytest.mark.parametrize(
    "trouble",
    [
        says(429, code="rate_limited"),
        says(503, code="overloaded"),
        says(500),
        says(408),
        lambda _: None,
        lambda _: web.Response(text="<html>a proxy's page</html>", status=502),
    ],
)
async def test_what_it_cannot_take_now_is_sent_again(trouble: Answer) -> None:
    async with door(trouble) as (made, sent):
        assert await made.send(ITEMS) == GOOD
        assert sent == [["i0", "i1", "i2"]] * 2


async def test_only_what_was_not_stored_is_sent_again() -> None:
    async with door(lambda items: taken(items, ("i1",)), lambda items: taken(items, ("i1",))) as (made, sent):
        assert await made.send(ITEMS) == GOOD
        assert sent == [["i0", "i1", "i2"], ["i1"], ["i1"]]


async def test_a_refused_row_has_its_reasons() -> None:
    refused = {"status": "refused", "code": "invalid", "errors": [{"path": "email", "problem": "is none"}]}
    large = {"status": "refused", "code": "too_large", "detail": "an item is larger than 65536 bytes"}
    accepted = {"status": "accepted", "submission_id": "s"}
    async with door(says(207, results=[refused, accepted, large])) as (made, _):
        assert await made.send(ITEMS) == [
            Fate(reasons=("email: is none",)),
            Fate("s"),
            Fate(reasons=("an item is larger than 65536 bytes",)),
        ]


@pytest.mark.parametrize(
    ("answer", "code", "says_what"),
    [
        (says(401, detail="send a valid key"), USAGE, "does not take this key"),
        (says(403, detail="lacks the scope"), USAGE, "does not take this key"),
        (says(404), USAGE, "Is this the address of a Leadline door"),
        (says(422, detail="send a list of 1 to 100 items"), USAGE, "send a list of 1 to 100 items"),
    ],
)
async def test_what_it_never_takes_ends_the_import_in_a_sentence(answer: Answer, code: int, says_what: str) -> None:
    async with door(answer) as (made, sent):
        with pytest.raises(CommandError, match=says_what) as error:
            await made.send(ITEMS)
        assert error.value.exit_code == code and len(sent) == 1


async def test_patience_ends() -> None:
    async with door(*[says(503)] * 9, patience=0.1) as (made, _):
        with pytest.raises(CommandError, match="run the same command again") as error:
            await made.send(ITEMS)
        assert error.value.exit_code == UNREACHABLE
    with pytest.raises(CommandError, match="no address of a door"):
        RemoteDoor("leads.example.com", "k", 1, print)
