"""Signatures of webhooks: one check for all vendors, told by configuration what is signed and how.

Pure: what came and the time go in, the answer comes out. Anything malformed is simply not valid.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime
from typing import Final, Literal

from leadline_capture.core.secrets import raw
from leadline_capture.core.url_forms import url_forms
from leadline_runtime.core.values import dataclass

PARTS: Final = ("body", "timestamp", "id", "method", "url", "params", "secret")


@dataclass(frozen=True, slots=True)
class Scheme:
    """How a vendor signs.

    signed: what goes into the hash, as `{id}.{timestamp}.{body}`; `{params}` are the form's fields, sorted and joined.
    header: where the signature stands; `entry` names the one wanted in a header like `t=1,v1=ab`; `prefix` is cut off;
    a header may hold several signatures, parted by blanks or commas.
    keyed: an HMAC; otherwise the plain hash of `signed`, which then names `{secret}`.
    timestamp_header, or timestamp_entry in the signature's own header: seconds or milliseconds; `tolerance_s` limits
    how far it may lie from now, both ways.
    body_hash: the query parameter that, if it is there, must hold the SHA-256 of the body, which is then signed with
    the URL.
    """

    header: str
    signed: str = "{body}"
    prefix: str = ""
    entry: str | None = None
    algorithm: Literal["sha256", "sha1", "sha512"] = "sha256"
    encoding: Literal["hex", "base64"] = "hex"
    keyed: bool = True
    key_prefix: str = ""
    key_encoding: Literal["text", "base64", "hex"] = "text"
    id_header: str | None = None
    timestamp_header: str | None = None
    timestamp_entry: str | None = None
    timestamp_unit: Literal["s", "ms"] = "s"
    tolerance_s: int | None = None
    body_hash: str | None = None


@dataclass(frozen=True, slots=True)
class Signed:
    """A request as a signature sees it. `headers` by name in lower case."""

    body: bytes
    headers: Mapping[str, str]
    method: str = "POST"
    url: str = ""
    params: Sequence[tuple[str, str]] = field(default=())
    query: Mapping[str, str] = field(default_factory=dict)


def is_valid(scheme: Scheme, request: Signed, secrets: Sequence[str], now: datetime) -> bool:
    """Whether one of the live `secrets` signed this request, not too long before or after `now`."""
    header = request.headers.get(scheme.header.lower())
    if header is None:
        return False
    stamp = _timestamp(scheme, request, header)
    if scheme.tolerance_s is not None and not _fresh(scheme, stamp, now):
        return False
    if not _has_hash(scheme, request):
        return False
    given = [found for text in _candidates(scheme, header) if (found := _decoded(scheme, text)) is not None]
    valid = False
    for secret in secrets:  # all are tried, so that time does not tell which one fitted
        for wanted in _expected(scheme, request, secret, stamp):
            for one in given:
                valid |= hmac.compare_digest(one, wanted)
    return valid


def _has_hash(scheme: Scheme, request: Signed) -> bool:
    given = request.query.get(scheme.body_hash) if scheme.body_hash else None
    wanted = hashlib.sha256(request.body).hexdigest()
    return given is None or hmac.compare_digest(raw(given.lower()), wanted.encode())


def _candidates(scheme: Scheme, header: str) -> list[str]:
    if scheme.entry is not None:
        return _entries(header, scheme.entry)
    parts = header.split() if scheme.prefix else [header.strip()]
    return [part[len(scheme.prefix) :] for part in parts if part.startswith(scheme.prefix)]


def _entries(header: str, name: str) -> list[str]:
    pairs = (part.partition("=") for part in re.split(r"[,\s]+", header))
    return [value for key, _, value in pairs if key == name]


def _decoded(scheme: Scheme, text: str) -> bytes | None:
    try:
        return bytes.fromhex(text) if scheme.encoding == "hex" else base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        return None


def _timestamp(scheme: Scheme, request: Signed, header: str) -> str:
    if scheme.timestamp_entry is not None:
        return next(iter(_entries(header, scheme.timestamp_entry)), "")
    return request.headers.get(scheme.timestamp_header.lower(), "") if scheme.timestamp_header else ""


def _fresh(scheme: Scheme, stamp: str, now: datetime) -> bool:
    if not re.fullmatch(r"\d{1,16}", stamp, re.ASCII):
        return False
    at = int(stamp) / (1000 if scheme.timestamp_unit == "ms" else 1)
    return abs(now.timestamp() - at) <= (scheme.tolerance_s or 0)


def _expected(scheme: Scheme, request: Signed, secret: str, stamp: str) -> list[bytes]:
    key: bytes = secret.removeprefix(scheme.key_prefix).encode()
    try:
        if scheme.key_encoding == "base64":
            key = base64.b64decode(key, validate=True)
        elif scheme.key_encoding == "hex":
            key = bytes.fromhex(key.decode())
    except (ValueError, binascii.Error):
        return []
    messages = _messages(scheme, request, secret, stamp)
    if scheme.keyed:
        return [hmac.digest(key, message, scheme.algorithm) for message in messages]
    return [hashlib.new(scheme.algorithm, message).digest() for message in messages]


def _messages(scheme: Scheme, request: Signed, secret: str, stamp: str) -> list[bytes]:
    parts = {
        "body": request.body,
        "timestamp": raw(stamp),
        "id": raw(request.headers.get((scheme.id_header or "").lower(), "")),
        "method": raw(request.method),
        # Twilio: names in order, each with its values, a repeated pair once.
        "params": raw("".join(name + value for name, value in sorted(set(request.params)))),
        "secret": raw(secret),
    }
    pieces = re.split(r"\{(\w+)\}", scheme.signed)
    urls = url_forms(request.url) if "url" in pieces[1::2] else ("",)
    return [
        b"".join(parts[piece] if odd % 2 else raw(piece) for odd, piece in enumerate(pieces))
        for parts["url"] in map(raw, urls)
    ]
