"""An order to count a lead's deadlines by published calendars becomes an act of the lead, for the monitor to decide."""

from typing import Any
from uuid import UUID

import pytest

from leadline_schemas.activity import CalendarsApplied, LeadActivity
from leadline_schemas.captured import LeadCaptured
from tests.unit.capture.story import MINUTE, NOW, Capture, Told

JULY = {"version": "2026-07-01", "digest": "5f0c2a9d41b7e683"}


def orders(capture: Capture, lead: UUID, **more: Any) -> Told:
    payload = {"kind": "calendar.apply", "lead_id": str(lead), "author": "mara", "reason": "a forgotten holiday",
               "calendars": JULY, **more}  # fmt: skip
    (found,) = capture.batch(capture.received(payload, way="commands"))
    return found


def test_it_is_told_as_an_act_that_names_the_calendars_and_makes_no_revision_of_the_lead() -> None:
    capture = Capture()
    lead = capture.lead({"email": "ann@x.example"}).captured.lead_id
    told = orders(capture.at(NOW + MINUTE), lead)
    (act,) = told.acts
    assert not [event for event in told.events if isinstance(event, LeadCaptured)]
    assert (told.suffixes, act.kind, act.origin) == ([".calendar.applied"], "calendar.applied", lead)
    assert (act.occurred_at, act.actor.id) == (NOW + MINUTE, "mara")
    assert act.calendars == CalendarsApplied(**JULY, author="mara", reason="a forgotten holiday")
    assert list(capture.store.submitted.values())[-1].outcome == "calendars_applied"


def test_of_a_part_it_is_told_under_the_whole_which_keeps_the_promises() -> None:
    capture = Capture()
    ann = capture.lead({"email": "ann@x.example"}).captured.lead_id
    bob = capture.lead({"email": "bob@x.example"}).captured.lead_id
    capture.command("merge", ann, bob)
    (event,) = [each for each in orders(capture, bob).events if isinstance(each, LeadActivity)]
    assert (event.lead_id, event.activity.origin) == (ann, bob)


@pytest.mark.parametrize("more", [{"calendars": None}, {"calendars": {"version": "x", "digest": "not hexadecimal"}},
                                  {"kind": "lead.release"}])  # fmt: skip
def test_what_names_no_calendars_or_is_no_such_order_is_a_dead_letter(more: dict[str, Any]) -> None:
    capture = Capture()
    lead = capture.lead({"email": "ann@x.example"}).captured.lead_id
    assert orders(capture, lead, **more).told.startswith("rejected")
