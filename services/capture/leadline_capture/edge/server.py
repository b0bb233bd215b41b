"""The HTTP server: routes, one deadline for each request, every error an answer. aiohttp's low-level server (adr)."""

import asyncio
import traceback
from contextlib import suppress
from typing import Any

from aiohttp import HttpVersion11, web

from leadline_capture.edge.connection import Connection, Limits
from leadline_capture.edge.connections import Connections
from leadline_capture.edge.door import Call, Door
from leadline_capture.edge.framing import check_framing
from leadline_capture.edge.imports import PATH as IMPORTS
from leadline_capture.edge.limiting import limit
from leadline_capture.edge.problem import Problem, unavailable
from leadline_capture.edge.routes import NOWHERE, ROUTES, Route, headers_of, route_of
from leadline_runtime.logs import logger

log = logger(__name__)


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
        cut = door.metrics.connections_cut
        self._others = Connections(
            settings.edge_most_connections,
            settings.edge_keep_alive_s + settings.edge_import_s,
            self._loop.time,
            lambda reason: cut.labels(reason).inc(),
        )
        door.metrics.connections.set_function(lambda: len(self._others))
        self._limits = Limits(settings.edge_deadline_s, settings.edge_head_bytes)
        self._closing: asyncio.Event | None = None

    def __call__(self) -> Connection:
        """A new connection."""
        return Connection(self, self._limits, self._others, self._malformed, loop=self._loop, **self._kwargs)

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
        route = route_of(request.path)
        call = Call(self.door, request)
        connection = request.protocol
        assert isinstance(connection, Connection), "made by __call__"
        began = connection.take_began()
        if request.version > HttpVersion11:  # an answer would say that it speaks that version
            connection.refuse(Problem(505, "http_version", "use HTTP/1.1"))
            raise ConnectionError("closed by us")
        self.in_hand += 1
        try:
            response = await self._within(call, route, connection, began)
        finally:
            self.in_hand -= 1
            if self._closing is not None and not self.in_hand:
                self._closing.set()
        if self._closing is not None:
            response.force_close()
        response.headers.update({**call.headers, **headers_of(call)})
        response.headers["Server"] = "Leadline"  # not which version of what
        metrics = self.door.metrics
        metrics.requests.labels(route.path, str(response.status)).inc()
        metrics.seconds.labels(route.path).observe(self._loop.time() - began)
        return response

    async def _within(self, call: Call, route: Route, connection: Connection, began: float) -> web.Response:
        settings = self.door.settings
        whole_s = settings.edge_import_s if route.path == IMPORTS else settings.edge_deadline_s
        deadline = began + whole_s
        try:
            async with asyncio.timeout_at(deadline):
                return await self._asked(call, route)
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
        if route is not NOWHERE:
            call.refuse(found.code)
        connection.end_by(deadline)
        return found.response()

    async def _asked(self, call: Call, route: Route) -> web.Response:
        request = call.request
        check_framing(request, self.door.settings.edge_head_bytes)
        if route is NOWHERE:
            raise Problem(404, "not_found", f"there is nothing here; there are {', '.join(ROUTES)}")
        handler = route.methods.get(request.method)
        if handler is None:
            allowed = ", ".join(route.methods)
            raise Problem(405, "method_not_allowed", f"use {allowed}", headers={"Allow": allowed})
        if self.in_hand > self.door.settings.edge_most_requests:
            raise unavailable("overloaded", "too many requests at the moment; send it again")
        await limit(call)
        await _continue(request)
        return await handler(call)


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
