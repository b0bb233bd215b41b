"""The CloudEvents envelope in binary mode: an event's id, type, source and time stand in Kafka headers."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from leadline_runtime.frames import Headers
from leadline_runtime.items import Item, Record
from leadline_schemas.ids import uuid_of

RETRY_OF = "dl_retry_of"
FIXED: Headers = (("ce_specversion", b"1.0"), ("content-type", b"application/json"))


def headers(service: str, event_type: str, event_id: UUID, at: datetime, trace: str) -> Headers:
    """The headers of one event. No personal data ever stands here."""
    x = event_id.hex
    return (
        *FIXED,
        ("ce_id", f"{x[:8]}-{x[8:12]}-{x[12:16]}-{x[16:20]}-{x[20:]}".encode()),
        *_constant(service, event_type),
        _time(at),
        ("traceparent", f"00-{trace}-{x[:16]}-01".encode()),
    )


@lru_cache(maxsize=256)
def _constant(service: str, event_type: str) -> Headers:
    return ("ce_type", event_type.encode()), ("ce_source", f"/leadline/{service}".encode())


@lru_cache(maxsize=64)  # most events of a batch are decided at one instant
def _time(at: datetime) -> tuple[str, bytes]:
    return "ce_time", at.isoformat().replace("+00:00", "Z").encode()


def trace_of(item: Item) -> str:
    """The trace an item belongs to: its record's, else one derived from its cause, so that a repeat has the same."""
    if isinstance(item, Record):
        for name, value in item.headers:
            if name == "traceparent" and len(value) == 55:
                return value[3:35].decode("ascii", "replace")
    return item.cause.hex


def event_id_of(pairs: dict[str, bytes]) -> UUID | None:
    """The event id a record names, if it is a UUID."""
    try:
        return uuid_of(pairs["ce_id"])
    except (KeyError, ValueError):
        return None


def first_place(pairs: Mapping[str, bytes], topic: str, partition: int, offset: int) -> tuple[str, int, int]:
    """Where a record first stood: of a dead letter that was sent again, the place it names; of any other, its own.

    What is derived from a record's place is derived from this one, so that sending it twice has the effect of once.
    """
    named = pairs.get(RETRY_OF, b"").decode("ascii", "replace").split("/")
    if len(named) == 3 and named[0] == topic and named[1].isdecimal() and named[2].isdecimal():
        return topic, int(named[1]), int(named[2])
    return topic, partition, offset
