"""An order that a lead's promises stand still becomes an act of the lead, for the monitor to decide."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from leadline_schemas.captured import LeadCaptured
from tests.unit.capture.story import MINUTE, NOW, Capture, Told

UNTIL = NOW + timedelta(hours=4)
LATER = {"reason": "call_me_after", "until": UNTIL.isoformat()}


def orders(capture: Capture, lead: UUID, kind: str = "sla.pause", **more: Any) -> Told:
    payload = {"kind": kind, "lead_id": str(lead), "author": "ana", "reason": "is in a meeting", **more}
    (found,) = capture.batch(capture.received(payload, way="commands"))
    return found


def test_a_pause_is_told_as_an_act_and_makes_no_revision_of_the_lead() -> None:
    capture = Capture()
    lead = capture.lead({"email": "ann@x.example"}).captured.lead_id
    told = orders(capture.at(NOW + MINUTE), lead, pause=LATER)
    (act,) = told.acts
    assert not [event for event in told.events if isinstance(event, LeadCaptured)]
    assert (told.suffixes, act.kind, act.origin) == ([".sla.paused"], "sla.paused", lead)
    assert (act.occurred_at, act.until, act.reason) == (NOW + MINUTE, UNTIL, "call_me_after")
    assert (act.actor.kind, act.actor.id, act.explanation) == ("person", "ana", "is in a meeting")
    assert list(capture.store.submitted.values())[-1].outcome == "clocks_paused"


def test_a_machine_may_order_it_and_is_told_apart() -> None:
    capture = Capture()
    lead = capture.lead({"email": "ann@x.example"}).captured.lead_id
    (act,) = orders(capture.at(NOW + MINUTE), lead, pause={**LATER, "automated": True}).acts
    assert (act.actor.kind, act.automated) == ("automation", True)


def test_to_resume_needs_no_more_than_who_and_why() -> None:
    capture = Capture()
    lead = capture.lead({"email": "ann@x.example"}).captured.lead_id
    (act,) = orders(capture.at(NOW + MINUTE), lead, "sla.resume").acts
    assert (act.kind, act.until, act.reason) == ("sla.resumed", None, None)
    assert list(capture.store.submitted.values())[-1].outcome == "clocks_resumed"


def test_an_order_about_a_lead_that_nobody_knows_is_not_applied() -> None:
    told = orders(Capture(), UUID(int=1), pause=LATER)
    assert not told.acts and told.told.startswith("dropped")


@pytest.mark.parametrize(
    "more",
    [{}, {"pause": {**LATER, "reason": "Call me"}}, {"pause": {**LATER, "until": NOW.isoformat()}},
     {"kind": "lead.release", "pause": LATER}],
)  # fmt: skip
def test_what_has_no_end_no_reason_or_is_no_such_order_is_a_dead_letter(more: dict[str, Any]) -> None:
    capture = Capture()
    lead = capture.lead({"email": "ann@x.example"}).captured.lead_id
    assert orders(capture.at(NOW + MINUTE), lead, **more).told.startswith("rejected")
