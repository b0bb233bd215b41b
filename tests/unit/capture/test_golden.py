"""The ten golden leads, as far as capture decides them."""

from datetime import datetime, timedelta
from functools import cache
from typing import Any

import pytest

from leadline_capture.core.consent import state_of
from leadline_schemas.consent import ConsentRecord
from leadline_schemas.lead import Lead
from leadline_schemas.vocabulary import ConsentChannel, ConsentPurpose
from tests.support.golden import golden_lead, instant
from tests.unit.capture.story import Capture, Told

KINDS: dict[str, dict[str, str]] = {
    "pricing_page": {"kind": "page.viewed", "tag": "pricing"},
    "gated_download": {"kind": "content.downloaded"},
    "email_click": {"kind": "email.clicked"},
    "email_open": {"kind": "email.opened"},
    "webinar_registered": {"kind": "webinar.registered"},
}
BOXES = {"consent_checkbox_marketing", "consent_at_registration"}
ORDER = ("G3", "G2", "G7", "G4", "G10", "G5", "G6", "G9", "G1", "G8")


def payload_of(submission: dict[str, Any]) -> dict[str, Any]:
    """The submission as `POST /v1/leads` takes it."""
    payload = {key: value for key, value in submission.items() if key not in {*BOXES, "received_at", "via"}}
    box = next((submission[key] for key in BOXES if key in submission), None)
    return payload if box is None else payload | {"marketing_checkbox": box}


@cache
def told() -> dict[str, Told]:
    """All ten, submitted in their order of time to one running capture."""
    capture, found = Capture(), {}
    for name in ORDER:
        given = golden_lead(name)["input"]
        submission = given["submission"]
        capture.at(instant(submission.get("received_at", submission["occurred_at"])))
        for event in given.get("anonymous_events_before", ()):
            act = {"id": event["id"], "occurred_at": event["at"], "anonymous_id": submission["anonymous_id"]}
            assert capture.act(KINDS[event["kind"]] | act).told == "dropped kept"
        found[name] = capture.lead(payload_of(submission), id=name, trusted=True)
    return found


def lead(name: str) -> Lead:
    return told()[name].lead


@pytest.mark.parametrize("name", ORDER)
def test_each_becomes_what_the_design_says(name: str) -> None:
    captured, expected = told()[name].captured, golden_lead(name)["expect"]["capture"]
    assert captured.outcome in expected["outcome"]
    assert captured.stitched == expected.get("stitched_events", 0)
    if "incomplete" in expected:
        assert captured.incomplete == tuple(expected["incomplete"])
    assert captured.lead.stage == expected.get("stage", "captured")
    if "lead_type" in expected:
        assert (captured.lead.type, captured.lead.segment) == (expected["lead_type"], expected["source_segment"])


def told_consent(name: str) -> list[tuple[ConsentPurpose, ConsentChannel, str]]:
    """What the golden file says in the form `respond.email: granted(pre_contract)`."""
    found: list[tuple[ConsentPurpose, ConsentChannel, str]] = []
    for subject, state in (golden_lead(name)["expect"].get("consent") or {}).items():
        purpose, _, channel = subject.partition(".")
        if purpose in ("respond", "marketing") and channel:
            found.append((purpose, channel, state.partition(" (")[0]))
    return found


@pytest.mark.parametrize("name", [name for name in ORDER if told_consent(name)])
def test_each_has_the_consent_the_design_says(name: str) -> None:
    one = lead(name)
    for purpose, channel, expected in told_consent(name):
        address = one.email if channel == "email" else one.phone
        record = record_of(one, purpose, channel, address)
        basis = f"({record.basis})" if record and record.basis and "(" in expected else ""
        assert state_of(one.consent, purpose, channel, address) + basis == expected, f"{purpose}.{channel}"


def record_of(one: Lead, purpose: str, channel: str, address: str | None) -> ConsentRecord | None:
    same = (r for r in one.consent if (r.purpose, r.channel, r.address) == (purpose, channel, address))
    return next(same, None)


def test_g1_brings_its_anonymous_history() -> None:
    captured = told()["G1"].captured
    assert [(a.kind, a.tag) for a in captured.acts] == [("page.viewed", "pricing")] * 4 + [("content.downloaded", None)]
    assert [a.id for a in told()["G1"].acts[1:]] == [a.id for a in captured.acts[:4]], "told as facts, too"
    assert {a.origin for a in captured.acts} == {captured.lead_id}


def test_g7_is_the_person_of_g2_and_changes_nothing() -> None:
    first, second = told()["G2"].captured, told()["G7"].captured
    assert (second.lead_id, second.match, second.revision) == (first.lead_id, "email", 2)
    assert second.fields_changed == () and second.lead == first.lead
    assert [r.type for r in second.requests] == ["demo_request", "pricing_inquiry"]
    assert second.requests[1].start - second.requests[0].start == timedelta(minutes=3)


def test_g9_starts_when_the_webinar_ended_not_when_the_list_was_read() -> None:
    (request,) = told()["G9"].captured.requests
    assert request.start == instant("2026-03-11T19:00:00Z")
    assert request.received_at == instant("2026-03-11T20:30:00Z")


def test_every_request_and_its_act_have_one_id() -> None:
    for one in told().values():
        newest = max(one.captured.requests, key=lambda r: r.start)
        assert one.acts[0].id == newest.id
        assert one.acts[0].request_type == newest.type


def test_phones_are_read_in_the_region_of_the_country() -> None:
    assert lead("G2").phone == "+442079460018"
    assert lead("G3").phone == "+12125550142"


def test_the_clock_of_the_golden_file_is_utc() -> None:
    assert instant("2026-03-12T15:00:00Z") == datetime.fromisoformat("2026-03-12T15:00:00+00:00")
