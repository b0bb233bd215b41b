"""POST /v1/sources/{source}: who may send, what is taken in, and that it is stored untouched."""

import base64
import hmac
import json
from typing import Any

import pytest

from leadline_capture.core.bodies import raw_body
from leadline_capture.core.mapping import submissions
from leadline_schemas.ids import submission_id_of_key
from tests.support.door import Visitor, open_door
from tests.support.submissions import shipped_sources

JSON = {"Content-Type": "application/json"}
GOOGLE = {
    "lead_id": "lead-1",
    "google_key": "google-key",
    "user_column_data": [{"column_id": "EMAIL", "string_value": "ada@works.example"}],
}
TYPEFORM = {"form_response": {"token": "tok-1", "answers": [{"type": "email", "email": "ada@works.example"}]}}


async def send(door: Visitor, source: str, body: bytes | Any, **headers: str) -> tuple[int, Any]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return await door.post(f"/v1/sources/{source}", data=raw, headers={"Authorization": None, **JSON, **headers})


def signed(body: Any, secret: str) -> dict[str, str]:
    digest = hmac.digest(secret.encode(), json.dumps(body).encode(), "sha256")
    return {"Typeform-Signature": f"sha256={base64.b64encode(digest).decode()}"}


async def test_google_proves_itself_by_the_key_in_its_body() -> None:
    async with open_door() as door:
        status, told = await send(door, "google_ads", GOOGLE)
        assert status == 202
        assert told["submission_id"] == str(submission_id_of_key("google_ads", "lead-1"))
        received = door.taken
        assert (received.way, received.source, received.body) == ("source", "google_ads", json.dumps(GOOGLE))
        assert received.authentication.method == "token" and received.authentication.trusted
        assert submissions(received, shipped_sources()).leads[0].email == "ada@works.example"


@pytest.mark.parametrize("key", [None, "", "wrong", 5, ["google-key", "x"], {"a": 1}, "google-key "[:-2]])
async def test_any_other_key_is_refused(key: Any) -> None:
    async with open_door() as door:
        status, told = await send(door, "google_ads", {**GOOGLE, "google_key": key})
        assert (status, told["code"]) == (401, "unauthorized") and door.log.written == []
        refused = door.counted("leadline_submissions_refused_total", source="google_ads", reason="unauthorized")
        assert refused == 1


async def test_googles_test_leads_are_each_a_submission_of_their_own() -> None:
    async with open_door() as door:
        _, one = await send(door, "google_ads", {**GOOGLE, "is_test": True})
        _, two = await send(door, "google_ads", {**GOOGLE, "is_test": True})
        assert one["submission_id"] != two["submission_id"]


async def test_typeform_proves_itself_by_a_signature_while_its_secret_is_changed() -> None:
    async with open_door() as door:
        assert (await send(door, "typeform", TYPEFORM, **signed(TYPEFORM, "secret")))[0] == 202
        assert (await send(door, "typeform", TYPEFORM, **signed(TYPEFORM, "old-secret")))[0] == 202
        first, second = (received for _, received, _ in door.log.written)
        assert first.submission_id == second.submission_id == submission_id_of_key("typeform", "tok-1")
        assert first.authentication.method == "hmac"


@pytest.mark.parametrize("headers", [{}, {"Typeform-Signature": "sha256=AAAA"}, {"Typeform-Signature": "é"}])
async def test_a_wrong_signature_is_refused(headers: dict[str, str]) -> None:
    async with open_door() as door:
        assert (await send(door, "typeform", TYPEFORM, **headers))[0] == 401
        assert (await send(door, "typeform", TYPEFORM, **signed({}, "secret")))[0] == 401


async def test_a_source_without_a_secret_says_not_now_so_that_nothing_is_lost() -> None:
    async with open_door(source_secrets={}) as door:
        status, told = await send(door, "google_ads", GOOGLE)
        assert (status, told["code"]) == (503, "source_not_configured")


@pytest.mark.parametrize("multipart", [False, True])
async def test_a_page_posts_its_form(multipart: bool) -> None:
    async with open_door() as door:
        fields = {"form": "demo", "email": "ada@works.example", "name": "Adä"}
        body: Any = fields
        if multipart:
            body = b"".join(
                f'--BB\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
                for name, value in fields.items()
            )
            body += b"--BB--\r\n"
        kind = {"Content-Type": "multipart/form-data; boundary=BB"} if multipart else {}
        status, _ = await door.post("/v1/sources/website_form", data=body, headers={"Authorization": None, **kind})
        assert status == 202
        assert door.taken.authentication.method == "none" and not door.taken.authentication.trusted
        (lead,) = submissions(door.taken, shipped_sources()).leads
        assert (lead.type, lead.name) == ("demo_request", "Adä")


async def test_bytes_that_are_no_text_are_kept_as_they_came() -> None:
    async with open_door() as door:
        body = b"first_name=Ren\xe9e"
        await send(door, "website_form", body, **{"Content-Type": "application/x-www-form-urlencoded"})
        assert door.taken.body_encoding == "base64" and raw_body(door.taken) == body


async def test_the_query_is_kept() -> None:
    async with open_door() as door:
        form = {"Authorization": None, "Content-Type": "application/x-www-form-urlencoded"}
        await door.post("/v1/sources/website_form?page=a%20b&page=c&x", data=b"a=1", headers=form)
        assert door.taken.query == {"page": "a b", "x": ""}


async def test_what_a_vendor_sends_oddly_is_taken_in_and_judged_later() -> None:
    async with open_door() as door:
        odd = b'{"google_key": "google-key", "a": NaN, "a": "\\u0000\\ud800", "n": ' + b"9" * 400 + b"}"
        assert (await send(door, "google_ads", odd))[0] == 202
        assert door.taken.body.encode() == odd


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 1000])
async def test_what_is_not_what_it_says_it_is_is_refused(body: bytes) -> None:
    async with open_door() as door:
        status, told = await send(door, "google_ads", body)
        assert (status, told["code"]) == (400, "not_readable")


@pytest.mark.parametrize("name", ["nope", "", "google_ads/more", "google%5Fads%2F", "GOOGLE_ADS"])
async def test_a_source_nobody_declared_is_not_there(name: str) -> None:
    async with open_door() as door:
        status, told = await send(door, name, GOOGLE)
        assert status == 404 and told["code"] in ("unknown_source", "not_found")


async def test_a_type_a_source_does_not_send_is_refused() -> None:
    async with open_door() as door:
        assert (await send(door, "google_ads", GOOGLE, **{"Content-Type": "text/xml"}))[0] == 415
