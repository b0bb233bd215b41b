"""Everything that the topics hold about one lead: what came in, what was known, how it was judged, who has it."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from leadline_console import cluster
from leadline_console.errors import Exit, UserError
from leadline_console.records import Kept, reader
from leadline_runtime.masking import masked
from leadline_schemas.activity import LeadActivity
from leadline_schemas.captured import LeadCaptured
from leadline_schemas.codec import Undecodable, decode, decode_model, encode_model
from leadline_schemas.enriched import LeadEnriched
from leadline_schemas.event import Event
from leadline_schemas.ids import key_bytes, partition_of
from leadline_schemas.routed import LeadRouted
from leadline_schemas.scored import LeadScored
from leadline_schemas.sla import LeadSla
from leadline_schemas.stage import LeadStage
from leadline_schemas.topics import (
    LEAD_ACTIVITY,
    LEAD_CAPTURED,
    LEAD_ENRICHED,
    LEAD_ROUTED,
    LEAD_SCORED,
    LEAD_SLA,
    LEAD_STAGE,
    Topic,
)

PARTS: Mapping[str, Topic[Any]] = {
    "captured": LEAD_CAPTURED,
    "activities": LEAD_ACTIVITY,
    "enriched": LEAD_ENRICHED,
    "scored": LEAD_SCORED,
    "routed": LEAD_ROUTED,
    "sla": LEAD_SLA,
    "stages": LEAD_STAGE,
}


@dataclass
class Story:
    """The events of one lead, each once, by their writers' revisions. `unreadable`: how many could not be decoded."""

    lead_id: UUID
    captured: list[LeadCaptured] = field(default_factory=list)
    activities: list[LeadActivity] = field(default_factory=list)
    enriched: list[LeadEnriched] = field(default_factory=list)
    scored: list[LeadScored] = field(default_factory=list)
    routed: list[LeadRouted] = field(default_factory=list)
    sla: list[LeadSla] = field(default_factory=list)
    stages: list[LeadStage] = field(default_factory=list)
    unreadable: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether no topic speaks of it."""
        return not (self.unreadable or any(getattr(self, part) for part in PARTS))


def read_story(bootstrap: str, lead_id: UUID, parts: Mapping[str, Topic[Any]] = PARTS) -> Story:
    """Read the lead's partition of each topic. Raises UserError if nobody has heard of the lead."""
    key = key_bytes(lead_id)
    with cluster.admin(bootstrap) as client:
        counts = cluster.partition_counts(client, [topic.name for topic in parts.values()])
        first, last = cluster.bounds(client, counts)
    places = [(name, partition_of(key, count)) for name, count in counts.items()]
    with reader(bootstrap) as records:
        own = [
            kept
            for kept in records.until(
                {place: first[place] for place in places}, {place: last[place] for place in places}
            )
            if kept.key == key
        ]
    story = tell(lead_id, own, parts)
    if story.is_empty:
        raise UserError(f"No topic speaks of a lead {lead_id}. Its id stands in `leadline tail`.", Exit.NOT_FOUND)
    return story


def tell(lead_id: UUID, records: Iterable[Kept], parts: Mapping[str, Topic[Any]] = PARTS) -> Story:
    """The story in these records; a repeat (the same event id) counts once."""
    story = Story(lead_id)
    names = {topic.name: (part, topic) for part, topic in parts.items()}
    seen: set[tuple[str, str]] = set()
    for kept in records:
        part, topic = names[kept.topic]
        event_id = (kept.topic, kept.header("ce_id") or f"{kept.partition}/{kept.offset}")
        if event_id in seen:
            continue
        seen.add(event_id)
        try:
            getattr(story, part).append(decode(topic, kept.value or b""))
        except Undecodable:
            story.unreadable += 1
    for part in parts:
        getattr(story, part).sort(key=_revision)
    return story


def without_pii(story: Story, parts: Mapping[str, Topic[Any]] = PARTS) -> Story:
    """The same story with every personal value masked."""
    told = {
        part: [
            decode_model(topic.model, json.dumps(masked(topic.model, json.loads(encode_model(event)))).encode(), part)
            for event in getattr(story, part)
        ]
        for part, topic in parts.items()
    }
    return Story(story.lead_id, unreadable=story.unreadable, **told)


def _revision(event: Event) -> int:
    return event.revision


def promises(events: Sequence[LeadSla]) -> list[list[LeadSla]]:
    """The SLA events by promise, each in order, by when it began. An owner's clock is that of an assignment: it
    stays the same where it moves to another request of the lead.
    """
    found: dict[tuple[object, ...], list[LeadSla]] = {}
    for event in events:
        of = (event.lead_id, event.assignment) if event.clock == "owner" else (event.cycle,)
        found.setdefault((event.clock, event.target, *of), []).append(event)
    return sorted(found.values(), key=lambda told: (told[0].start, told[0].due_at))
