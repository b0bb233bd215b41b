"""What comes for a lead that became part of another is forwarded to it, as a message in the same transaction."""

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from leadline_runtime.decision import Send
from leadline_runtime.items import Item, Message, Record
from leadline_schemas.codec import decode
from leadline_schemas.ids import derived_id
from leadline_schemas.lead import MergedInto
from leadline_schemas.topics import Topic

OWN, FORWARDED = b"\x00", b"\x01"


def own(body: bytes) -> bytes:
    """A service's own message body, marked as such."""
    return OWN + body


def wrap(record: Record[Any], root: MergedInto) -> Send:
    """The record as a message to the lead it now belongs to, with the revision that the tombstone names."""
    head = {
        "topic": record.topic.name,
        "event_id": str(record.event_id),
        "partition": record.partition,
        "offset": record.offset,
        "revision": root.revision,
    }
    body = FORWARDED + json.dumps(head).encode() + b"\n" + record.raw
    return Send(derived_id("forwarded", record.event_id, root.lead_id), root.lead_id, body)


def unwrap(message: Message, reads: Sequence[Topic[Any]]) -> Item:
    """The item inside a message: the forwarded record, addressed to its new lead, or the service's own message."""
    if message.body[:1] == OWN:
        return Message(message.id, message.lead_id, message.body[1:])
    head_bytes, _, raw = message.body[1:].partition(b"\n")
    head = json.loads(head_bytes)
    topic = next(one for one in reads if one.name == head["topic"])
    value = decode(topic, raw)
    key = str(message.lead_id).encode()
    return Record(
        topic, head["partition"], head["offset"], key, raw, value, UUID(head["event_id"]), (), message.lead_id
    )
