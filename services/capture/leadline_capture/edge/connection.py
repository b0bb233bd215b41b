"""A connection that does not wait for ever: aiohttp itself keeps a client that sends its headers slowly for an hour."""

import asyncio
from collections.abc import Callable
from typing import Any, Final

from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from leadline_capture.edge.connections import Connections
from leadline_capture.edge.framing import head_too_large
from leadline_capture.edge.problem import Problem, on_the_wire, unavailable
from leadline_runtime.core.values import dataclass
from leadline_runtime.logs import logger

log = logger(__name__)
_TOO_SLOW: Final = Problem(408, "timeout", "the request did not arrive whole within its time")
_TOO_MANY: Final = unavailable("overloaded", "too many connections at the moment; come again")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one connection may take: seconds for a request's headers, and their bytes."""

    deadline_s: float
    head_bytes: int


class Connection(RequestHandler):
    """One client of the door."""

    __slots__ = ("_alarm", "_answered", "_began", "_head", "_limits", "_others")

    def __init__(
        self, manager: web.Server, limits: Limits, others: Connections, answered: Callable[[int], None], **kwargs: Any
    ) -> None:
        super().__init__(manager, **kwargs)
        self._limits, self._others, self._answered = limits, others, answered
        self._alarm: asyncio.TimerHandle | None = None
        self._head = 0  # bytes of headers that are not complete yet
        self._began: float | None = None  # when the first byte of the newest request came

    @property
    def is_idle(self) -> bool:
        """Whether no request is in hand."""
        return self._waiter is not None

    def take_began(self) -> float:
        """When the request now in hand began, by the event loop's clock.

        One that came while another was in hand begins when its turn comes: it did not make itself wait.
        """
        began, self._began = self._began, None
        return self._loop.time() if began is None else began

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The first request must have its headers here within the deadline."""
        super().connection_made(transport)
        if self._others.admit(self):
            self._arm()
        else:
            self.refuse(_TOO_MANY)

    def data_received(self, data: bytes) -> None:
        """Bytes came. While they are only a part of the headers, the alarm runs and they are counted."""
        self._others.heard(self)
        before, idle = self._request_count, self.is_idle
        if idle and self._alarm is None:
            self._began = self._loop.time()
        super().data_received(data)
        if self._request_count != before:
            self._disarm()
        elif idle:
            self._head += len(data)
            if self._alarm is None:
                self._arm()
            if self._head > self._limits.head_bytes:
                self.refuse(head_too_large(self._limits.head_bytes))

    def connection_lost(self, exc: BaseException | None) -> None:
        """Nobody is there any more."""
        self._others.gone(self)
        self._disarm()
        super().connection_lost(exc)

    def end_by(self, deadline: float) -> None:
        """After a refusal, wait no longer for the rest of a body that nobody will read."""
        self._lingering_time = max(0.0, min(self._lingering_time, deadline - self._loop.time()))

    def refuse(self, problem: Problem) -> None:
        """Answer without a request, and end it."""
        if self.transport is not None:
            self.transport.write(on_the_wire(problem))
            self._answered(problem.status)
        self._disarm()
        self.force_close()

    def cut(self) -> None:
        """End it at once, what was to be sent included."""
        transport = self.transport
        self.force_close()
        if isinstance(transport, asyncio.Transport):
            transport.abort()

    def _arm(self) -> None:
        self._began = self._loop.time()
        self._alarm = self._loop.call_later(self._limits.deadline_s, self.refuse, _TOO_SLOW)

    def _disarm(self) -> None:
        self._head = 0
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

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
            problem = Problem(status, "bad_http", "the request is not well-formed HTTP/1.1", close=True)
        problem.headers["Server"] = "Leadline"
        return problem.response()

    def log_exception(self, *args: Any, **more: Any) -> None:
        """A fault outside of any request, by its kind alone."""
        log.error("a connection failed", error=type(more.get("exc_info")).__name__)
