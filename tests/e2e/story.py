"""What became of the golden leads, gathered from the topics for a comparison with what the golden file expects."""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any
from uuid import UUID

from leadline_schemas.captured import LeadCaptured
from leadline_schemas.enriched import LeadEnriched
from leadline_schemas.routed import LeadRouted
from leadline_schemas.scored import LeadScored
from leadline_schemas.sla import LeadSla
from leadline_schemas.topics import LEAD_ACTIVITY, LEAD_CAPTURED, LEAD_ENRICHED, LEAD_ROUTED, LEAD_SCORED, LEAD_SLA
from tests.e2e.golden import lead
from tests.support.pipeline import Pipeline


@dataclass
class Story:
    """All events of one golden lead, in order."""

    name: str
    lead_id: UUID
    captured: list[LeadCaptured] = field(default_factory=list)
    enriched: list[LeadEnriched] = field(default_factory=list)
    scored: list[LeadScored] = field(default_factory=list)
    routed: list[LeadRouted] = field(default_factory=list)
    sla: list[LeadSla] = field(default_factory=list)
    acts: dict[str, UUID] = field(default_factory=dict)  # the sender's id of an act → ours

    def told(self, target: str, kind: str, owner: str | None = None) -> list[LeadSla]:
        """SLA events of one target and kind."""
        return [e for e in self.sla if e.target == target and e.kind == kind and (owner is None or e.owner == owner)]


def gather(pipeline: Pipeline, names: list[str]) -> dict[str, Story]:
    """The stories of these leads, found by their e-mail addresses."""
    events: dict[str, list[Any]] = {
        "captured": pipeline.events(LEAD_CAPTURED),
        "enriched": pipeline.events(LEAD_ENRICHED),
        "scored": pipeline.events(LEAD_SCORED),
        "routed": pipeline.events(LEAD_ROUTED),
        "sla": [e for e in pipeline.events(LEAD_SLA) if e.clock != "stage"],
    }
    activities = pipeline.events(LEAD_ACTIVITY)
    stories: dict[str, Story] = {}
    for name in names:
        email = lead(name)["input"]["submission"]["email"]
        lead_id = next(c.lead_id for c in events["captured"] if c.lead.email == email)
        story = Story(name, lead_id)
        for attribute, found in events.items():
            mine = sorted((e for e in found if e.lead_id == lead_id), key=lambda e: e.revision)
            setattr(story, attribute, mine)
        prefix = f"{name.lower()}-"
        for event in activities:
            said = event.activity.message_id
            if event.lead_id == lead_id and said is not None and said.startswith(prefix):
                story.acts[said.removeprefix(prefix)] = event.activity.id
        stories[name] = story
    return stories


def balances(said: dict[str, str]) -> dict[str, Fraction]:
    """Balances as exact fractions."""
    return {member: Fraction(value) for member, value in said.items()}
