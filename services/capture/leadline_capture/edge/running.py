"""The door's life: it listens, some work goes on beside the requests, and it closes gracefully."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any

from aiohttp import web

from leadline_capture.edge.parts import Edge
from leadline_capture.edge.server import DoorServer
from leadline_runtime.clock_skew import ClockWatch
from leadline_runtime.core.values import dataclass
from leadline_runtime.health_server import health_server
from leadline_runtime.logs import logger
from leadline_runtime.web import Pages

log = logger(__name__)
# For requests in hand; then they are cut, so that a stop takes less than 10 s.
_FINISH_S = 5.0


@dataclass(frozen=True)
class Open:
    """An open door. `work` are the tasks beside the requests; none of them ever ends by itself."""

    port: int
    web_port: int
    work: tuple["asyncio.Task[None]", ...]


@asynccontextmanager
async def opened(edge: Edge) -> AsyncIterator[Open]:
    """A door that is open while the block runs. Waits for PostgreSQL first, and says so on /readyz meanwhile."""
    settings = edge.settings
    async with AsyncExitStack() as stack:
        stack.push_async_callback(edge.close)
        pages = health_server(Pages(edge.ready, edge.registry))
        web_port = await _listening(stack, pages, (settings.web_host, settings.web_port))
        work = [
            _beside(stack, each) for each in (*edge.records.work(), *edge.roster.work(), edge.rates.run(), edge.tell())
        ]
        await edge.prepare()
        beside = [
            edge.look(),
            edge.idempotency.run(),
            edge.idempotency.forget(),
            edge.commands.run(),
            edge.commands.hear(),
            ClockWatch(settings.database_url.get_secret_value(), edge.runtime_metrics).run(),
            edge.rules.run(settings.rules_reload_s),
        ]
        if edge.imports is not None:
            beside.append(edge.imports.run())
        work += [_beside(stack, each) for each in beside]
        server = DoorServer(edge.door())
        port = await _listening(stack, server, (settings.edge_host, settings.edge_port))
        log.info("the door is open", port=port)
        yield Open(port, web_port, tuple(work))
        log.info("the door closes")


async def keep_open(edge: Edge, ended: asyncio.Event) -> None:
    """Open the door until `ended` is set. Raises what ended any of the work beside it."""
    stop = asyncio.create_task(ended.wait())
    opening = asyncio.create_task(_until(edge, stop))
    await asyncio.wait([stop, opening], return_when=asyncio.FIRST_COMPLETED)
    if not edge.prepared:
        opening.cancel()
    with suppress(asyncio.CancelledError):
        await opening
    stop.cancel()


async def _until(edge: Edge, stop: "asyncio.Task[Any]") -> None:
    async with opened(edge) as door:
        done, _ = await asyncio.wait([stop, *door.work], return_when=asyncio.FIRST_COMPLETED)
        for task in done - {stop}:
            task.result()


async def _listening(stack: AsyncExitStack, server: web.Server, address: tuple[str, int]) -> int:
    """Serve until the stack closes: then take no new connection and finish what is in hand."""
    runner = web.ServerRunner(server, shutdown_timeout=0.5)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    site = web.TCPSite(runner, *address, backlog=1024)
    await site.start()
    port = int(runner.addresses[0][1])

    async def finish() -> None:
        await site.stop()
        if isinstance(server, DoorServer):
            await server.drain(_FINISH_S)

    stack.push_async_callback(finish)
    return port


def _beside(stack: AsyncExitStack, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
    task = asyncio.create_task(work)

    async def end() -> None:
        task.cancel()
        await asyncio.wait([task], timeout=3)

    stack.push_async_callback(end)
    return task
