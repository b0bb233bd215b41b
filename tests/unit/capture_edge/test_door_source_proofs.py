"""Sources at the door: secret addresses, networks, Basic, several ways at once, GET, and handshakes."""

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest

from leadline_capture.core.mapping import submissions
from leadline_capture.core.sources import SourceRules
from leadline_capture.source_rules import build_sources
from leadline_runtime.rules import RulesError, read_yaml
from tests.support.door import Visitor, open_door
from tests.support.submissions import NOON

SOURCES = """
version: 1
sources:
  by_path: &form
    title: A form plugin
    channel: website_form
    authenticate: {kind: secret_url, secret: forms}
    accepts: [json, urlencoded]
    maps: [{fields: {email: mail, extra: "{key: query().key, place: query().place}"}}]
    examples:
      - name: one
        json: {mail: a@b.example}
        authentic: {secrets: [s3cret], segment: s3cret}
        gives: {leads: [{email: a@b.example}]}
  by_parameter:
    <<: *form
    authenticate: {kind: secret_url, secret: forms, parameter: key}
    accepts: [query, urlencoded]
    examples:
      - name: one
        method: GET
        query: {mail: a@b.example, key: s3cret}
        authentic: {secrets: [s3cret]}
        gives: {leads: [{email: a@b.example}]}
  crm:
    <<: *form
    authenticate: [{kind: basic, secret: crm}, {kind: header_token, secret: crm_token, header: X-Token}]
    addresses: [127.0.0.0/8, 2001:db8::/32]
    examples: [{name: one, json: {mail: a@b.example}, gives: {leads: [{email: a@b.example}]}}]
  ads:
    <<: *form
    authenticate: {kind: hmac, secret: ads, header: X-Sig}
    handshakes:
      - method: GET
        when: query()."hub.mode" == 'subscribe'
        token: query()."hub.verify_token"
        secret: ads_verify
        text: query()."hub.challenge"
      - {method: GET, when: query().challengeCode, secret: ads, json: {code: query().challengeCode, answer: {hmac: query().challengeCode}}}
      - {when: "event == 'validation'", secret: ads, json: {plain: token, encrypted: {hmac: token}}}
      - when: topic == 'ping'
    examples:
      - {name: one, json: {mail: a@b.example}, gives: {leads: [{email: a@b.example}]}}
      - name: the address is tried by a word to repeat
        method: GET
        query: {hub.mode: subscribe, hub.verify_token: v, hub.challenge: "1158201444"}
        authentic: {secrets: [v]}
        gives: {answers: "1158201444"}
"""  # noqa: E501
SECRETS = {
    "forms": ("old", "s3cret"),
    "crm": ("user:pass",),
    "crm_token": ("tok",),
    "ads": ("s",),
    "ads_verify": ("v",),
}


def own() -> SourceRules:
    return build_sources(read_yaml("sources.yaml", SOURCES))


def visit(**settings: Any) -> Any:
    return open_door(sources=own, **{"source_secrets": SECRETS, **settings})


async def post(door: Visitor, path: str, body: Any = None, **headers: str) -> int:
    data = json.dumps({"mail": "a@works.example"} if body is None else body).encode()
    status, _ = await door.post(
        f"/v1/sources/{path}", data=data, headers={"Authorization": None, "Content-Type": "application/json", **headers}
    )
    return status


async def get(door: Visitor, path: str, **parameters: str) -> tuple[int, str, str]:
    async with door.session.get(f"{door.url}/v1/sources/{path}", params=parameters) as response:
        return response.status, await response.text(), response.headers.get("X-Content-Type-Options", "")


async def test_an_address_nobody_can_guess_is_a_secret_in_the_path() -> None:
    async with visit() as door:
        assert await post(door, "by_path/s3cret") == 202
        assert door.taken.authentication.method == "token" and not door.taken.authentication.trusted
        assert await post(door, "by_path/old") == 202, "several are live while one is changed"
        for wrong in ("by_path", "by_path/", "by_path/S3cret", "by_path/s3cret%20"):
            assert await post(door, wrong) == 401
        assert await post(door, "by_path/s3cret/more") == 404
        assert await post(door, "ads/s3cret") == 404, "a source without one has no such address"
        assert not any("s3cret" in str(sample) for metric in door.registry.collect() for sample in metric.samples)


async def test_a_secret_in_the_query_is_neither_stored_nor_shown_to_a_mapping() -> None:
    async with visit() as door:
        form = {"Authorization": None, "Content-Type": "application/x-www-form-urlencoded"}
        path = "/v1/sources/by_parameter?key=s3cret&place=top&key=again"
        assert (await door.post(path, data=b"mail=a%40b.example", headers=form))[0] == 202
        assert door.taken.query == {"place": "top"}
        assert (await door.post(path.replace("s3cret", "x"), data=b"mail=a", headers=form))[0] == 401
        (lead,) = submissions(door.taken, own()).leads
        assert lead.extra == {"place": "top"}


async def test_a_source_that_sends_its_fields_in_the_address() -> None:
    async with visit() as door:
        status, _, _ = await get(door, "by_parameter", mail="ä@works.example", key="s3cret")
        assert status == 202
        assert door.taken.body == "mail=%C3%A4@works.example" and "key" not in door.taken.query
        (lead,) = submissions(door.taken, own()).leads
        assert lead.email == "ä@works.example"
        assert (await get(door, "by_parameter", mail="a@works.example", key="no"))[0] == 401
        assert (await get(door, "by_path/s3cret", mail="a@works.example"))[0] == 405


async def test_one_of_several_ways_is_enough() -> None:
    async with visit() as door:
        pair = base64.b64encode(b"user:pass").decode()
        assert await post(door, "crm", Authorization=f"Basic {pair}") == 202
        assert door.taken.authentication.method == "basic" and door.taken.authentication.trusted
        assert await post(door, "crm", **{"X-Token": "tok"}) == 202
        assert await post(door, "crm", Authorization="Basic !!!") == 401
        assert await post(door, "crm") == 401
    async with visit(source_secrets={"crm_token": ("tok",)}) as door:
        assert await post(door, "crm", **{"X-Token": "tok"}) == 202
        assert await post(door, "crm", Authorization=f"Basic {pair}") == 401
    async with visit(source_secrets={}) as door:
        assert await post(door, "crm") == 503


async def test_a_source_sends_only_from_its_networks_also_behind_a_proxy_of_ours() -> None:
    async with visit(edge_proxies=1) as door:
        token = {"X-Token": "tok"}
        assert await post(door, "crm", **token, **{"X-Forwarded-For": "2001:db8::7"}) == 202
        assert await post(door, "crm", **token, **{"X-Forwarded-For": "127.0.0.1, 198.51.100.7"}) == 403
        assert await post(door, "crm", **token, **{"X-Forwarded-For": "not an address"}) == 403
        assert len(door.log.written) == 1


async def test_the_handshakes_are_answered_and_nothing_is_stored() -> None:
    async with visit() as door:
        hub = {"hub.mode": "subscribe", "hub.verify_token": "v", "hub.challenge": "1158201444"}
        assert await get(door, "ads", **hub) == (200, "1158201444", "nosniff")
        assert (await get(door, "ads", **{**hub, "hub.verify_token": "x"}))[0] == 403
        assert (await get(door, "ads", **{**hub, "hub.challenge": "<script>"}))[0] == 403
        assert (await get(door, "ads", mail="a@b.example"))[0] == 405

        code = "890e4665-4dfe-4ab1-b689-ed553bceeed0"
        status, text, _ = await get(door, "ads", challengeCode=code)
        wanted = hmac.digest(b"s", code.encode(), "sha256").hex()
        assert status == 200 and json.loads(text) == {"code": code, "answer": wanted}

        assert (await signed(door, {"event": "validation", "token": "qgg8"}))[1] == {
            "plain": "qgg8", "encrypted": hmac.digest(b"s", b"qgg8", "sha256").hex(),
        }  # fmt: skip
        assert await signed(door, {"topic": "ping"}) == (200, {})
        assert (await signed(door, {"topic": "ping"}, secret=b"x"))[0] == 401
        assert door.log.written == []
        assert (await signed(door, {"mail": "a@works.example"}))[0] == 202


async def signed(door: Visitor, body: Any, secret: bytes = b"s") -> tuple[int, Any]:
    data = json.dumps(body).encode()
    headers = {
        "Authorization": None,
        "Content-Type": "application/json",
        "X-Sig": hmac.new(secret, data, "sha256").hexdigest(),
    }
    return await door.post("/v1/sources/ads", data=data, headers=headers)


async def test_a_word_to_be_signed_is_never_a_message_that_a_vendor_signs() -> None:
    """Else the answer would be the signature of a forged submission."""
    async with visit() as door:
        for word in ('{"mail":"x"}', "v0:1:{}", "hmacsha256={}", "a b", "", "x" * 300):
            assert (await get(door, "ads", challengeCode=word))[0] in (403, 405)


async def test_the_address_that_was_signed_is_taken_as_it_was_written() -> None:
    scheme = "signed: '{method}{url}{body}{timestamp}', encoding: base64, timestamp: {header: X-Time, unit: ms}"
    rules = build_sources(read_yaml("sources.yaml", SOURCES.replace("X-Sig}", f"X-Sig, {scheme}}}")))
    async with open_door(
        sources=lambda: rules, source_secrets=SECRETS, edge_public_url="https://leads.example"
    ) as door:
        stamp = str(int(NOON.timestamp() * 1000))
        message = b"POSThttps://leads.example/v1/sources/ads?a=%7Eb+c{}" + stamp.encode()
        sign = base64.b64encode(hmac.digest(b"s", message, "sha256")).decode()
        raw = (
            f"POST /v1/sources/ads?a=%7Eb+c HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nX-Sig: {sign}\r\n"
        )
        sent = f"{raw}X-Time: {stamp}\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{{}}".encode()
        assert (await door.raw(sent)).startswith(b"HTTP/1.1 202 ")
        assert (await door.raw(sent.replace(b"?a=%7Eb+c", b"?a=~b+c"))).startswith(b"HTTP/1.1 401 ")


async def test_twilio_forms_are_signed_with_their_fields_and_json_is_not() -> None:
    text = SOURCES.replace(
        "header: X-Sig}",
        "header: X-Sig, signed: '{url}{params}', algorithm: sha1, encoding: base64, body_hash: bodySHA256}",
    ).split("      - {name: one, json")[0]
    text += "      - {name: one, json: {mail: a@b.example}, gives: {leads: [{email: a@b.example}]}}\n"
    rules = build_sources(read_yaml("sources.yaml", text))
    async with open_door(sources=lambda: rules, source_secrets=SECRETS, edge_public_url="https://l.example") as door:
        url = "https://l.example/v1/sources/ads"
        sign = base64.b64encode(hmac.digest(b"s", f"{url}a2aamaila@b.example".encode(), "sha1")).decode()
        form = {"Authorization": None, "Content-Type": "application/x-www-form-urlencoded", "X-Sig": sign}
        assert (await door.post("/v1/sources/ads", data=b"mail=a%40b.example&a=a&a=2", headers=form))[0] == 202
        assert (await door.post("/v1/sources/ads", data=b"mail=b%40b.example&a=a&a=2", headers=form))[0] == 401
        body = b'{"mail": "a@b.example"}'
        query = f"?bodySHA256={hashlib.sha256(body).hexdigest()}"
        sign = base64.b64encode(hmac.digest(b"s", f"{url}{query}".encode(), "sha1")).decode()
        kind = {"Authorization": None, "Content-Type": "application/json", "X-Sig": sign}
        assert (await door.post(f"/v1/sources/ads{query}", data=body, headers=kind))[0] == 202
        assert (await door.post(f"/v1/sources/ads{query}", data=b"{}", headers=kind))[0] == 401


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("secret: ads_verify\n", "x: y\n", "Extra inputs"),
        ("        secret: ads_verify\n", "", "handshakes[0].secret: is needed"),
        ('        token: query()."hub.verify_token"\n', "", "handshakes[0].token: is needed: a GET"),
        ("127.0.0.0/8", "127.0.0.1/8", "addresses: '127.0.0.1/8' is no network"),
        ("kind: header_token, secret: crm_token, header: X-Token", "kind: none", "none beside another kind"),
        ("segment: s3cret", "segment: other", "not what `authenticate` asks for"),
        ('answers: "1158201444"', "answers: other", "gives.answers: expected 'other', got '1158201444'"),
    ],
)
def test_a_mistake_in_how_a_source_proves_itself_is_named(old: str, new: str, says: str) -> None:
    assert old in SOURCES
    with pytest.raises(RulesError) as refused:
        build_sources(read_yaml("sources.yaml", SOURCES.replace(old, new, 1)))
    assert says in str(refused.value)
