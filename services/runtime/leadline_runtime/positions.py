"""A position belongs to a topic, not to its name: where a topic no longer has it, a claim stops and says so.

Read on from there, a topic that was made anew and has grown since would lose its first records in silence.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from uuid import UUID

from leadline_runtime.core.values import dataclass
from leadline_runtime.database import Held
from leadline_runtime.log import PositionLost

SETTING = "LEADLINE_READ_ANEW"


@dataclass(frozen=True, slots=True)
class Found:
    """What Kafka says of input topics: their ids, as far as it has any, and where their partitions end."""

    ids: Mapping[str, UUID]
    ends: Mapping[str, Mapping[int, int]]


def settled(held: Held, found: Found, read_anew: Collection[str]) -> Held:
    """What the lanes hold once each position belongs to the topic that Kafka has now, and that is remembered.

    read_anew: inputs, each `topic=id`, of which a person says that lost positions become 0; it does nothing where none
    is lost, and names the topic as it is now, so that it never speaks for the next one. Raises PositionLost for others.
    """
    outbox = dict(held.outbox)
    for lane, row in held.outbox.items():
        for topic, position in row.positions.items():
            why = _lost(topic, lane, position, held.topics[lane].get(topic), found)
            if not why:
                continue
            meant = f"{topic}={found.ids[topic]}" if topic in found.ids else topic
            if meant not in read_anew:
                raise PositionLost(
                    f"{why}. Put back into it what is missing; then, to read it from its beginning, start each instance"
                    f" of this service with {SETTING}={meant}: what is known already is passed over as a repeat"
                )
            outbox[lane] = replace(outbox[lane], positions={**outbox[lane].positions, topic: 0})
    return Held(outbox, held.suspects, {lane: {**known, **found.ids} for lane, known in held.topics.items()})


def _lost(topic: str, lane: int, position: int, known: UUID | None, found: Found) -> str:
    """Why this position cannot be read on from; empty if it can."""
    now, end = found.ids.get(topic), found.ends[topic][lane]
    if known is not None and now is not None and known != now:
        return (
            f"{topic} was deleted and made anew: its id is {now}, but position {position} of partition {lane} was"
            f" reached in {known}, and to read on from there would leave records out"
        )
    if end < position:
        return f"{topic} partition {lane} ends at {end}, before the position {position} reached: the topic was cut"
    return ""
