"""POST /v1/forms/{key}: forms of public pages, by publishable keys, from pages of the key's origins."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from aiohttp import ClientResponse

from leadline_capture.core.mapping import submissions
from tests.support.door import Visitor, made_key, open_door, publishable_key
from tests.support.submissions import NOON, shipped_sources

SITE = "https://www.works.example"
FORM = {"form": "demo", "email": "ada@works.example", "name": "Adä"}
BROWSER = {"Origin": SITE, "Accept": "text/html,*/*;q=0.8", "Sec-Fetch-Mode": "navigate"}
SCRIPT = {"Origin": SITE, "Accept": "*/*", "Sec-Fetch-Mode": "cors"}
KEY, STORED = publishable_key(SITE, "https://shop.example")
OLD, ENDED = publishable_key(SITE, expires_at=NOON)
SIGNED, FOR_SIGNED = publishable_key(SITE, source="google_ads")
LOST, FOR_NOTHING = publishable_key(SITE, source="no_such_source")


@asynccontextmanager
async def opened() -> AsyncIterator[Visitor]:
    async with open_door(extra_keys=[STORED, ENDED, FOR_SIGNED, FOR_NOTHING]) as door:
        yield door


async def answer(
    door: Visitor, data: Any, headers: dict[str, str], key: str = KEY, method: str = "POST"
) -> ClientResponse:
    url = f"{door.url}/v1/forms/{key}"
    async with door.session.request(method, url, data=data, headers=headers, allow_redirects=False) as response:
        await response.read()
        return response


async def test_a_plain_form_of_an_allowed_page_is_taken_in_and_thanked() -> None:
    async with opened() as door:
        told = await answer(door, FORM, BROWSER)
        assert told.status == 202 and told.content_type == "text/html" and "Thank you" in await told.text()
        assert "default-src 'none'" in told.headers["Content-Security-Policy"]
        received = door.taken
        assert (received.way, received.source) == ("source", "website_form")
        assert received.authentication.method == "none" and received.authentication.key_id == STORED.id
        assert not received.authentication.trusted
        assert received.from_browser
        (lead,) = submissions(received, shipped_sources()).leads
        assert (lead.type, lead.name) == ("demo_request", "Adä")
        assert door.counted("leadline_submissions_accepted_total", source="website_form") == 1
        assert door.counted("leadline_http_requests_total", route="/v1/forms/{key}", status="202") == 1


@pytest.mark.parametrize(
    ("page", "status"),
    [(f"{SITE}/thanks", 303), ("https://shop.example", 303), ("https://evil.example/", 202), ("/thanks", 202)],
)
async def test_a_form_goes_on_to_pages_of_its_key_alone(page: str, status: int) -> None:
    async with opened() as door:
        told = await answer(door, {**FORM, "return_to": page}, BROWSER)
        assert told.status == status and told.headers.get("Location") == (page if status == 303 else None)
        assert len(door.log.written) == 1


async def test_a_key_may_name_its_pages() -> None:
    text, key = publishable_key(SITE, pages=(f"{SITE}/thanks",))
    async with open_door(extra_keys=[key]) as door:
        for page, status in ((f"{SITE}/thanks/demo", 303), (f"{SITE}/", 202)):
            assert (await answer(door, {**FORM, "return_to": page}, BROWSER, text)).status == status


@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "application/json", "multipart/form-data; boundary=B"]
)
async def test_a_script_is_answered_in_json_whatever_it_sends(kind: str) -> None:
    parts = "".join(f'--B\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in FORM.items())
    bodies = {
        "a": urlencode({**FORM, "return_to": SITE}),
        "application/json": json.dumps(FORM),
        "m": f"{parts}--B--\r\n",
    }
    body = bodies.get(kind, bodies["m" if "multipart" in kind else "a"])
    async with opened() as door:
        told = await answer(door, body.encode(), {**SCRIPT, "Content-Type": kind})
        assert told.status == 202 and (await told.json())["status"] == "accepted"
        assert told.headers["Access-Control-Allow-Origin"] == SITE
        assert "Access-Control-Allow-Credentials" not in told.headers
        (lead,) = submissions(door.taken, shipped_sources()).leads
        assert (lead.type, lead.email, lead.name) == ("demo_request", "ada@works.example", "Adä")


async def test_a_preflight_allows_the_origins_of_the_key_to_post_and_no_more() -> None:
    asks = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    async with opened() as door:
        told = await answer(door, None, {"Origin": SITE, **asks}, method="OPTIONS")
        assert told.status == 204
        assert told.headers["Access-Control-Allow-Origin"] == SITE and told.headers["Vary"] == "Origin"
        assert told.headers["Access-Control-Allow-Methods"] == "POST"
        assert "content-type" in told.headers["Access-Control-Allow-Headers"].lower()
        assert int(told.headers["Access-Control-Max-Age"]) <= 600
        assert "Access-Control-Allow-Credentials" not in told.headers


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": "http://www.works.example"}, {},
     {"Origin": f"{SITE}:8443"}, {"Origin": f"{SITE}.evil.example"}, {"Referer": "https://evil.example/"},
     {"Origin": "null", "Referer": f"{SITE}/demo"}],
)  # fmt: skip
@pytest.mark.parametrize("method", ["POST", "OPTIONS"])
async def test_any_other_page_is_refused_and_cannot_read_why(headers: dict[str, str], method: str) -> None:
    async with opened() as door:
        told = await answer(door, FORM, headers, method=method)
        assert told.status == 403 and (await told.json())["code"] == "forbidden_origin"
        assert "Access-Control-Allow-Origin" not in told.headers and told.headers["Vary"] == "Origin"
        assert door.log.written == []


async def test_a_page_that_sends_no_origin_is_known_by_its_referrer() -> None:
    async with opened() as door:
        told = await answer(door, FORM, {"Referer": f"{SITE}/demo?x=1"})
        assert told.status == 202 and "Access-Control-Allow-Origin" not in told.headers


async def test_a_page_can_read_what_was_wrong() -> None:
    async with opened() as door:
        told = await answer(door, b"{", {**SCRIPT, "Content-Type": "application/json"})
        assert told.status == 400 and told.headers["Access-Control-Allow-Origin"] == SITE
        door.log.away = True
        told = await answer(door, FORM, SCRIPT)
        assert told.status == 503 and told.headers["Access-Control-Allow-Origin"] == SITE
        assert "Retry-After" in told.headers["Access-Control-Expose-Headers"]


async def test_a_page_can_read_an_answer_that_was_given_before_its_form_was_looked_at() -> None:
    async with opened() as door:
        told = await answer(door, None, SCRIPT, method="PUT")
        assert told.status == 405 and told.headers["Access-Control-Allow-Origin"] == SITE
        told = await answer(door, None, {**SCRIPT, "Origin": "https://evil.example"}, method="PUT")
        assert "Access-Control-Allow-Origin" not in told.headers and told.headers["Vary"] == "Origin"


KEYS = {
    "none": "",
    "nobody's": "lp_nobody_x",
    "cut": KEY[:-1],
    "ended": OLD,
    "of a source that signs": SIGNED,
    "lost": LOST,
}


@pytest.mark.parametrize(
    ("key", "status", "code"),
    [("none", 404, "unknown_key"), ("nobody's", 404, "unknown_key"), ("cut", 404, "unknown_key"),
     ("ended", 404, "unknown_key"), ("of a source that signs", 403, "forbidden"),
     ("lost", 503, "source_not_configured")],
)  # fmt: skip
async def test_a_key_that_does_not_open(key: str, status: int, code: str) -> None:
    async with opened() as door:
        told = await answer(door, FORM, BROWSER, KEYS[key])
        assert (told.status, (await told.json())["code"]) == (status, code) and door.log.written == []


async def test_secret_and_publishable_keys_never_open_the_others_door() -> None:
    secret, stored = made_key(scopes=frozenset({"admin"}), origins=(SITE,))
    async with open_door(extra_keys=[STORED, stored]) as door:
        for text in (secret, secret.replace("ll_", "lp_")):
            told = await answer(door, FORM, BROWSER, text)
            assert told.status in (403, 404) and secret not in await told.text()
        for text in (KEY, KEY.replace("lp_", "ll_")):
            status, _ = await door.post("/v1/leads", FORM, headers={"Authorization": f"Bearer {text}"})
            assert status == 401
        assert door.log.written == []


async def test_a_key_that_has_ended_is_refused_from_that_moment_on() -> None:
    now = NOON - timedelta(seconds=1)
    async with open_door(clock=lambda: now, extra_keys=[ENDED]) as door:
        assert (await answer(door, FORM, BROWSER, OLD)).status == 202
        now = NOON
        assert (await answer(door, FORM, BROWSER, OLD)).status == 404


async def test_only_post_and_the_preflight_are_known() -> None:
    async with opened() as door:
        told = await answer(door, None, BROWSER, method="GET")
        assert told.status == 405 and told.headers["Allow"] == "POST, OPTIONS"


SALESFORCE = {
    "oid": "00D000000000062",
    "retURL": f"{SITE}/thanks",
    "debug": "1",
    "first_name": "Ann",
    "last_name": "Lee",
    "email": "ann@works.example",
    "00N000000000123": "blue",
}


async def test_a_web_to_lead_form_needs_nothing_but_another_address() -> None:
    text, key = publishable_key(SITE, source="web_to_lead")
    async with open_door(extra_keys=[key]) as door:
        where = f"{text}?encoding=UTF-8"
        clicks = [await answer(door, SALESFORCE, BROWSER, where) for _ in range(2)]
        assert {(told.status, told.headers["Location"]) for told in clicks} == {(303, f"{SITE}/thanks")}
        first, second = (received for _, received, _ in door.log.written)
        assert first.submission_id == second.submission_id, "a double click"
        (lead,) = submissions(first, shipped_sources()).leads
        assert (lead.first_name, lead.last_name, lead.email) == ("Ann", "Lee", "ann@works.example")
        assert lead.extra == {"00N000000000123": "blue"}


async def test_a_source_for_publishable_keys_has_no_other_way_in() -> None:
    async with open_door() as door:
        status, told = await door.post("/v1/sources/web_to_lead", data=SALESFORCE, headers={"Authorization": None})
        assert status == 401 and "/v1/forms/" in told["detail"]
