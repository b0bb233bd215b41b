"""How records lie in a file of the spool: each behind a mark, its length and a checksum of both.

A file that was cut at any byte gives all its whole records. One that was damaged gives all that were not: the mark
holds bytes that no UTF-8 text contains, so nothing that a sender wrote can look like one.
"""

import struct
import zlib
from typing import Final

from leadline_runtime.core.values import dataclass

MARK: Final = b"\xff\xfe\xfd\xfc"
_HEAD: Final = struct.Struct(">4sII")
_LENGTH: Final = struct.Struct(">I")


@dataclass(frozen=True, slots=True)
class Found:
    """What a file holds.

    records: the whole ones, in order. end: where the last of them ends. damaged: places before `end` that hold none.
    """

    records: tuple[bytes, ...]
    end: int
    damaged: int


def frame(record: bytes) -> bytes:
    """The record as it is written."""
    return _HEAD.pack(MARK, len(record), _checksum(record)) + record


def frame_size(record: bytes) -> int:
    """How many bytes the record takes in a file."""
    return _HEAD.size + len(record)


def found(data: bytes) -> Found:
    """The whole records in `data`; what comes after the last of them is a write that was cut off."""
    records: list[bytes] = []
    at = end = damaged = 0
    while (start := data.find(MARK, at)) >= 0:
        record = _whole(data, start)
        if record is None:
            at = start + 1
            continue
        damaged += start > end
        records.append(record)
        at = end = start + frame_size(record)
    return Found(tuple(records), end, damaged)


def _whole(data: bytes, start: int) -> bytes | None:
    if start + _HEAD.size > len(data):
        return None
    _, length, checksum = _HEAD.unpack_from(data, start)
    record = data[start + _HEAD.size : start + _HEAD.size + length]
    return record if len(record) == length and _checksum(record) == checksum else None


def _checksum(record: bytes) -> int:
    # The length too: a record of zeros would else be as good as any shorter one.
    return zlib.crc32(record, zlib.crc32(_LENGTH.pack(len(record))))
