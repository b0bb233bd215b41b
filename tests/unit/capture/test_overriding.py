"""A person's override of a score becomes an act of the lead, once, wherever the lead is by then."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from leadline_schemas.activity import LeadActivity, ScoreOverride
from leadline_schemas.captured import LeadCaptured
from leadline_schemas.ids import derived_id
from tests.unit.capture.story import MINUTE, NOW, Capture, Told

SOON = NOW + timedelta(days=30)


def orders(capture: Capture, lead: UUID, override: dict[str, Any] | None = None, **said: Any) -> Told:
    told = override or {"target": "fit", "value": 50, "expires_at": SOON.isoformat()}
    payload = {
        "kind": "score.override", "lead_id": str(lead), "author": "mara", "reason": "met them", "override": told,
    }  # fmt: skip
    (found,) = capture.batch(capture.received(payload, way="commands", **said))
    return found


def reason(capture: Capture) -> str | None:
    return list(capture.store.submitted.values())[-1].reason


def test_it_is_told_as_an_act_and_makes_no_revision_of_the_lead() -> None:
    capture = Capture()
    lead = capture.lead({"email": "ann@x.example"}).captured.lead_id
    told = orders(capture.at(NOW + MINUTE), lead)
    (act,) = told.acts
    assert not [event for event in told.events if isinstance(event, LeadCaptured)]
    assert told.suffixes == [".score.overridden"]
    assert (act.kind, act.origin, act.occurred_at, act.direction) == ("score.overridden", lead, NOW + MINUTE, "none")
    assert (act.actor.kind, act.actor.id) == ("person", "mara")
    assert act.override == ScoreOverride(target="fit", value=50, author="mara", reason="met them", expires_at=SOON)
    assert list(capture.store.submitted.values())[-1].outcome == "score_overridden"


def test_sent_twice_it_counts_once() -> None:
    capture = Capture()
    lead = capture.lead({"email": "ann@x.example"}).captured.lead_id
    assert orders(capture, lead, id="o-1").acts
    again = orders(capture, lead, id="o-1")
    assert (again.told, again.acts) == ("duplicate", [])


def test_of_a_part_it_is_told_under_the_whole_and_stays_the_part_s() -> None:
    capture = Capture()
    ann = capture.lead({"email": "ann@x.example"}).captured.lead_id
    bob = capture.lead({"email": "bob@x.example"}).captured.lead_id
    capture.command("merge", ann, bob)
    told = orders(capture, bob)
    (event,) = [each for each in told.events if isinstance(each, LeadActivity)]
    assert (event.lead_id, event.activity.origin) == (ann, bob)
    assert event.snapshot == 2


def test_what_cannot_be_done_says_why() -> None:
    capture = Capture()
    apart = capture.lead({"email": "eve@z.example", "honeypot": "buy"}).captured.lead_id
    assert orders(capture, apart).told == "dropped not_applied"
    assert reason(capture) == "quarantined"
    assert orders(capture, derived_id("test", "nobody")).told == "dropped not_applied"
    assert reason(capture) == "unknown_lead"


@pytest.mark.parametrize("told", [{"target": "fit", "value": 500}, {"target": "fit", "value": 50}])
def test_what_no_door_checked_is_no_order(told: dict[str, Any]) -> None:
    capture = Capture()
    lead = capture.lead({"email": "ann@x.example"}).captured.lead_id
    found = orders(capture, lead, told)
    assert found.outcome.kind == "rejected" and found.failure.startswith("not_a_command")
    assert "override.expires_at is required" in found.failure
