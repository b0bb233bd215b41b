"""POST /v1/leads and /v1/activities: what a sender is told, and what goes into the log."""

import hashlib
import json
from typing import Any
from uuid import UUID

import pytest

from leadline_schemas.ids import submission_id_of_key
from tests.support.door import made_key, open_door
from tests.support.submissions import NOON

LEAD = {"email": "ada@works.example", "type": "demo_request", "historical": True}


async def test_a_lead_is_taken_in_untouched_and_its_id_is_told() -> None:
    async with open_door() as door:
        body = '{ "email":"ada@works.example",  "name":"Ad\u00e4" }'
        status, told = await door.post("/v1/leads", data=body.encode(), headers={"Content-Type": "application/json"})
        assert status == 202 and told["status"] == "accepted"
        ((key, received, headers),) = door.log.written
        assert key.decode() == told["submission_id"] == str(received.submission_id)
        assert received.body == body and received.body_encoding == "text"
        assert received.body_sha256 == hashlib.sha256(body.encode()).hexdigest()
        assert (received.way, received.source, received.received_at) == ("leads", "website", NOON)
        assert received.authentication.method == "api_key" and not received.authentication.trusted
        assert received.remote_address == "127.0.0.1"
        assert headers["ce_id"] == key and headers["ce_type"] == b"leadline.lead.received"
        assert headers["ce_source"] == b"/leadline/capture/edge" and headers["ce_specversion"] == b"1.0"
        assert headers["ce_time"] == b"2026-03-03T12:00:00Z" and headers["content-type"] == b"application/json"
        assert door.counted("leadline_submissions_accepted_total", source="website") == 1
        assert door.counted("leadline_http_requests_total", route="/v1/leads", status="202") == 1


async def test_a_trace_is_passed_on_or_made() -> None:
    async with open_door() as door:
        trace = "0af7651916cd43dd8448eb211c80319c"
        await door.post("/v1/leads", LEAD, headers={"traceparent": f"00-{trace}-b7ad6b7169203331-01"})
        await door.post("/v1/leads", LEAD, headers={"traceparent": f"00-{'0' * 32}-b7ad6b7169203331-01"})
        passed, made = (headers["traceparent"].decode().split("-")[1] for _, _, headers in door.log.written)
        assert passed == trace
        assert made == door.log.written[1][1].submission_id.hex


async def test_historical_is_told_to_whoever_reads_only_the_envelope() -> None:
    async with open_door() as door:
        await door.post("/v1/leads", LEAD)
        assert door.taken.historical


async def test_all_faults_are_named_at_once_and_no_value_is_repeated() -> None:
    async with open_door() as door:
        status, told = await door.post(
            "/v1/leads",
            {
                "email": "canary at quill",
                "type": "canary_type",
                "occurred_at": "2026-03-01T10:00:00",
                "consent": [{"purpose": "marketing"}],
                "emial": "canary@quill.example",
                "canary@quill.example": 1,
                "+1 212 555 0142": 1,
                "name": "x" * 201,
                "employees": 2**70,
                "extra": {"a": 5},
            },
        )
        assert status == 422
        assert (told["type"], told["code"], told["status"]) == ("urn:leadline:problem:invalid", "invalid", 422)
        assert {each["path"] for each in told["errors"]} == {
            "email", "type", "occurred_at", "consent[0].state", "emial", "?", "name", "employees", "extra.a",
        }  # fmt: skip
        assert {"path": "emial", "problem": "is not a known field"} in told["errors"]
        assert {"path": "email", "problem": "is not an e-mail address"} in told["errors"]
        assert {"path": "name", "problem": "is longer than 200 characters"} in told["errors"]
        assert "anary" not in json.dumps(told) and "555" not in json.dumps(told)
        assert door.log.written == []
        assert door.counted("leadline_submissions_refused_total", source="website", reason="invalid") == 1


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "not json"),
        (b"{", "not json"),
        (b'{"employees": NaN}', "not json"),
        (b'{"email": "a@b.example", "email": "c@d.example"}', "duplicate key"),
        (b'{"name": "\\ud83d"}', "bad character"),
        (b"[" * 1000, "too deep"),
        (b'{"employees": ' + b"9" * 5000 + b"}", "number too large"),
        (b'{"name": "\xff"}', "not text"),
        (b'{"a": "\x00"}', "not json"),
    ],
)
async def test_what_is_no_good_json_is_refused_with_its_reason(body: bytes, code: str) -> None:
    async with open_door() as door:
        status, told = await door.post("/v1/leads", data=body, headers={"Content-Type": "application/json"})
        assert (status, told["code"]) == (400, "not_readable")
        assert told["errors"][0]["problem"] == code


@pytest.mark.parametrize(
    "body",
    [
        {"name": "a\x00b"},
        {"name": "a\u202eb"},
        {"email": 10**20},
        {"employees": 10**20},
        {"email": "a@b.example\x00"},
        [],
        [LEAD],
        None,
        "text",
        5,
        {"id": ""},
    ],
)
async def test_what_does_not_fit_the_schema_is_refused(body: Any) -> None:
    async with open_door() as door:
        status, told = await door.post(
            "/v1/leads", data=json.dumps(body).encode(), headers={"Content-Type": "application/json"}
        )
        assert (status, told["code"]) == (422, "invalid")
        assert len(told["errors"]) >= 1


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", None, "json", ""])
async def test_only_json_is_taken(content_type: str | None) -> None:
    async with open_door() as door:
        declared = "" if content_type is None else f"Content-Type: {content_type}\r\n"
        request = f"POST /v1/leads HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {door.key}\r\n"
        request += f"{declared}Content-Length: 2\r\nConnection: close\r\n\r\n"
        assert b" 415 " in (await door.raw(request.encode() + b"{}")).split(b"\r\n")[0]


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "APPLICATION/JSON", "application/ld+json"])
async def test_json_by_any_name_is_taken(content_type: str) -> None:
    async with open_door() as door:
        status, _ = await door.post("/v1/leads", data=b"{}", headers={"Content-Type": content_type})
        assert status == 202


async def test_the_same_key_and_body_is_the_same_submission_and_another_body_is_refused() -> None:
    async with open_door() as door:
        named = {"headers": {"Idempotency-Key": "order-7"}}
        first = await door.post("/v1/leads", {**LEAD, "id": "own"}, **named)
        again = await door.post("/v1/leads", {**LEAD, "id": "own"}, **named)
        other = await door.post("/v1/leads", {**LEAD, "name": "B"}, **named)
        assert first == again and first[0] == 202
        assert (other[0], other[1]["code"]) == (409, "key_reused")
        key_id = door.key.split("_")[1]
        assert UUID(first[1]["submission_id"]) == submission_id_of_key(key_id, "order-7")
        assert len(door.log.written) == 2, "published again: the first answer may have been lost on its way"


async def test_the_senders_own_id_names_the_submission() -> None:
    async with open_door() as door:
        _, lead = await door.post("/v1/leads", {**LEAD, "id": "4711"})
        _, act = await door.post("/v1/activities", {"kind": "email.sent", "email": "a@works.example", "id": "4711"})
        assert UUID(lead["submission_id"]) == submission_id_of_key("website", "4711")
        assert act["submission_id"] != lead["submission_id"], "a system numbers its leads and its acts apart"


async def test_without_the_database_a_named_submission_waits_and_others_do_not() -> None:
    async with open_door() as door:
        door.memory.away = True
        status, told = await door.post("/v1/leads", LEAD, headers={"Idempotency-Key": "k"})
        assert (status, told["code"]) == (503, "database_away")
        assert (await door.post("/v1/leads", LEAD))[0] == 202


@pytest.mark.parametrize("key", ["", " ", "k" * 256, "ключ"])
async def test_a_malformed_key_is_told(key: str) -> None:
    async with open_door() as door:
        request = f"POST /v1/leads HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {door.key}\r\nContent-Length: 2\r\n"
        more = f"Content-Type: application/json\r\nIdempotency-Key: {key}\r\nConnection: close\r\n\r\n{{}}"
        assert b'"code": "bad_key"' in await door.raw((request + more).encode())


async def test_kafka_away_is_a_503_that_says_when_to_come_again() -> None:
    async with open_door() as door:
        door.log.away = True
        async with door.session.post(
            f"{door.url}/v1/leads", json=LEAD, headers={"Authorization": f"Bearer {door.key}"}
        ) as response:
            told = await response.json(content_type=None)
            assert (response.status, response.headers["Retry-After"], told["code"]) == (503, "1", "not_durable")
        assert door.counted("leadline_submissions_refused_total", source="website", reason="not_durable") == 1


async def test_an_act_is_taken_in_and_an_act_of_nobody_is_refused() -> None:
    async with open_door() as door:
        status, _ = await door.post("/v1/activities", {"kind": "call.attempted", "email": "a@works.example"})
        assert status == 202 and door.taken.way == "activities"
        status, told = await door.post("/v1/activities", {"kind": "call.attempted"})
        assert status == 422 and "give one of lead_id" in told["errors"][0]["problem"]
        status, told = await door.post("/v1/activities", {"email": "a@works.example"})
        assert status == 422 and told["errors"] == [{"path": "kind", "problem": "is required"}]


async def test_a_trusted_key_is_recorded_as_such() -> None:
    text, key = made_key(trusted=True, source="salesforce")
    async with open_door(extra_keys=[key]) as door:
        await door.post("/v1/leads", LEAD, headers={"Authorization": f"Bearer {text}"})
        assert door.taken.authentication.trusted and door.taken.source == "salesforce"
        assert door.taken.authentication.key_id == key.id


async def test_behind_a_proxy_of_ours_the_sender_is_whom_the_proxy_saw() -> None:
    async with open_door(edge_proxies=1) as door:
        await door.post("/v1/leads", LEAD, headers={"X-Forwarded-For": "6.6.6.6, 203.0.113.9"})
        assert door.taken.remote_address == "203.0.113.9"
