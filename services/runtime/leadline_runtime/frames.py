"""Encoded events as they wait in the outbox: one zstd frame a lane and batch, published again byte for byte."""

from collections.abc import Iterable
from functools import cache
from threading import Lock

import msgpack
import zstandard

from leadline_runtime.core.values import dataclass

Headers = tuple[tuple[str, bytes], ...]
HEADERS_AT_MOST = 4096  # bytes; ours take about 350, a dead letter's a little more


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One record ready for Kafka: where it goes and its exact bytes."""

    topic: str
    partition: int
    key: bytes | None
    value: bytes
    headers: Headers


@cache
def _compressor() -> zstandard.ZstdCompressor:
    return zstandard.ZstdCompressor(level=1)


@cache
def _packer() -> msgpack.Packer:
    # Kept, with its buffer: a new one of some megabytes for each lane costs more than the packing.
    return msgpack.Packer(autoreset=False)


_PACKING = Lock()  # there is one buffer


def pack(events: Iterable[Outgoing]) -> bytes:
    """The events in one compressed frame; empty if there are none."""
    rows = [(e.topic, e.partition, e.key, e.value, e.headers) for e in events]
    if not rows:
        return b""
    with _PACKING:
        packer = _packer()
        try:
            packer.pack(rows)
            return _compressor().compress(packer.getbuffer())
        finally:
            packer.reset()


def unpack(frame: bytes) -> list[Outgoing]:
    """The events of a frame, as they were packed."""
    if not frame:
        return []
    rows = msgpack.unpackb(zstandard.ZstdDecompressor().decompress(frame), use_list=False)
    return [Outgoing(*row) for row in rows]
