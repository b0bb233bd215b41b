"""What a canary makes of whatever answers at the door, and when the next is sent."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from leadline_console.canary.sending import Canaries
from leadline_console.canary.watch import SOON_S, wait_s
from leadline_console.errors import UserError


@asynccontextmanager
async def answering(status: int, body: str) -> AsyncIterator[str]:
    """Something that answers every request with this; its address."""

    async def answer(request: web.BaseRequest) -> web.Response:
        await request.read()
        return web.Response(status=status, text=body)

    handler: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]] = answer
    runner = web.ServerRunner(web.Server(handler))
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@pytest.mark.parametrize(("status", "body", "said"), [
    (503, '{"code": "not_durable"}', "did not take it: 503 not_durable."),
    (502, "<html>Bad gateway</html>", "did not take it: 502."),  # of a proxy before it
    (401, "[]", "did not take it: 401."),
    (202, "<html>Welcome</html>", "is no door of ours: 202 without a submission's id."),
    (202, "[]", "is no door of ours: 202 without a submission's id."),
    (202, '{"submission_id": 17}', "is no door of ours: 202 without a submission's id."),
])  # fmt: skip
async def test_whatever_answers_is_told_and_ends_nothing(status: int, body: str, said: str) -> None:
    async with answering(status, body) as door:
        with pytest.raises(UserError) as e:
            await Canaries(door, "ll_canary_key", "nowhere:1", 1.0)._taken()
        assert str(e.value).endswith(said)


def test_only_until_the_door_took_one_the_next_is_sent_soon() -> None:
    assert wait_s(60, came=False) == SOON_S
    assert wait_s(60, came=True) == 60
    assert wait_s(2, came=False) == 2
