"""Encoded events as they wait in the outbox: one zstd frame a lane and batch, published again byte for byte."""

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import zstandard

Headers = tuple[tuple[str, bytes], ...]
_HEAD = struct.Struct(">HHiIH")  # lengths of topic and key, partition, length of value, number of headers
_PAIR = struct.Struct(">HI")
NO_KEY = 0xFFFF


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One record ready for Kafka: where it goes and its exact bytes."""

    topic: str
    partition: int
    key: bytes | None
    value: bytes
    headers: Headers

    @property
    def size(self) -> int:
        """Bytes it takes in a Kafka batch, roughly and never too few."""
        return len(self.value) + len(self.key or b"") + sum(len(k) + len(v) + 10 for k, v in self.headers) + 64


@cache
def _compressor() -> zstandard.ZstdCompressor:
    return zstandard.ZstdCompressor(level=1)


def pack(events: Iterable[Outgoing]) -> bytes:
    """The events in one compressed frame; empty if there are none."""
    parts: list[bytes] = []
    for event in events:
        topic = event.topic.encode()
        key_length = NO_KEY if event.key is None else len(event.key)
        parts.append(_HEAD.pack(len(topic), key_length, event.partition, len(event.value), len(event.headers)))
        parts.append(topic)
        parts.append(event.key or b"")
        parts.append(event.value)
        for name, value in event.headers:
            encoded = name.encode()
            parts.append(_PAIR.pack(len(encoded), len(value)))
            parts.append(encoded)
            parts.append(value)
    return _compressor().compress(b"".join(parts)) if parts else b""


def unpack(frame: bytes) -> list[Outgoing]:
    """The events of a frame, as they were packed."""
    if not frame:
        return []
    data = memoryview(zstandard.ZstdDecompressor().decompressobj().decompress(frame))
    found: list[Outgoing] = []
    at = 0

    def take(length: int) -> bytes:
        nonlocal at
        at += length
        return bytes(data[at - length : at])

    while at < len(data):
        topic_length, key_length, partition, value_length, pairs = _HEAD.unpack(take(_HEAD.size))
        topic = take(topic_length).decode()
        key = None if key_length == NO_KEY else take(key_length)
        value = take(value_length)
        headers: list[tuple[str, bytes]] = []
        for _ in range(pairs):
            name_length, length = _PAIR.unpack(take(_PAIR.size))
            headers.append((take(name_length).decode(), take(length)))
        found.append(Outgoing(topic, partition, key, value, tuple(headers)))
    return found
