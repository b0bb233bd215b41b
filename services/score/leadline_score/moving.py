"""What score holds of a lead that becomes part of another, or that is taken out again: given away as a message."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from leadline_runtime.core.values import dataclass
from leadline_runtime.decision import Send
from leadline_runtime.items import Message, Passage
from leadline_schemas.activity import Activity
from leadline_schemas.captured import LeadCaptured
from leadline_schemas.codec import decode_model, encode_model
from leadline_schemas.event import Model
from leadline_schemas.ids import derived_id
from leadline_schemas.lead import Request
from leadline_score.core.acts import newest, unite
from leadline_score.state import Memory, having


class Moved(Model):
    """The facts that no snapshot holds, and the requests that score itself opened."""

    facts: tuple[Activity, ...] = ()
    opened: tuple[Request, ...] = ()
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class Sorted:
    """What stays in memory, and the messages that give the rest away."""

    memory: Memory
    messages: tuple[Send, ...] = ()


def read_moved(message: Message) -> Moved:
    """What another lane gave away. Raises Undecodable."""
    return decode_model(Moved, message.body, "score's message")


def given_away(memory: Memory, tombstone: LeadCaptured, cause: UUID) -> Sorted:
    """All of a lead that became part of another goes there."""
    into = tombstone.merged_into
    if into is None or not (memory.facts or memory.opened):
        return Sorted(memory)
    body = Moved(facts=memory.facts, opened=memory.opened, truncated=memory.truncated)
    message = Send(
        derived_id("moved", cause, into.lead_id), into.lead_id, encode_model(body), Passage(into.revision)
    )  # fmt: skip
    return Sorted(having(memory, facts=(), opened=(), named={}, truncated=False), (message,))


def with_moved(memory: Memory, moved: Moved, named: int) -> Memory:
    """The memory with what came. `named`: the revision of the lead from which on it lists where that comes from."""
    facts, cut = newest(unite(memory.facts, moved.facts))
    opened = {each.id: each for each in (*memory.opened, *moved.opened)}
    origins = _origins(moved.facts, moved.opened)
    return having(
        memory,
        facts=tuple(facts),
        opened=tuple(opened.values()),
        truncated=memory.truncated or moved.truncated or cut,
        named={**memory.named, **{origin: max(named, memory.named.get(origin, 0)) for origin in origins}},
    )


def sorted_out(memory: Memory, captured: LeadCaptured, cause: UUID) -> Sorted:
    """What belongs to an origin that is no part of the lead goes back to it, unless its merge has yet to be read."""
    own = {captured.lead_id, *captured.aliases}
    gone = [
        origin for origin in sorted(_origins(memory.facts, memory.opened) - own)
        if memory.named.get(origin, 0) <= captured.revision
    ]  # fmt: skip
    if not gone:
        return Sorted(memory)
    messages = tuple(_back(memory, origin, captured, cause) for origin in gone)
    kept = {
        "facts": tuple(each for each in memory.facts if each.origin not in gone),
        "opened": tuple(each for each in memory.opened if each.origin not in gone),
        "named": {origin: at for origin, at in memory.named.items() if origin not in gone},
    }
    return Sorted(having(memory, **kept), messages)


def _origins(facts: Iterable[Activity], opened: Iterable[Request]) -> set[UUID]:
    return {each.origin for each in facts} | {each.origin for each in opened}


def _back(memory: Memory, origin: UUID, captured: LeadCaptured, cause: UUID) -> Send:
    body = Moved(
        facts=tuple(each for each in memory.facts if each.origin == origin),
        opened=tuple(each for each in memory.opened if each.origin == origin),
        truncated=memory.truncated,
    )
    passage = Passage(0, (captured.lead_id, captured.revision))
    return Send(derived_id("parted", cause, origin), origin, encode_model(body), passage)


def opened_of(memory: Memory, names: Iterable[UUID]) -> tuple[Request, ...]:
    """The requests opened by score that are the lead's own or of a part of it."""
    own = {*names}
    return tuple(each for each in memory.opened if each.origin in own)


def newest_receipt(facts: Iterable[Activity], otherwise: datetime) -> datetime:
    """As of when facts that moved are judged: when the last of them was received."""
    return max([otherwise, *(each.received_at for each in facts)])
