"""Statements that come by POST /v1/consents: records with their evidence, for whoever the keys say it is."""

from datetime import timedelta
from typing import Any

import pytest

from leadline_capture.core.consent import state_of
from leadline_schemas.consent import ConsentRecord
from leadline_schemas.vocabulary import ConsentState
from tests.unit.capture.story import MINUTE, NOW, Capture, Told

A, B, PHONE = "a@x.example", "b@x.example", "+12125550101"


def said(capture: Capture, state: str, **more: Any) -> Told:
    payload = {"purpose": "marketing", "channel": "email", "state": state, "email": A, **more.pop("payload", {})}
    (told,) = capture.batch(capture.received({k: v for k, v in payload.items() if v}, way="consents", **more))
    return told


def record(told: Told, channel: str = "email", address: str | None = A) -> ConsentRecord:
    (found,) = [r for r in told.lead.consent if (r.purpose, r.channel, r.address) == ("marketing", channel, address)]
    return found


def marketing(told: Told, address: str = A) -> ConsentState:
    return state_of(told.lead.consent, "marketing", "email", address)


def test_a_statement_is_a_record_with_its_evidence() -> None:
    capture = Capture()
    capture.lead({"email": A})
    evidence = {"text_version": "news-7", "evidence": "double opt-in at /news", "basis": "consent"}
    capture.at(NOW + 5 * MINUTE)
    told = said(capture, "granted", payload={**evidence, "occurred_at": "2026-03-10T10:03:00Z"}, id="c1")
    found = record(told)
    assert (found.state, found.basis, found.since) == ("granted", "consent", NOW + 3 * MINUTE)
    assert (found.text_version, found.evidence) == ("news-7", "double opt-in at /news")
    assert found.submission_id is not None and told.captured.submission_id == found.submission_id
    assert [act.kind for act in told.acts] == ["consent.granted"]
    assert told.captured.outcome == "updated"


def test_pending_counts_as_unknown_and_takes_nothing_away() -> None:
    capture = Capture()
    capture.lead({"email": A, "marketing_checkbox": False})
    assert said(capture.at(NOW + MINUTE), "pending").told == "emitted"
    assert marketing(capture.at(NOW + 2 * MINUTE).lead({"email": A})) == "declined"
    assert marketing(said(capture.at(NOW + 3 * MINUTE), "granted")) == "granted"
    said(capture.at(NOW + 4 * MINUTE), "pending")
    assert marketing(capture.lead({"email": A})) == "granted"
    assert marketing(said(capture.at(NOW + 5 * MINUTE), "withdrawn")) == "withdrawn"


def test_a_no_answers_what_is_pending() -> None:
    capture = Capture()
    capture.lead({"email": A})
    assert marketing(said(capture, "pending")) == "pending"
    assert marketing(said(capture.at(NOW + MINUTE), "declined")) == "declined"


def test_a_trusted_system_may_name_the_lead_itself() -> None:
    capture = Capture()
    lead = str(capture.lead({"email": A, "phone": PHONE}).captured.lead_id)
    nobody = said(capture, "withdrawn", payload={"email": None, "lead_id": lead})
    assert nobody.told == "dropped unknown_lead"
    told = said(capture, "withdrawn", payload={"email": None, "lead_id": lead, "channel": "any"}, trusted=True)
    assert marketing(told) == "withdrawn"
    assert record(told, "sms", PHONE).state == "withdrawn", "a withdrawal covers every address"


def test_an_address_of_its_own_is_what_the_statement_speaks_of() -> None:
    capture = Capture()
    capture.lead({"email": A})
    told = said(capture, "granted", payload={"address": B})
    assert (marketing(told, A), marketing(told, B)) == ("unknown", "granted")


@pytest.mark.parametrize(("address", "channels"), [(B, {"email"}), ("+1 212 555 0102", {"phone", "sms", "messaging"})])
def test_any_channel_means_those_of_the_address(address: str, channels: set[str]) -> None:
    capture = Capture()
    capture.lead({"email": A})
    told = said(capture, "granted", payload={"address": address, "channel": "any"})
    normal = address.replace(" ", "")
    assert {r.channel for r in told.lead.consent if r.address == normal and r.state == "granted"} == channels


def test_what_an_unknown_person_said_waits_for_years() -> None:
    capture = Capture()
    assert said(capture, "withdrawn").told == "dropped kept"
    told = capture.at(NOW + timedelta(days=800)).lead({"email": A, "marketing_checkbox": None})
    assert marketing(told) == "withdrawn"
    assert marketing(Capture().lead({"email": A})) == "unknown"


def test_the_same_statement_twice_counts_once() -> None:
    capture = Capture()
    capture.lead({"email": A})
    assert said(capture, "granted", id="c1").told == "emitted"
    assert said(capture, "granted", id="c1").told == "duplicate"


def test_refused_profiling_of_an_anonymous_visitor_keeps_his_history_apart() -> None:
    capture = Capture()
    anonymous = {"email": None, "anonymous_id": "n1"}
    said(capture, "declined", payload={**anonymous, "purpose": "profiling", "channel": "any"})
    capture.act({"kind": "page.viewed", "anonymous_id": "n1"})
    told = capture.at(NOW + MINUTE).lead({"email": A, "anonymous_id": "n1"})
    assert state_of(told.lead.consent, "profiling", "any") == "declined"
    assert "page.viewed" not in {act.kind for act in told.acts}


def test_what_is_no_statement_is_a_dead_letter() -> None:
    capture = Capture()
    (told,) = capture.batch(capture.received({"purpose": "marketing", "email": A}, way="consents"))
    assert told.told == "rejected not_a_consent" and A not in told.failure
