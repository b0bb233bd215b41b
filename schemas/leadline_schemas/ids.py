"""Identifiers. Every one but an edge-made submission id is a function of its cause, so a repeat has the same id."""

import hashlib
from datetime import datetime
from uuid import UUID

# The name space of all derived ids; changing it changes every id, so it never changes.
NAMESPACE = UUID("6f1a5a0e-53c1-5d0c-9a53-1ead11e0a001")
_NAMESPACE_HASH = hashlib.sha1(NAMESPACE.bytes, usedforsecurity=False)


def derived_id(*parts: object) -> UUID:
    """uuid5 of the parts, joined by newlines: the same parts always give the same id."""
    digest = _NAMESPACE_HASH.copy()  # uuid.uuid5 in a third of its time: every event needs one
    digest.update("\n".join(map(str, parts)).encode())
    return UUID(bytes=digest.digest()[:16], version=5)


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
    return UUID(int=value)


def murmur2(data: bytes) -> int:
    """Kafka's own partitioner hash (org.apache.kafka.common.utils.Utils.murmur2), as an unsigned 32-bit number."""
    mask, m = 0xFFFFFFFF, 0x5BD1E995
    h = (0x9747B28C ^ len(data)) & mask
    whole = len(data) & ~3
    for i in range(0, whole, 4):
        k = int.from_bytes(data[i : i + 4], "little")
        k = (k * m) & mask
        k ^= k >> 24
        k = (k * m) & mask
        h = ((h * m) & mask) ^ k
    rest = data[whole:]
    if rest:
        h = ((h ^ int.from_bytes(rest, "little")) * m) & mask
    h ^= h >> 13
    h = (h * m) & mask
    return h ^ (h >> 15)


def key_bytes(key: UUID) -> bytes:
    """An id as a Kafka record key: its 36 ASCII characters."""
    return str(key).encode()


def partition_of(key: bytes, partitions: int) -> int:
    """The partition that every Leadline client and Kafka's Java client choose for `key`."""
    return (murmur2(key) & 0x7FFFFFFF) % partitions
