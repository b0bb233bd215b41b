"""Personal values are replaced wherever the schemas mark them, and wherever the schemas do not know better."""

import json
from datetime import UTC, datetime
from uuid import UUID

from leadline_runtime.masking import MASK, masked
from leadline_schemas.captured import LeadCaptured
from leadline_schemas.codec import encode_model
from leadline_schemas.consent import ConsentRecord
from leadline_schemas.event import Model
from leadline_schemas.lead import Alternate, ExternalId, Lead, PersonRef
from leadline_schemas.received import Authentication, LeadReceived
from leadline_schemas.scored import Dimension

CANARY = "canary"


def as_json(model: Model) -> dict[str, object]:
    found: dict[str, object] = json.loads(encode_model(model))
    return found


def test_every_personal_value_of_a_lead_is_replaced_and_the_rest_stays() -> None:
    at = datetime(2026, 3, 10, tzinfo=UTC)
    consent = ConsentRecord(purpose="respond", channel="email", address=CANARY, state="granted", since=at)
    lead = Lead(
        name=CANARY, email=CANARY, emails=(CANARY, CANARY), message=CANARY, extra={"note": CANARY}, country="DE",
        referrer=PersonRef(email=CANARY), external_ids=(ExternalId(system="crm", id=CANARY),), consent=(consent,),
        employees=400,
    )  # fmt: skip
    shown = masked(Lead, as_json(lead))
    assert CANARY not in json.dumps(shown)
    assert (shown["country"], shown["employees"], shown["external_ids"][0]["system"]) == ("DE", 400, "crm")
    assert (shown["name"], shown["extra"], shown["emails"]) == (MASK, {"note": MASK}, [MASK, MASK])
    assert shown["consent"][0]["state"] == "granted"


def test_a_submission_shows_how_it_came_and_not_what_it_says() -> None:
    received = LeadReceived(
        submission_id=UUID(int=1), way="leads", source="website", received_at=datetime(2026, 3, 10, tzinfo=UTC),
        authentication=Authentication(method="api_key", key_id="k1"), content_type="application/json",
        body=CANARY, body_sha256="0", query={"email": CANARY}, remote_address=CANARY,
    )  # fmt: skip
    shown = masked(LeadReceived, as_json(received))
    assert CANARY not in json.dumps(shown)
    assert shown["authentication"]["key_id"] == "k1"


def test_a_field_that_only_a_newer_writer_knows_is_replaced() -> None:
    assert masked(Lead, {"nickname": CANARY, "more": {"deep": [CANARY, None, True]}}) == {
        "nickname": MASK,
        "more": {"deep": [MASK, None, True]},
    }


def test_a_part_that_is_no_model_of_its_own_is_held_to_its_fields_too() -> None:
    part = {"event": "7d2e", "rule": "intent.web.click", "why": "over 1 per day", "nickname": CANARY}
    points = dict.fromkeys(("value", "known", "positives", "after_cap", "penalties"), "0.000")
    shown = masked(Dimension, {**points, "not_counted": [part]})
    assert shown == {**points, "not_counted": [{**part, "nickname": MASK}]}


def test_an_absent_value_stays_absent() -> None:
    assert masked(Alternate, {"field": "name", "value": None}) == {"field": "name", "value": None}


def test_what_is_no_object_at_all_is_replaced() -> None:
    assert masked(Lead, CANARY) == MASK


def test_an_explanation_that_quotes_a_personal_value_loses_the_quotation_only() -> None:
    shown = masked(
        LeadCaptured,
        {"lead": {"title": "Head of IT", "company": "Demo"}, "notes": ["title head of IT 15, demo request 30"]},
    )
    assert shown["notes"] == [f"title {MASK} 15, {MASK} request 30"]


def test_a_name_of_ours_stays_even_if_somebody_is_called_like_it() -> None:
    shown = masked(LeadCaptured, {"outcome": "created", "lead": {"name": "created", "type": "demo_request"}})
    assert (shown["outcome"], shown["lead"]["name"]) == ("created", MASK)
