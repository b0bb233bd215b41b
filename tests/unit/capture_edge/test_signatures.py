"""Signatures as vendors publish them, checked by configuration alone."""

import base64
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from leadline_capture.core.signatures import Scheme, Signed, is_valid

VECTORS = json.loads((Path(__file__).parents[2] / "data/payloads/signature_vectors.json").read_text())
TWILIO = Scheme(header="X-Twilio-Signature", signed="{url}{params}", algorithm="sha1", encoding="base64")
HUBSPOT_V1 = Scheme(header="X-HubSpot-Signature", signed="{secret}{body}", keyed=False)
HUBSPOT_V2 = replace(HUBSPOT_V1, signed="{secret}{method}{url}{body}")
HUBSPOT_V3 = Scheme(
    header="X-HubSpot-Signature-v3",
    signed="{method}{url}{body}{timestamp}",
    encoding="base64",
    timestamp_header="X-HubSpot-Request-Timestamp",
    timestamp_unit="ms",
    tolerance_s=300,
)
STANDARD = Scheme(
    header="webhook-signature",
    signed="{id}.{timestamp}.{body}",
    prefix="v1,",
    encoding="base64",
    key_prefix="whsec_",
    key_encoding="base64",
    id_header="webhook-id",
    timestamp_header="webhook-timestamp",
    tolerance_s=300,
)
SCHEMES = {
    "twilio X-Twilio-Signature": TWILIO,
    "hubspot v1": HUBSPOT_V1,
    "hubspot v2": HUBSPOT_V2,
    "hubspot v2 GET empty body": HUBSPOT_V2,
    "hubspot v3": HUBSPOT_V3,
    "standard-webhooks / svix": STANDARD,
}
TYPEFORM = Scheme(header="Typeform-Signature", prefix="sha256=", encoding="base64")
CALENDLY = Scheme(
    header="Calendly-Webhook-Signature",
    signed="{timestamp}.{body}",
    entry="v1",
    timestamp_entry="t",
    tolerance_s=180,
)
NOW = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)


def request_of(vector: dict[str, Any], scheme: Scheme) -> tuple[Signed, str, datetime]:
    headers = {scheme.header.lower(): vector["signature"]}
    if scheme.timestamp_header:
        headers[scheme.timestamp_header.lower()] = vector["timestamp"]
    if scheme.id_header:
        headers[scheme.id_header] = vector["id"]
    seconds = int(vector.get("timestamp", 0)) / (1000 if scheme.timestamp_unit == "ms" else 1)
    request = Signed(
        vector.get("body", "").encode(),
        headers,
        vector.get("method", "POST"),
        vector.get("url", ""),
        [(name, value) for name, value in vector.get("params") or ()],
    )
    return request, vector.get("secret") or vector["token"], datetime.fromtimestamp(seconds, UTC)


@pytest.mark.parametrize("vector", VECTORS, ids=[f"{v['scheme']} {v.get('note', '')}" for v in VECTORS])
def test_published_vectors(vector: dict[str, Any]) -> None:
    scheme = SCHEMES[vector["scheme"]]
    request, secret, at = request_of(vector, scheme)
    assert is_valid(scheme, request, [secret], at)
    assert is_valid(scheme, request, ["an older secret", secret], at), "several secrets are live while one is changed"
    assert not is_valid(scheme, request, ["another secret"], at)
    assert not is_valid(scheme, request, [], at)
    assert not is_valid(scheme, replace(request, body=request.body + b" ", url=request.url + "x"), [secret], at)


def typeform(body: bytes, secret: str) -> dict[str, str]:
    digest = base64.b64encode(hmac.digest(secret.encode(), body, "sha256")).decode()
    return {"typeform-signature": f"sha256={digest}"}


def test_typeform_signs_the_raw_body() -> None:
    body = b'{"a": "\xc3\xa9"}'
    assert is_valid(TYPEFORM, Signed(body, typeform(body, "s")), ["s"], NOW)
    assert not is_valid(TYPEFORM, Signed(b'{"a":"\xc3\xa9"}', typeform(body, "s")), ["s"], NOW)


@pytest.mark.parametrize(
    "header", ["", "sha256=", "sha256", "sha256=!!", "sha1=abcd", "sha256=é", "\udcff", "sha256=QUJD", "=" * 5000]
)
@pytest.mark.parametrize("scheme", [TYPEFORM, CALENDLY, STANDARD, HUBSPOT_V1])
def test_a_malformed_signature_is_only_wrong(scheme: Scheme, header: str) -> None:
    headers = {scheme.header.lower(): header, "webhook-timestamp": header, "webhook-id": header}
    assert not is_valid(replace(scheme, tolerance_s=None), Signed(b"{}", headers), ["s", "whsec_!"], NOW)


def test_no_signature_is_no_signature() -> None:
    assert not is_valid(TYPEFORM, Signed(b"{}", {}), ["s"], NOW)


def calendly(at: datetime, secret: str = "s", *more: str) -> Signed:
    body, stamp = b"{}", int(at.timestamp())
    digest = hmac.digest(secret.encode(), b"%d.%b" % (stamp, body), "sha256").hex()
    return Signed(body, {"calendly-webhook-signature": ",".join((f"t={stamp}", f"v1={digest}", *more))})


@pytest.mark.parametrize(("away", "valid"), [(0, True), (180, True), (-180, True), (181, False), (-181, False)])
def test_a_signed_time_may_lie_neither_far_in_the_past_nor_in_the_future(away: int, valid: bool) -> None:
    assert is_valid(CALENDLY, calendly(NOW + timedelta(seconds=away)), ["s"], NOW) is valid


def test_one_of_several_signatures_in_a_header_is_enough() -> None:
    assert is_valid(CALENDLY, calendly(NOW, "s", "v1=00ff", "v0=ab"), ["s"], NOW)
    vector = VECTORS[-1]
    request, secret, at = request_of(vector, STANDARD)
    several = {**request.headers, "webhook-signature": f"v1,AAAA v1a,BBBB {vector['signature']}"}
    assert is_valid(STANDARD, replace(request, headers=several), [secret], at)


@pytest.mark.parametrize("stamp", ["", "now", "-1", "1e9", "9" * 17, "١٢٣"])
def test_a_time_that_is_none_is_not_in_time(stamp: str) -> None:
    header = {"calendly-webhook-signature": f"t={stamp},v1=00"}
    assert not is_valid(CALENDLY, Signed(b"{}", header), ["s"], NOW)
