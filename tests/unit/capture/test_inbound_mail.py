"""A reply goes on with a conversation, and opens nothing; of somebody nobody knows it is a lead."""

from typing import Any

from tests.unit.capture.story import MINUTE, NOW, Capture

REPLY: dict[str, Any] = {
    "type": "contact_sales", "reply": True, "email": "ann@x.example", "message": "Yes, please", "id": "m-2",
}  # fmt: skip


def test_a_reply_of_a_known_lead_is_an_act_and_no_request() -> None:
    capture = Capture()
    lead = capture.lead({"type": "demo_request", "email": "ann@x.example"}).captured
    told = capture.at(NOW + MINUTE).lead(REPLY, source="inbound_email")
    assert told.captured.lead_id == lead.lead_id
    assert told.captured.requests == lead.requests and told.lead.message == "Yes, please"
    (act,) = told.acts
    assert (act.kind, act.direction, act.actor.kind, act.request_type) == ("email.replied", "in", "lead", None)


def test_a_reply_of_nobody_known_is_a_lead() -> None:
    told = Capture().lead(REPLY, source="inbound_email")
    assert [request.type for request in told.captured.requests] == ["contact_sales"]
    assert [act.kind for act in told.acts] == ["form.submitted"]


def test_what_a_machine_answers_waits_with_the_acts_of_whom_it_is() -> None:
    capture = Capture()
    away = {"kind": "other", "name": "automatic mail", "automated": True, "email": "ann@x.example"}
    assert capture.act(away).told == "dropped kept"
    told = capture.lead({"email": "ann@x.example"})
    assert {(act.kind, act.automated) for act in told.captured.acts} == {("other", True), ("form.submitted", False)}
