"""Messages between leads, and what comes for a lead that became part of another: sent on in the same transaction.

What belongs to an origin that left its lead is sent back, and says whom it left: a tombstone older than that parting
keeps it until its own next snapshot, else both would send it to and fro (loop, section 7).
"""

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from leadline_runtime.decision import Send
from leadline_runtime.items import Item, Message, Passage, Record, Timer
from leadline_schemas.codec import decode
from leadline_schemas.ids import derived_id
from leadline_schemas.lead import MergedInto
from leadline_schemas.topics import Topic


def sealed(message: Send) -> bytes:
    """What stands in the inbox: a line that says how it came, then the service's own body or the record's bytes."""
    passage, record = message.passage, message.record
    head: dict[str, Any] = {"named": passage.named}
    if passage.left is not None:
        head["left"] = [str(passage.left[0]), passage.left[1]]
    if record is not None:
        head |= {
            "topic": record.topic.name,
            "event_id": str(record.event_id),
            "partition": record.partition,
            "offset": record.offset,
        }
    return b"%s\n%s" % (json.dumps(head).encode(), message.body if record is None else record.raw)


def unsealed(message: Message, reads: Sequence[Topic[Any]]) -> Item:
    """The item inside a message: the record, addressed to the lead it now belongs to, or the service's own message."""
    head_bytes, _, body = message.body.partition(b"\n")
    head = json.loads(head_bytes)
    left = head.get("left")
    passage = Passage(head["named"], (UUID(left[0]), left[1]) if left else None)
    if "topic" not in head:
        return Message(message.id, message.lead_id, body, passage)
    topic = next(one for one in reads if one.name == head["topic"])
    value = decode(topic, body)
    key = str(message.lead_id).encode()
    event_id = UUID(head["event_id"])
    return Record(
        topic, head["partition"], head["offset"], key, body, value, event_id, (), message.lead_id, passage
    )  # fmt: skip


def onward(item: Item, root: MergedInto) -> Send | None:
    """The item as a message to the lead it now belongs to, which lists its origin from the revision named there on.

    None if it stays: alarms do, and what was sent back to a tombstone that is older than the parting.
    """
    if isinstance(item, Timer) or _is_older_than_parting(root, item.passage):
        return None
    passage = Passage(root.revision, item.passage.left if item.passage else None)
    if isinstance(item, Message):
        return Send(_id("onward", item.id, root.lead_id, root.revision), root.lead_id, item.body, passage)
    return Send(_id("onward", item.event_id, root.lead_id, root.revision), root.lead_id, b"", passage, item)


def back(record: Record[Any], origin: UUID, left: UUID, revision: int) -> Send:
    """A record as a message to its origin, which is no part of the lead `left` at this revision of it."""
    passage = Passage(0, (left, revision))
    return Send(_id("back", record.event_id, left, revision), origin, b"", passage, record)


def _is_older_than_parting(tombstone: MergedInto, passage: Passage | None) -> bool:
    left = passage.left if passage else None
    return left is not None and left[0] == tombstone.lead_id and tombstone.revision <= left[1]


def _id(kind: str, cause: UUID, lead_id: UUID, revision: int) -> UUID:
    return derived_id(kind, cause, lead_id, revision)
