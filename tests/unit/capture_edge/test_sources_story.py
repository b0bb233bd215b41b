"""From a vendor's request to the lead it becomes: the door and the step together."""

import base64
import hmac
import json
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from leadline_runtime.consumed import Consumed
from leadline_schemas.codec import encode_model
from leadline_schemas.topics import LEAD_RECEIVED
from tests.support.door import Visitor, open_door
from tests.support.shipped_examples import sent, shipped_models
from tests.unit.capture.story import Capture, Told

AT = datetime(2026, 3, 2, 11, tzinfo=UTC)
SECRETS = {
    "calendly": ("signing-key",), "intercom": ("client-secret",), "pipedrive": ("pipe:pass",),
    "mautic": ("mautic-secret",), "webflow_url": ("hush",),
    "zoom": ("zoom-secret",),
}  # fmt: skip
BASIC = {"Authorization": "Basic cGlwZTpwYXNz"}


@asynccontextmanager
async def vendor() -> Any:
    """A door whose sources have secrets, at the time at which the examples were signed."""
    async with open_door(clock=lambda: AT, source_secrets=SECRETS) as door:
        yield door


async def posted(door: Visitor, path: str, body: bytes | Any, **headers: str | None) -> list[Consumed]:
    """The records that a request becomes."""
    before = len(door.log.written)
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    given = {"Authorization": None, "Content-Type": "application/json", **headers}
    status, told = await door.post(f"/v1/sources/{path}", data=raw, headers=given)
    assert status == (200 if path == "zoom_webinar" else 202), told
    return [
        Consumed(
            LEAD_RECEIVED.name, 0, before + number, key, encode_model(received),
            (("ce_type", b"leadline.lead.received"), ("ce_id", str(received.submission_id).encode())),
        )
        for number, (key, received, _) in enumerate(door.log.written[before:])
    ]  # fmt: skip


async def shown(door: Visitor, source: str, number: int = 0) -> list[Consumed]:
    """The records that an example of a source becomes, sent with its headers."""
    example = shipped_models()[source][number]
    body, content_type = sent(example)
    headers = cast("dict[str, str | None]", {**example.headers, "Content-Type": content_type})
    return await posted(door, source, body, **headers)


def kinds(told: list[Told]) -> list[str]:
    """Of all acts that were told."""
    return [act.kind for one in told for act in one.acts]


@pytest.mark.parametrize("backwards", [False, True])
async def test_who_books_a_meeting_is_a_lead_with_its_booking_in_either_order(backwards: bool) -> None:
    async with vendor() as door:
        records = await shown(door, "calendly")
        capture = Capture().at(AT)
        told = [one for record in (records[::-1] if backwards else records) for one in capture.batch(record)]
        assert len(capture.order) == 1 and "meeting.booked" in kinds(told)
        assert "ada@works.example" in capture.body("L1").emails


async def test_a_delivery_that_is_tried_again_changes_nothing_though_its_counter_does() -> None:
    async with vendor() as door:
        contact = dict(shipped_models()["intercom"][1].json_)
        capture = Capture().at(AT)
        for attempt, wanted in ((1, "emitted"), (2, "duplicate")):
            body = json.dumps({**contact, "delivery_attempts": attempt}).encode()
            (record,) = await posted(door, "intercom", body, **{"X-Hub-Signature": signature(body)})
            (told,) = capture.batch(record)
            assert told.outcome.kind == wanted
        item = {**contact["data"]["item"], "email": "other@works.example"}
        body = json.dumps({**contact, "data": {"item": item}}).encode()
        (record,) = await posted(door, "intercom", body, **{"X-Hub-Signature": signature(body)})
        (told,) = capture.batch(record)
        assert "submission_id_reused" in told.failure, "other content under its id is never lost unseen"


def signature(body: bytes) -> str:
    """As Intercom signs."""
    return "sha1=" + hmac.digest(b"client-secret", body, "sha1").hex()


async def test_a_deal_won_is_told_of_the_person_whose_id_it_names() -> None:
    async with vendor() as door:
        capture = Capture().at(AT)
        capture.batch(*await shown(door, "pipedrive"))
        deal = shipped_models()["pipedrive"][2].json_
        told = capture.batch(*await posted(door, "pipedrive", deal, **BASIC))
        (won,) = [act for one in told for act in one.acts]
        assert (won.kind, won.amount, won.currency) == ("deal.won", "1200.5", "EUR") and won.origin == capture.order[0]


def submission(number: int, email: Any) -> dict[str, Any]:
    """A form of Mautic."""
    form = {"id": number, "form": {"alias": "talk"}, "lead": {"id": number}, "results": {"email": email}}
    return {"submission": form}


async def test_people_in_one_body_are_leads_of_their_own_and_an_odd_one_costs_nobody() -> None:
    async with vendor() as door:
        people = [submission(1, "a@works.example"), submission(2, {"odd": 1}), submission(3, "c@works.example")]
        body = json.dumps({"mautic.form_on_submit": people}).encode()
        sign = base64.b64encode(hmac.digest(b"mautic-secret", body, "sha256")).decode()
        records = await posted(door, "mautic", body, **{"Webhook-Signature": sign})
        capture = Capture().at(AT)
        told = capture.batch(*records)
        assert [one.outcome.kind for one in told] == ["emitted"] * 3
        assert [capture.body(f"L{n}").emails for n in (1, 2, 3)] == [("a@works.example",), (), ("c@works.example",)]
        odd = door.log.written[1][1]
        assert "works.example" not in odd.body and '{"odd":1}' in odd.body, "its own part, as it came"


async def test_a_form_by_a_secret_address_cannot_speak_for_somebody() -> None:
    async with vendor() as door:
        (record,) = await posted(door, "webflow/hush", {"payload": {"data": {"email": "a@works.example"}, "id": "7"}})
        capture = Capture().at(AT)
        (told,) = capture.batch(record)
        assert told.lead.external_ids == () and told.outcome.kind == "emitted"


async def test_zoom_is_answered_with_the_one_status_it_takes_for_success() -> None:
    async with vendor() as door:
        capture = Capture().at(AT)
        told = capture.batch(*await shown(door, "zoom_webinar"))
        assert [one.outcome.kind for one in told] == ["emitted", "emitted"] and kinds(told)[-1] == "webinar.registered"


@pytest.mark.parametrize("header", ["", "v1", "v1,", "v1,!!!", "v1AAAA", ",", "v1,é", "v2,AAAA", "v1,AAA", "v1, ,v1"])
async def test_a_malformed_signature_is_a_401(header: str) -> None:
    for secret in ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_!", "plain"):
        async with open_door(clock=lambda: AT, source_secrets={"standard_webhooks": (secret,)}) as door:
            headers = {"Authorization": None, "webhook-id": "m", "webhook-timestamp": str(int(AT.timestamp()))}
            status, told = await door.post(
                "/v1/sources/standard_webhooks", json={}, headers={**headers, "webhook-signature": header}
            )
            assert (status, told["code"]) == (401, "unauthorized")
