"""What vendors' own fixtures become, and what every source that ships has in common."""

import json
from pathlib import Path
from typing import Any

import pytest

from leadline_capture.core.handshakes import asked_for
from leadline_capture.core.items import surroundings
from leadline_capture.core.mapping import decoded, mapped
from tests.support.shipped_examples import shipped_models
from tests.support.submissions import shipped_sources

PAYLOADS = Path(__file__).parents[2] / "data/payloads"
# The rows of the list of channels, and our own ways in.
CHANNELS = {
    "google_ads", "meta_lead_ads", "linkedin_lead_gen", "hubspot_events", "hubspot_workflow", "typeform", "calendly",
    "intercom", "tracking", "web_to_lead", "pipedrive", "close", "mautic", "twilio_voice", "zoom_webinar",
    "gravity_forms", "contact_form_7", "elementor", "unbounce", "jotform", "webflow", "standard_webhooks",
    "website_form", "inbound_mail",
}  # fmt: skip
SECRET = sorted(name for name, each in shipped_sources().sources.items() if any(one.secret for one in each.proofs))
ASKED = sorted(name for name, each in shipped_sources().sources.items() if each.handshakes)


def become(name: str, file: str, content_type: str = "application/json") -> Any:
    source = shipped_sources().sources[name]
    return mapped(source, decoded(source, (PAYLOADS / file).read_bytes(), content_type), {})


def test_every_channel_of_the_list_ships() -> None:
    assert set(shipped_sources().sources) >= CHANNELS


@pytest.mark.parametrize("name", SECRET)
def test_a_source_that_ships_proves_itself_and_shows_how_in_each_way(name: str) -> None:
    source, examples = shipped_sources().sources[name], shipped_models()[name]
    assert all(proof.kind != "none" and proof.secret for proof in source.proofs)
    shown = [each for each in examples if each.authentic is not None]
    assert len(shown) >= len([one for one in source.proofs if one.kind == "hmac"]) and shown, "found authentic"


@pytest.mark.parametrize("name", ASKED)
def test_a_source_that_ships_shows_how_it_is_tried_by_its_vendor(name: str) -> None:
    assert any(each.gives.answers is not None for each in shipped_models()[name])


def test_a_new_lead_of_intercom() -> None:
    (lead,) = become("intercom", "intercom/contact_lead_created.json").leads
    assert (lead.email, lead.name, lead.phone, lead.profile) == ("shuz@gmail.com", "shuuuuz", None, False)
    assert lead.external_id.id == "6961d897719c606240178da8" and lead.consent == ()


def test_a_message_of_somebody_whose_address_is_empty_is_an_act_and_no_lead() -> None:
    found = become("intercom", "intercom/conversation_user_created.json")
    (act,) = found.activities
    assert found.leads == () and (act.kind, act.direction, act.email) == ("chat.message", "in", None)


def test_intercoms_ping_is_a_handshake() -> None:
    source = shipped_sources().sources["intercom"]
    document = decoded(source, (PAYLOADS / "intercom/ping.json").read_bytes(), "application/json")
    assert asked_for(source.handshakes, "POST", surroundings(document, {})) is not None


def test_jotforms_answers_stand_as_json_inside_a_field() -> None:
    body = (PAYLOADS / "jotform/submission_tutor.multipart").read_bytes()
    boundary = body.split(b"\r\n", 1)[0].removeprefix(b"--").decode()
    kind = f"multipart/form-data; boundary={boundary}"
    (lead,) = become("jotform", "jotform/submission_tutor.multipart", kind).leads
    assert (lead.first_name, lead.last_name, lead.source_detail) == ("Niloth", "P", "Tutor Appointment Form")
    assert lead.extra["subject_for"] == "Math" and "slug" not in lead.extra


def test_a_call_of_twilio() -> None:
    (lead,) = become("twilio_voice", "twilio/voice_in_progress_form.txt", "application/x-www-form-urlencoded").leads
    assert (lead.type, lead.phone, lead.country, lead.city) == ("inbound_call", "4150000000", "US", None)


@pytest.mark.parametrize(
    ("previous", "status", "kinds"),
    [
        ({"status": "open"}, "won", ["deal.won"]),
        ({"status": "open"}, "lost", ["deal.lost"]),
        ({"status": "won"}, "open", ["stage.changed"]),
        ({"status": "open", "stage_id": 2}, "open", ["stage.changed"]),
        ({"status": "open", "stage_id": 1, "title": "x"}, "open", []),
    ],
)
def test_only_what_says_something_of_the_lead_is_an_outcome(previous: Any, status: str, kinds: list[str]) -> None:
    deal = {"id": 1, "status": status, "stage_id": 1, "person_id": 5, "value": "1 200,00"}
    body = {"meta": {"action": "change", "entity": "deal", "timestamp": 1772449200}, "data": deal, "previous": previous}
    source = shipped_sources().sources["pipedrive"]
    found = mapped(source, decoded(source, json.dumps(body).encode(), "application/json"), {})
    assert [act.kind for act in found.activities] == kinds
    assert all(act.amount == "1200" for act in found.activities)
