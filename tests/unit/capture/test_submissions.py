"""What becomes of a submission: repeats, reused ids, what cannot be read, what is kept apart."""

from typing import Any

import pytest

from tests.unit.capture.story import MINUTE, NOW, Capture


def test_a_repeated_submission_changes_nothing() -> None:
    capture = Capture()
    first = capture.lead({"email": "ann@x.example"}, id="1")
    before = dict(capture.leads.rows)
    again = capture.at(NOW + MINUTE).lead({"email": "ann@x.example"}, id="1")
    assert (first.told, again.told, again.events) == ("emitted", "duplicate", [])
    assert capture.leads.rows == before


def test_a_repeat_in_the_same_batch_changes_nothing_either() -> None:
    capture = Capture()
    payload = {"email": "ann@x.example"}
    told = capture.batch(capture.received(payload, id="1"), capture.received(payload, id="1"))
    assert [one.told for one in told] == ["emitted", "duplicate"]


def test_another_body_under_the_same_id_is_refused() -> None:
    capture = Capture()
    capture.lead({"email": "ann@x.example"}, id="1")
    told = capture.lead({"email": "bob@x.example"}, id="1")
    assert told.told == "rejected submission_id_reused"
    assert "bob" not in told.failure


def test_test_submissions_may_share_an_id() -> None:
    capture = Capture()
    capture.lead({"email": "ann@x.example", "test": True}, id="1")
    assert capture.lead({"email": "bob@x.example", "test": True}, id="1").told == "duplicate"


@pytest.mark.parametrize("body", ["{not json", "[]", "7", '"text"'])
def test_a_body_that_is_no_lead_is_refused_and_delays_nobody(body: str) -> None:
    capture = Capture()
    broken, good = capture.batch(capture.received(body), capture.received({"email": "ann@x.example"}))
    assert broken.outcome.kind == "rejected" and broken.outcome.reason == "body_undecodable"
    assert good.told == "emitted"


def test_a_refused_id_is_not_remembered() -> None:
    capture = Capture()
    capture.lead("{not json", id="1")
    assert capture.lead({"email": "ann@x.example"}, id="1").told == "emitted"


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        ({"email": "ann@x.example", "test": True}, "test"),
        ({"email": "ann@x.example", "honeypot": "http://buy"}, "spam_honeypot"),
        ({"email": "ann@mail.spam.example"}, "spam_domain"),
        ({"name": "Ann Lee"}, "no_contact"),
        ({"email": "ann at x"}, "no_contact"),
    ],
)
def test_what_is_kept_apart_says_why_and_is_joined_to_nobody(payload: dict[str, Any], reason: str) -> None:
    capture = Capture()
    known = capture.lead({"email": "ann@x.example"}).captured
    told = capture.lead(payload)
    assert (told.captured.outcome, told.captured.quarantine and told.captured.quarantine.reason) == (
        "quarantined",
        reason,
    )
    assert told.captured.lead_id != known.lead_id and told.acts == []
    assert told.lead.stage == ("raw" if reason == "no_contact" else "captured")
    assert len(told.captured.acts) == 1, "its act waits in the snapshot for a release"
    assert capture.lead({"email": "ann@x.example"}).captured.lead_id == known.lead_id


def test_what_cannot_be_read_is_kept_as_given() -> None:
    told = Capture().lead(
        {
            "email": "ann@x.example",
            "phone": "call me",
            "country": "Middle-earth",
            "state": "Shire",
            "timeline": "one day",
        }
    )
    assert told.captured.notes == (
        "country_not_readable", "phone_not_readable", "state_not_readable", "timeline_not_readable",
    )  # fmt: skip
    assert told.lead.extra == {
        "country_as_given": "Middle-earth", "phone_as_given": "call me", "state_as_given": "Shire",
        "timeline_as_given": "one day",
    }  # fmt: skip
    assert (told.lead.phone, told.lead.country) == (None, None)


def test_the_same_input_gives_the_same_bytes() -> None:
    def run() -> list[bytes]:
        capture = Capture()
        payload = {"type": "demo_request", "email": "ann@x.example", "phone": "+12125550101", "name": "Ann Lee"}
        told = [capture.lead(payload, id="1"), capture.lead({**payload, "title": "CFO"}, id="2")]
        return [event.model_dump_json().encode() for one in told for event in one.events]

    assert run() == run()


def test_the_event_says_what_it_was_decided_on() -> None:
    told = Capture().lead({"email": "ann@x.example"}, id="1").captured
    assert (told.basis.decided_at, told.basis.cause_kind, told.basis.revision_before) == (NOW, "record", 0)
    assert told.basis.rules.digest and told.basis.position is not None
