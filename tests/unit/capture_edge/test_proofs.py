"""How a source proves who it is: the kinds, what is malformed, and what is never let in."""

import base64
import hashlib
import hmac
from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import ip_network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline_capture.core.addresses import is_within
from leadline_capture.core.proofs import Presented, Proof, is_proved
from leadline_capture.core.signatures import Scheme, Signed, is_valid
from leadline_capture.core.surroundings import Surroundings
from leadline_capture.core.url_forms import url_forms
from leadline_capture.expressions import compiled

NOW = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
SECRETS = ["new", "user:päss"]
KINDS = [
    Proof("body_token", "s", token=compiled("a.token")),
    Proof("header_token", "s", header="X-Token", prefix="Token "),
    Proof("basic", "s"),
    Proof("secret_url", "s"),
    Proof("secret_url", "s", parameter="key"),
    Proof("hmac", "s", scheme=Scheme(header="X-Sig", prefix="sha1=", algorithm="sha1")),
]
ZOOM = Scheme(
    header="x-zm-signature",
    signed="v0:{timestamp}:{body}",
    prefix="v0=",
    timestamp_header="x-zm-request-timestamp",
    tolerance_s=300,
)


def shown(secret: str, body: bytes = b"{}") -> Presented:
    """A request that shows the secret in every way there is."""
    headers = {
        "x-token": f"Token {secret}",
        "authorization": "Basic " + base64.b64encode(secret.encode()).decode(),
        "x-sig": "sha1=" + hmac.digest(secret.encode(), body, "sha1").hex(),
    }
    around = Surroundings({"a": {"token": [secret]}}, {})
    return Presented(Signed(body, headers, query={"key": secret}), around, secret)


@pytest.mark.parametrize("proof", KINDS, ids=lambda p: f"{p.kind} {p.parameter or ''}")
def test_each_kind_lets_in_who_has_one_of_the_live_secrets_and_nobody_else(proof: Proof) -> None:
    for secret in SECRETS:
        assert is_proved(proof, shown(secret), SECRETS, NOW)
    for wrong in ("", "New", "new ", "ne", "newer", "user"):
        assert not is_proved(proof, shown(wrong), SECRETS, NOW) or (proof.kind == "header_token" and wrong == "new ")
    assert not is_proved(proof, shown("new"), [], NOW), "without a secret nobody is let in"
    assert not is_proved(proof, Presented(Signed(b"", {}), Surroundings(None)), SECRETS, NOW)


@given(text=st.text(max_size=30), secret=st.text(min_size=1, max_size=10), proof=st.sampled_from(KINDS))
@settings(max_examples=100, deadline=None)
def test_nothing_whatever_raises(text: str, secret: str, proof: Proof) -> None:
    headers = dict.fromkeys(("x-token", "authorization", "x-sig"), text)
    presented = Presented(Signed(b"{}", headers, query={"key": text}), Surroundings({"a": {"token": text}}), text)
    is_proved(proof, presented, [secret], NOW)


@pytest.mark.parametrize(
    "given_", ["Basic", "Basic !!", "Basic é", "Bearer bmV3", "basic\tbmV3", "\udcff", "Basic bmV"]
)
def test_malformed_basic_is_only_wrong(given_: str) -> None:
    presented = Presented(Signed(b"", {"authorization": given_}), Surroundings({}))
    assert not is_proved(Proof("basic", "s"), presented, SECRETS, NOW)


def test_zoom_signs_its_version_the_time_and_the_body() -> None:
    stamp, body = str(int(NOW.timestamp())), b'{"event":"webinar.registration_created"}'
    digest = hmac.digest(b"new", b"v0:" + stamp.encode() + b":" + body, "sha256").hex()
    request = Signed(body, {"x-zm-signature": f"v0={digest}", "x-zm-request-timestamp": stamp})
    assert is_valid(ZOOM, request, SECRETS, NOW)
    assert not is_valid(ZOOM, replace(request, body=b"{}"), SECRETS, NOW)
    assert not is_valid(ZOOM, request, SECRETS, NOW.replace(hour=13)), "an old request is not taken again"


def test_linkedin_signs_with_its_prefix_inside() -> None:
    scheme = Scheme(header="X-LI-Signature", signed="hmacsha256={body}")
    digest = hmac.digest(b"new", b"hmacsha256={}", "sha256").hex()
    assert is_valid(scheme, Signed(b"{}", {"x-li-signature": digest}), SECRETS, NOW)


def test_twilio_signs_a_json_body_by_its_hash_in_the_address() -> None:
    scheme = Scheme("X-Twilio-Signature", "{url}{params}", algorithm="sha1", encoding="base64", body_hash="bodySHA256")
    body = b'{"property": "value", "boolean": true}'
    found = hashlib.sha256(body).hexdigest()
    url = f"https://mycompany.com/myapp.php?foo=1&bar=2&bodySHA256={found}"
    request = Signed(
        body, {"x-twilio-signature": "a9nBmqA0ju/hNViExpshrM61xv4="}, "POST", url, (), {"bodySHA256": found}
    )
    assert is_valid(scheme, request, ["12345"], NOW)
    assert not is_valid(scheme, replace(request, body=body + b" "), ["12345"], NOW)


def test_an_address_is_tried_in_the_forms_in_which_it_may_have_been_signed() -> None:
    assert set(url_forms("https://a.example/b?c=%3A")) == {
        "https://a.example/b?c=%3A", "https://a.example:443/b?c=%3A", "https://a.example/b?c=:",
        "https://a.example:443/b?c=:",
    }  # fmt: skip
    assert url_forms("http://a.example:80/b")[1] == "http://a.example/b"
    assert url_forms("https://a.example:8443/b") == ("https://a.example:8443/b",)
    assert url_forms("https://a.example:x/b")[0] == "https://a.example:x/b"


NETWORKS = [ip_network("192.0.2.0/24"), ip_network("2001:db8::/32")]


@pytest.mark.parametrize(
    ("address", "within"),
    [
        ("192.0.2.7", True), ("::ffff:192.0.2.7", True), ("2001:db8::1", True), ("[2001:db8::1]", True),
        ("192.0.3.7", False), ("::1", False), (None, False), ("", False), ("unknown", False), ("192.0.2.7.evil", False),
    ],
)  # fmt: skip
def test_only_the_networks_named_are_within(address: str | None, within: bool) -> None:
    assert is_within(address, NETWORKS) is within
