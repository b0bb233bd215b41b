"""What a sender is told when something is wrong: RFC 9457 problem+json, every fault at once, never a value."""

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus

from aiohttp import web

from leadline_capture.core.faults import Fault

CONTENT_TYPE = "application/problem+json"


class Problem(Exception):
    """An answer that refuses. `code` is stable and one of a closed list (docs/services/capture-edge.md).

    `close` ends the connection, when what follows on it cannot be trusted; `more`: further members (RFC 9457, 3.2).
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        errors: Sequence[Fault] = (),
        headers: Mapping[str, str] | None = None,
        close: bool = False,
    ) -> None:
        super().__init__(f"{status} {code}")
        self.status, self.code, self.detail = status, code, detail
        self.close = close or status in (408, 413, 500)
        self.errors, self.headers = tuple(errors), dict(headers or {})
        self.more: Mapping[str, object] = {}

    def body(self) -> bytes:
        """The answer's JSON."""
        told: dict[str, object] = {
            "type": f"urn:leadline:problem:{self.code}",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
        }
        if self.errors:
            told["errors"] = told_faults(self.errors)
        told.update(self.more)
        return json.dumps(told).encode()

    def response(self) -> web.Response:
        """The answer."""
        made = web.Response(status=self.status, body=self.body(), content_type=CONTENT_TYPE, headers=self.headers)
        if self.close:
            made.force_close()
        return made


def told_faults(errors: Sequence[Fault]) -> list[dict[str, str]]:
    """Faults as they stand in an answer."""
    return [{"path": each.path or "(the whole body)", "problem": each.problem} for each in errors]


def on_the_wire(problem: Problem) -> bytes:
    """The answer as bytes, where there is no request to answer; the connection ends with it."""
    body = problem.body()
    phrase = HTTPStatus(problem.status).phrase
    told = {"Content-Length": str(len(body)), "Content-Type": CONTENT_TYPE, "Connection": "close", **problem.headers}
    lines = [f"HTTP/1.1 {problem.status} {phrase}", *(f"{name}: {value}" for name, value in told.items()), "", ""]
    return "\r\n".join(lines).encode() + body


def unavailable(code: str, detail: str) -> Problem:
    """Not now: nothing was promised, the sender may try again."""
    return Problem(503, code, detail, headers={"Retry-After": "1"})
