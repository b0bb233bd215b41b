"""A body read no further than its limit, measured on what comes, and on what comes out of its compression."""

import zlib
from typing import Any, Final, Protocol

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from leadline_capture.edge.problem import Problem

# zlib's window bits: 16 more asks for gzip's frame; deflate comes with zlib's frame or, from some, bare.
_GZIP: Final = 16 + zlib.MAX_WBITS


class Inflater(Protocol):
    """What undoes a body's compression, piece by piece."""

    def take(self, chunk: bytes, room: int) -> bytes:
        """What the next bytes are; of more than `room` the beginning, one byte too long. Raises Problem."""

    def more(self, room: int) -> bytes:
        """What there was no room for, up to one byte more than `room`; empty at the end of it. Raises Problem."""

    def end(self) -> None:
        """The body is over. Raises Problem if its compression is not."""


class _Plain:
    """A body that is not compressed."""

    def take(self, chunk: bytes, room: int) -> bytes:
        return chunk

    def more(self, room: int) -> bytes:
        return b""

    def end(self) -> None:
        """There is nothing that could be unfinished."""


class _Compressed:
    """A gzip or deflate body, inflated at most one byte beyond what there is room for."""

    def __init__(self, encoding: str) -> None:
        self._encoding = encoding
        self._inflating: Any = zlib.decompressobj(_GZIP if encoding == "gzip" else zlib.MAX_WBITS)
        self._begun = self._full = False

    def take(self, chunk: bytes, room: int) -> bytes:
        return self._guarded(chunk, room)

    def more(self, room: int) -> bytes:
        return self._guarded(self._inflating.unconsumed_tail, room) if self._full and not self._inflating.eof else b""

    def _guarded(self, chunk: bytes, room: int) -> bytes:
        try:
            found = self._take(chunk, room)
            self._full = len(found) > room
            return found
        except zlib.error:
            raise Problem(400, "body_not_inflatable", f"the body is not {self._encoding}, as it says") from None

    def _take(self, chunk: bytes, room: int) -> bytes:
        if self._inflating.eof:
            raise zlib.error("more after the end")
        try:
            found: bytes = self._inflating.decompress(chunk, room + 1)
        except zlib.error:
            if self._begun or self._encoding == "gzip":
                raise
            self._inflating = zlib.decompressobj(-zlib.MAX_WBITS)
            found = self._inflating.decompress(chunk, room + 1)
        self._begun = True
        if self._inflating.unused_data:
            raise zlib.error("more after the end")
        return found

    def end(self) -> None:
        if not self._inflating.eof:
            raise Problem(400, "body_cut_off", f"the {self._encoding} body ends before its end")


async def read_body(request: web.BaseRequest, limit: int) -> bytes:
    """The whole body, inflated. Raises Problem: 413 beyond `limit` bytes, 415 or 400 for what cannot be read."""
    declared = request.content_length
    if declared is not None and declared > limit:
        raise too_large(limit)
    inflater = inflater_of(request)
    found, compressed = bytearray(), 0
    try:
        while chunk := await request.content.readany():
            compressed += len(chunk)
            found += inflater.take(chunk, limit - len(found))
            if len(found) > limit or compressed > limit:
                raise too_large(limit)
    except (web.RequestPayloadError, HttpProcessingError):
        raise Problem(400, "body_cut_off", "the body ends before its end, or is not framed as it says") from None
    inflater.end()
    return bytes(found)


def inflater_of(request: web.BaseRequest) -> Inflater:
    """What undoes the request's Content-Encoding. Raises Problem 415."""
    encodings = [
        part.strip().lower() for value in request.headers.getall("Content-Encoding", ()) for part in value.split(",")
    ]
    encodings = [name for name in encodings if name not in ("", "identity")]
    if not encodings:
        return _Plain()
    if encodings in (["gzip"], ["x-gzip"], ["deflate"]):
        return _Compressed(encodings[0].removeprefix("x-"))
    raise Problem(
        415,
        "unsupported_encoding",
        "the body must be sent plain, or in one of gzip and deflate",
        headers={"Accept-Encoding": "gzip, deflate"},
    )


def too_large(limit: int) -> Problem:
    """The answer to a body beyond its limit."""
    return Problem(413, "too_large", f"the body is larger than {limit} bytes; send less, or several requests")
