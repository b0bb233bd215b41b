"""The cache's one client is used by several at once: what one gives up, another is still served from."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from leadline_runtime.redis import Cache
from tests.support.running import until


@asynccontextmanager
async def hanging_for(word: bytes, gate: asyncio.Event) -> AsyncIterator[str]:
    """Answers every MGET with one value: at once, or if it names this word when the gate opens."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            if word in data:
                await gate.wait()
            writer.write(b"*1\r\n$5\r\nvalue\r\n" if b"MGET" in data else b"+OK\r\n" * data.count(b"*"))
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}/0?protocol=2"
        gate.set()


async def test_a_call_goes_on_while_another_is_given_up() -> None:
    gate, outcomes = asyncio.Event(), list[str]()
    async with hanging_for(b"slow", gate) as url:
        hasty = Cache(url, lambda outcome, keys: outcomes.append(outcome), timeout_s=0.2, rest_s=0)
        assert await hasty.get_many(["first"]) == [b"value"]
        hanging = asyncio.create_task(hasty.get_many(["slow"]))
        async with hasty._use() as client:  # a call that began before the other was given up
            await until(lambda: "error" in outcomes, "the other to be given up")
            assert await client.mget(["second"]) == [b"value"]
        assert await hanging == [None]
        assert await hasty.get_many(["third"]) == [b"value"]
        assert not hasty._users
        await hasty.close()
