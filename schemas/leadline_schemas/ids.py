"""Identifiers. Every one but an edge-made submission id is a function of its cause, so a repeat has the same id."""

import hashlib
import struct
from datetime import datetime
from functools import lru_cache
from uuid import UUID, SafeUUID

_new, _unknown = object.__new__, SafeUUID.unknown
# The slots themselves: UUID refuses to be written to, and is written once here.
_put_int, _put_is_safe = UUID.__dict__["int"].__set__, UUID.__dict__["is_safe"].__set__

# The name space of all derived ids; changing it changes every id, so it never changes.
NAMESPACE = UUID("6f1a5a0e-53c1-5d0c-9a53-1ead11e0a001")
_NAMESPACE_HASH = hashlib.sha1(NAMESPACE.bytes, usedforsecurity=False)
_GIVEN, _VERSION_5 = ~(0xF << 76) & ~(0x3 << 62), (5 << 76) | (2 << 62)  # of version 5, variant of RFC 9562


def derived_id(*parts: object) -> UUID:
    """uuid5 of the parts, joined by newlines: the same parts always give the same id."""
    digest = _NAMESPACE_HASH.copy()  # uuid.uuid5 in a third of its time: every event needs one
    digest.update("\n".join([_text(part) if part.__class__ is UUID else str(part) for part in parts]).encode())
    return _uuid(int.from_bytes(digest.digest()[:16], "big") & _GIVEN | _VERSION_5)


_text = lru_cache(maxsize=4096)(UUID.__str__)  # a decision makes several ids of one lead's and one request's


def _uuid(value: int) -> UUID:
    # What UUID(int=value) gives, without its checks, which take most of its time: several are made per record.
    made = _new(UUID)
    _put_int(made, value)
    _put_is_safe(made, _unknown)
    return made


def uuid_of(text: bytes) -> UUID:
    """The UUID in a header or key. Raises ValueError if it is none."""
    digits = text.replace(b"-", b"")
    if len(text) == 36 and len(digits) == 32:  # as every writer of ours spells it
        return _uuid(int(digits, 16))
    return UUID(text.decode("ascii"))


def event_id(cause: UUID, topic: str, ordinal: int) -> UUID:
    """The id of the `ordinal`-th event (from 0) that `cause` made on `topic` (architecture, law 8)."""
    return derived_id("event", cause, topic, ordinal)


def submission_id_of_key(owner: str, key: str) -> UUID:
    """The id of a submission that its sender named: `owner` is the source or API key id, `key` its own id."""
    return derived_id("submission", owner, key)


def submission_id_of_position(topic: str, partition: int, offset: int) -> UUID:
    """The id of a submission that an outside producer wrote to Kafka without any id of its own."""
    return derived_id("position", topic, partition, offset)


def request_id(submission: UUID) -> UUID:
    """The id of the request (an act with a lead type) that a submission expressed."""
    return derived_id("request", submission)


def lead_id(received_at: datetime, submission: UUID) -> UUID:
    """A time-prefixed uuid8 (RFC 9562): 48 bits of milliseconds of `received_at`, then a hash of the submission.

    Time-prefixed so that indexes grow at one end; hashed so that the id is a function of its cause.
    """
    milliseconds = int(received_at.timestamp() * 1000) & 0xFFFF_FFFF_FFFF
    noise = int.from_bytes(hashlib.sha256(submission.bytes).digest()[:10], "big")
    value = (milliseconds << 80) | noise
    value = (value & ~(0xF << 76)) | (8 << 76)  # version 8
    value = (value & ~(0x3 << 62)) | (2 << 62)  # RFC 9562 variant
    return _uuid(value)


def murmur2(data: bytes) -> int:
    """Kafka's own partitioner hash (org.apache.kafka.common.utils.Utils.murmur2), as an unsigned 32-bit number."""
    mask, m = 0xFFFFFFFF, 0x5BD1E995
    h = (0x9747B28C ^ len(data)) & mask
    whole = len(data) & ~3
    for word in struct.unpack(f"<{whole >> 2}I", data[:whole]):
        k = (word * m) & mask
        k ^= k >> 24
        k = (k * m) & mask
        h = ((h * m) & mask) ^ k
    rest = data[whole:]
    if rest:
        h = ((h ^ int.from_bytes(rest, "little")) * m) & mask
    h ^= h >> 13
    h = (h * m) & mask
    return h ^ (h >> 15)


@lru_cache(maxsize=4096)  # the id of one lead is asked for several times in one decision
def key_bytes(key: UUID) -> bytes:
    """An id as a Kafka record key: its 36 ASCII characters."""
    return str(key).encode()


def partition_of(key: bytes, partitions: int) -> int:
    """The partition that every Leadline client and Kafka's Java client choose for `key`."""
    return (murmur2(key) & 0x7FFFFFFF) % partitions
