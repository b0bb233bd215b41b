"""An order to bring a lead into a stage becomes an act of the lead, for the monitor to judge."""

import json
from typing import Any
from uuid import UUID

import pytest

from leadline_capture.core.staging import staging_faults
from leadline_schemas.captured import LeadCaptured
from leadline_schemas.codec import decode_model
from leadline_schemas.commands import CommandPayload
from tests.unit.capture.story import MINUTE, NOW, Capture, Told

SQL = {"to": "SQL", "confirmed": ["budget", "need"]}


def orders(capture: Capture, lead: UUID, **more: Any) -> Told:
    payload = {"kind": "stage.change", "lead_id": str(lead), "author": "ana", "reason": "they decide in autumn",
               "stage": {"to": "nurture", "reason": "not_ready"}, **more}  # fmt: skip
    (found,) = capture.batch(capture.received(payload, way="commands"))
    return found


def test_it_is_told_as_an_act_with_its_reason_and_makes_no_revision_of_the_lead() -> None:
    capture = Capture()
    lead = capture.lead({"email": "ann@x.example"}).captured.lead_id
    told = orders(capture.at(NOW + MINUTE), lead)
    (act,) = told.acts
    assert not [event for event in told.events if isinstance(event, LeadCaptured)]
    assert (act.kind, act.origin, act.actor.id) == ("stage.changed", lead, "ana")
    assert (act.stage, act.reason, act.note, act.confirmed) == ("nurture", "not_ready", "they decide in autumn", None)
    assert list(capture.store.submitted.values())[-1].outcome == "stage_ordered"


def test_what_a_person_found_out_goes_with_it_and_when_it_was_ordered_counts() -> None:
    capture = Capture()
    lead = capture.lead({"email": "ann@x.example"}).captured.lead_id
    earlier = (NOW + MINUTE).isoformat()
    (act,) = orders(capture.at(NOW + 5 * MINUTE), lead, stage=SQL, occurred_at=earlier).acts
    assert act.confirmed == ("budget", "need") and act.occurred_at == NOW + MINUTE


def test_the_word_of_the_reason_alone_is_no_note() -> None:
    capture = Capture()
    lead = capture.lead({"email": "ann@x.example"}).captured.lead_id
    (act,) = orders(capture, lead, reason="other", stage={"to": "disqualified", "reason": "other"}).acts
    assert (act.reason, act.note) == ("other", None)


@pytest.mark.parametrize("more", [{"stage": None}, {"stage": {"to": "hot"}}, {"kind": "lead.release"},
                                  {"stage": {"to": "nurture", "reason": "Not ready!"}}])  # fmt: skip
def test_what_names_no_stage_or_is_no_such_order_is_a_dead_letter(more: dict[str, Any]) -> None:
    capture = Capture()
    lead = capture.lead({"email": "ann@x.example"}).captured.lead_id
    assert orders(capture, lead, **more).told.startswith("rejected")


@pytest.mark.parametrize(
    ("more", "path"),
    [("{}", "stage"), ('{"stage": {"to": "SAL", "reason": "Two Words"}}', "stage.reason"),
     ('{"kind": "lead.release", "stage": {"to": "SAL"}}', "stage")],
)  # fmt: skip
def test_each_fault_is_named_with_its_place(more: str, path: str) -> None:

    body = {"kind": "stage.change", "lead_id": str(UUID(int=1)), "author": "ana", "reason": "x", **json.loads(more)}
    found = staging_faults(decode_model(CommandPayload, json.dumps(body).encode(), "command"))
    assert [each.path for each in found] == [path]
