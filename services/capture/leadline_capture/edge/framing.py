"""What a proxy before the door might read otherwise than the door does is refused, and its connection closed."""

import re
from typing import Final

from aiohttp import HttpVersion10, hdrs, web

from leadline_capture.edge.problem import Problem

# RFC 3986 host and port, without user and password.
_HOST: Final = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=%:\[\]-]*")
_TARGET: Final = re.compile(r"/|https?://|\*$|[^/]+:\d+$", re.IGNORECASE)


def check_framing(request: web.BaseRequest, most_head_bytes: int) -> None:
    """Raises Problem, with `close`, for what the parser lets pass and others read in another way."""
    coding = request.headers.get(hdrs.TRANSFER_ENCODING)
    if coding is not None and (coding.strip().lower() != "chunked" or request.version <= HttpVersion10):
        raise _bad("Transfer-Encoding must be chunked and nothing else, and HTTP/1.1")
    if not _HOST.fullmatch(request.headers.get(hdrs.HOST, "")):
        raise _bad("Host must be a name or an address, and a port")
    if not _TARGET.match(request.raw_path):
        raise _bad("the target must be a path, or an address of http or https")
    if sum(len(name) + len(value) + 4 for name, value in request.raw_headers) > most_head_bytes:
        raise head_too_large(most_head_bytes)


def head_too_large(most: int) -> Problem:
    """The answer to headers that take too much room."""
    return Problem(431, "headers_too_large", f"the headers take more than {most} bytes", close=True)


def _bad(detail: str) -> Problem:
    return Problem(400, "bad_http", detail, close=True)
