"""A lead that was asked for, whose promise is paused: for the SLA monitor's stories."""

from datetime import datetime
from typing import Any

from leadline_schemas.activity import Activity
from leadline_schemas.sla import LeadSla
from tests.support.golden import instant
from tests.support.sla_story import SECOND, Story, act, captured, request, routed

START = instant("2026-03-10T14:00:00Z")  # a Tuesday, 10:00 in New York
ROUTED = START + 2 * SECOND
HOT = request("r", "other", START)  # a first touch within an hour of open time
CLOSING = instant("2026-03-10T22:00:00Z")


def begun(asked: Any = HOT, **route: Any) -> Story:
    """Asked at START, routed to ana two seconds later, whose manager is mia."""
    story = Story(START)
    story.reads(captured(START, asked))
    story.reads(routed(ROUTED, asked, **route), ROUTED)
    return story


def pause(at: datetime, until: datetime | None, by: str | None = "ana", name: str = "pause", **more: Any) -> Activity:
    """An order to pause until then, because the lead said so unless another reason is given."""
    values: dict[str, Any] = {"reason": "call_me_after", **more}
    return act(name, "sla.paused", at, by, until=until, **values)


def resume(at: datetime, by: str = "ana", name: str = "resume", **more: Any) -> Activity:
    return act(name, "sla.resumed", at, by, **more)


def customer(story: Story, *kinds: str) -> list[LeadSla]:
    return [e for e in story.told if e.clock == "customer" and (not kinds or e.kind in kinds)]


def due(story: Story, target: str = "first_touch") -> datetime:
    return next(p.due_at for p in story.state.body.promises if p.target == target)
