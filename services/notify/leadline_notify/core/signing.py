"""Signatures of webhooks by the Standard Webhooks scheme: whoever knows the secret knows that we wrote it, and when.

Signed is `<id>.<timestamp>.<body>` with HMAC-SHA256. With several secrets there are several signatures, so that the
receiver may change his for a new one without missing anything.
"""

import base64
import binascii
import hmac
from collections.abc import Mapping, Sequence
from typing import Final

PREFIX: Final = "whsec_"
_FEWEST, _MOST = 24, 64


def key_of(secret: str) -> bytes:
    """The key in `whsec_<base64>`. Raises ValueError saying what it needs, never what it is."""
    text = secret.strip()
    if not text.startswith(PREFIX):
        raise ValueError(f"begins with {PREFIX}, then 24 to 64 bytes in base64")
    try:
        key = base64.b64decode(text.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        raise ValueError(f"is no base64 after {PREFIX}") from None
    if not _FEWEST <= len(key) <= _MOST:
        raise ValueError(f"holds {len(key)} bytes; 24 to 64 are needed")
    return key


def signed(message_id: str, timestamp: int, body: bytes, secrets: Sequence[str]) -> Mapping[str, str]:
    """The headers of a webhook. Raises ValueError for a secret that cannot be used."""
    content = f"{message_id}.{timestamp}.".encode() + body
    signatures = [base64.b64encode(hmac.digest(key_of(each), content, "sha256")).decode() for each in secrets]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(f"v1,{each}" for each in signatures),
    }
