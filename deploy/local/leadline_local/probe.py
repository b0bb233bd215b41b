"""Asking a Kafka broker which cluster it is.

By hand, because a client library takes longer to load than the broker to start, and retries at its own pace. One
Metadata request of version 4 for no topics (https://kafka.apache.org/protocol): all numbers are big-endian, a
string is its length in two bytes and its UTF-8.
"""

import socket
import struct
from dataclasses import dataclass

from leadline_local.ports import HOST

_METADATA, _VERSION, _CORRELATION = 3, 4, 1
_CLIENT = b"leadline-local"
_TIMEOUT_SECONDS = 5.0


def kafka_cluster(port: int) -> str | None:
    """The cluster id of the broker on this local port; None if there is none, or it serves nobody yet."""
    header = struct.pack(">hhih", _METADATA, _VERSION, _CORRELATION, len(_CLIENT)) + _CLIENT
    request = header + struct.pack(">ib", 0, 0)
    try:
        with socket.create_connection((HOST, port), timeout=_TIMEOUT_SECONDS) as connection:
            connection.sendall(struct.pack(">i", len(request)) + request)
            (size,) = struct.unpack(">i", _receive(connection, 4))
            return _cluster(_Reader(_receive(connection, size)))
    except (OSError, EOFError, struct.error, UnicodeDecodeError):
        return None


@dataclass
class _Reader:
    data: bytes
    position: int = 0

    def number(self, form: str) -> int:
        (value,) = struct.unpack_from(form, self.data, self.position)
        self.position += struct.calcsize(form)
        return int(value)

    def text(self) -> str | None:
        length = self.number(">h")
        if length < 0:
            return None
        self.position += length
        return self.data[self.position - length : self.position].decode()


def _cluster(answer: _Reader) -> str | None:
    if answer.number(">i") != _CORRELATION:
        return None
    answer.number(">i")  # throttle time
    brokers = answer.number(">i")
    for _ in range(brokers):
        answer.number(">i")
        answer.text()
        answer.number(">i")
        answer.text()
    return answer.text() if brokers else None


def _receive(connection: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        part = connection.recv(size - len(data))
        if not part:
            raise EOFError("the connection was closed in the middle of an answer")
        data += part
    return data
