"""The HTTP server: routes, one deadline for each request, every error an answer. aiohttp's low-level server (adr)."""

import asyncio
import traceback
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any, Final

from aiohttp import web

from leadline_capture.edge.activities import post_activities
from leadline_capture.edge.batch import post_leads
from leadline_capture.edge.connection import Connection
from leadline_capture.edge.door import Call, Door
from leadline_capture.edge.leads import post_lead
from leadline_capture.edge.problem import Problem, unavailable
from leadline_capture.edge.sources import PREFIX, post_source
from leadline_runtime.logs import logger

log = logger(__name__)
Handler = Callable[[Call], Awaitable[web.Response]]
ROUTES: Final[Mapping[str, Handler]] = {
    "/v1/leads": post_lead,
    "/v1/leads/batch": post_leads,
    "/v1/activities": post_activities,
}
SOURCES: Final = f"{PREFIX}{{source}}"


class DoorServer(web.Server):
    """Serves the door. `requests` in hand are bounded; so is the time of each."""

    def __init__(self, door: Door) -> None:
        settings = door.settings
        super().__init__(
            self.answer,
            access_log=None,
            auto_decompress=False,  # limits.py inflates, so that no more comes out than is allowed
            keepalive_timeout=settings.edge_keep_alive_s,
            lingering_time=min(2.0, settings.edge_deadline_s),
        )
        self.door, self.in_hand = door, 0
        self._closing: asyncio.Event | None = None

    def __call__(self) -> Connection:
        """A new connection."""
        return Connection(self, self.door.settings.edge_deadline_s, self._malformed, loop=self._loop, **self._kwargs)

    async def drain(self, seconds: float) -> None:
        """Finish the requests in hand, bodies still to come included: aiohttp's own shutdown would drop those."""
        self._closing = asyncio.Event()
        for connection in self.connections:
            if isinstance(connection, Connection) and connection.is_idle:
                connection.close()
        with suppress(TimeoutError):
            if self.in_hand:
                await asyncio.wait_for(self._closing.wait(), seconds)

    def _malformed(self, status: int) -> None:
        self.door.metrics.requests.labels("malformed", str(status)).inc()

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Any request's answer. Raises only if the client went away."""
        route, handler = _route(request.path)
        call = Call(self.door, request)
        connection = request.protocol
        assert isinstance(connection, Connection), "made by __call__"
        began = connection.began
        self.in_hand += 1
        try:
            response = await self._within(call, handler, connection)
        finally:
            self.in_hand -= 1
            if self._closing is not None and not self.in_hand:
                self._closing.set()
        if self._closing is not None:
            response.force_close()
        response.headers["Server"] = "Leadline"  # not which version of what
        metrics = self.door.metrics
        metrics.requests.labels(route, str(response.status)).inc()
        metrics.seconds.labels(route).observe(self._loop.time() - began)
        return response

    async def _within(self, call: Call, handler: Handler | None, connection: Connection) -> web.Response:
        deadline = connection.began + self.door.settings.edge_deadline_s
        try:
            async with asyncio.timeout_at(deadline):
                return await self._asked(call, handler)
        except Problem as problem:
            found = problem
        except TimeoutError:
            found = Problem(408, "timeout", "the request did not arrive whole within its time")
        except ConnectionError:
            raise
        except Exception as error:
            # Not its text: a library's message may quote what came.
            log.error("a request failed", error=type(error).__name__, at=_place(error))
            found = Problem(500, "internal", "something failed here; send it again")
        if handler is not None:
            call.refuse(found.code)
        connection.end_by(deadline)
        return found.response(close=found.status in (408, 413, 500))

    async def _asked(self, call: Call, handler: Handler | None) -> web.Response:
        request = call.request
        if handler is None:
            raise Problem(404, "not_found", f"there is nothing here; leads go to {', '.join(ROUTES)} and {SOURCES}")
        if request.method != "POST":
            raise Problem(405, "method_not_allowed", "use POST", headers={"Allow": "POST"})
        if self.in_hand > self.door.settings.edge_most_requests:
            raise unavailable("overloaded", "too many requests at the moment; send it again")
        await _continue(request)
        return await handler(call)


def _route(path: str) -> tuple[str, Handler | None]:
    if path.startswith(PREFIX):
        return SOURCES, post_source
    handler = ROUTES.get(path)
    return (path, handler) if handler else ("other", None)


async def _continue(request: web.BaseRequest) -> None:
    """Ask for the body of a client that waits to be asked. Raises Problem 417 for any other expectation."""
    expected = request.headers.get("Expect")
    if expected is None:
        return
    if expected.lower() != "100-continue":
        raise Problem(417, "expectation_failed", "the only expectation that can be met is 100-continue")
    await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    request.writer.output_size = 0  # nothing of the answer itself was sent


def _place(error: BaseException) -> str:
    frames: Any = traceback.extract_tb(error.__traceback__)
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""
