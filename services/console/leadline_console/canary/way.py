"""How far a canary came, and how long each hop took. Pure."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from itertools import pairwise
from typing import Final
from uuid import UUID

from leadline_runtime.core.values import dataclass
from leadline_schemas.topics import LEAD_CAPTURED, LEAD_ENRICHED, LEAD_RECEIVED, LEAD_ROUTED, LEAD_SCORED, LEAD_SLA

# What is written of it, in this order; the last is its end.
HOPS: Final = tuple(
    topic.name for topic in (LEAD_RECEIVED, LEAD_CAPTURED, LEAD_ENRICHED, LEAD_SCORED, LEAD_ROUTED, LEAD_SLA)
)
NOWHERE: Final = "nowhere"
DOOR: Final = "door"
# The last place at which a canary that did not arrive was seen.
LAST_SEEN: Final = (NOWHERE, DOOR, *HOPS[:-1])


@dataclass(frozen=True, slots=True)
class Way:
    """One canary. `seen`: when each step decided it, by the one clock of the decisions; `took_s`: from before it was
    sent until its end was read, by a steady clock here, None if it was not; `trouble`: what stopped the watching."""

    submission_id: UUID | None = None
    lead_id: UUID | None = None
    seen: Mapping[str, datetime] = field(default_factory=dict)
    took_s: float | None = None
    trouble: str | None = None

    @property
    def arrived(self) -> bool:
        """Did it come through?"""
        return self.took_s is not None

    @property
    def last_seen(self) -> str:
        """The last place where it was seen."""
        reached = [topic for topic in HOPS if topic in self.seen]
        return reached[-1] if reached else DOOR if self.submission_id is not None else NOWHERE

    def hops(self) -> dict[str, float]:
        """Seconds from the step before, by topic; the first hop begins with the receipt at the door."""
        times = [(topic, self.seen[topic]) for topic in HOPS if topic in self.seen]
        return {topic: max(0.0, (at - before).total_seconds()) for (_, before), (topic, at) in pairwise(times)}

    def why(self) -> str:
        """In words what became of it."""
        if self.arrived:
            return "it came through"
        places = {NOWHERE: "the door did not take it", DOOR: "the door took it, and it is not in lead.received"}
        return self.trouble or places.get(self.last_seen) or f"it was seen in {self.last_seen} and nowhere after"
