"""A connection that does not wait for ever: aiohttp itself keeps a client that sends its headers slowly for an hour."""

import asyncio
from collections.abc import Callable
from typing import Any, Final

from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from leadline_capture.edge.problem import Problem
from leadline_runtime.logs import logger

log = logger(__name__)
_TOO_SLOW: Final = Problem(408, "timeout", "the request did not arrive whole within its time")


class Connection(RequestHandler):
    """One client. `began` is when the first byte of the newest request came, by the event loop's clock."""

    __slots__ = ("_alarm", "_answered", "_deadline_s", "began")

    def __init__(self, manager: web.Server, deadline_s: float, answered: Callable[[int], None], **kwargs: Any) -> None:
        super().__init__(manager, **kwargs)
        self._deadline_s, self._answered = deadline_s, answered
        self._alarm: asyncio.TimerHandle | None = None
        self.began = 0.0

    @property
    def is_idle(self) -> bool:
        """Whether no request is in hand."""
        return self._waiter is not None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The first request must have its headers here within the deadline."""
        super().connection_made(transport)
        self._arm()

    def data_received(self, data: bytes) -> None:
        """Bytes came. While they are only a part of the headers, the alarm runs."""
        before, idle = self._request_count, self.is_idle
        if idle and self._alarm is None:
            self.began = self._loop.time()
        super().data_received(data)
        if self._request_count != before:
            self._disarm()
        elif idle and self._alarm is None:
            self._arm()

    def connection_lost(self, exc: BaseException | None) -> None:
        """Nobody is there any more."""
        self._disarm()
        super().connection_lost(exc)

    def end_by(self, deadline: float) -> None:
        """After a refusal, wait no longer for the rest of a body that nobody will read."""
        self._lingering_time = max(0.0, min(self._lingering_time, deadline - self._loop.time()))

    def _arm(self) -> None:
        self.began = self._loop.time()
        self._alarm = self._loop.call_later(self._deadline_s, self._too_slow)

    def _disarm(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

    def _too_slow(self) -> None:
        self._alarm = None
        if self.transport is not None:
            body = _TOO_SLOW.body()
            head = f"HTTP/1.1 408 Request Timeout\r\nContent-Length: {len(body)}\r\nConnection: close\r\n"
            self.transport.write(f"{head}Content-Type: application/problem+json\r\n\r\n".encode() + body)
            self._answered(408)
        self.force_close()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """What is no HTTP is answered like every other problem; the parser's own words quote what came."""
        self._answered(status)
        if status >= 500:
            log.error("a request failed", error=type(exc).__name__)
            problem = Problem(status, "internal", "something failed here; send it again")
        else:
            problem = Problem(status, "bad_http", "the request is not well-formed HTTP/1.1")
        problem.headers["Server"] = "Leadline"
        return problem.response(close=True)

    def log_exception(self, *args: Any, **more: Any) -> None:
        """A fault outside of any request, by its kind alone."""
        log.error("a connection failed", error=type(more.get("exc_info")).__name__)
