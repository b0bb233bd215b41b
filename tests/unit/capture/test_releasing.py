"""What was kept apart and turns out to be a lead is released by a person (rules B1.11)."""

from leadline_schemas.captured import LeadCaptured
from tests.unit.capture.story import MINUTE, NOW, Capture, Told

SPAM = {"email": "eve@z.example", "name": "Eve Fox", "honeypot": "buy", "type": "demo_request"}


def last_reason(capture: Capture) -> str | None:
    return list(capture.store.submitted.values())[-1].reason


def snapshot(told: Told) -> LeadCaptured:
    (event,) = [each for each in told.events if isinstance(each, LeadCaptured)]
    return event


def test_a_released_lead_takes_its_keys_and_its_acts_are_told() -> None:
    capture = Capture()
    lead = capture.lead(SPAM).captured.lead_id
    assert capture.holder("e:eve@z.example") is None
    told = capture.at(NOW + 5 * MINUTE).command("release", lead)
    event = snapshot(told)
    assert (event.outcome, event.quarantine, event.revision) == ("released", None, 2)
    assert event.ordered is not None and event.ordered.kind == "lead.release"
    assert [act.id for act in told.acts] == [event.requests[0].id]
    again = capture.lead({"email": "eve@z.example"})
    assert (again.captured.lead_id, again.captured.outcome) == (lead, "merged_into")


def test_whom_its_keys_lead_to_by_now_is_a_possible_duplicate() -> None:
    capture = Capture()
    apart = capture.lead(SPAM).captured.lead_id
    known = capture.lead({"email": "eve@z.example", "name": "Eve Fox"}).captured.lead_id
    event = snapshot(capture.command("release", apart))
    assert [(each.lead_id, each.reason) for each in event.possible_duplicates] == [(known, "email")]
    assert capture.lead({"email": "eve@z.example"}).captured.lead_id == known


def test_a_release_of_what_is_not_apart_changes_nothing() -> None:
    capture = Capture()
    lead = capture.lead({"email": "ann@x.example"}).captured.lead_id
    assert capture.command("release", lead).told == "dropped not_applied"
    assert last_reason(capture) == "not_quarantined"


def test_a_lead_without_any_contact_cannot_be_released() -> None:
    capture = Capture()
    lead = capture.lead({"name": "Nobody"}).captured.lead_id
    capture.command("release", lead)
    assert last_reason(capture) == "no_contact"
