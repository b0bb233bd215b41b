"""A body as `lead.received` holds it: text where it is text, base64 where it is not; and back to its bytes."""

import base64
import binascii
from typing import Literal

from leadline_runtime.core.json_reader import NotReadable
from leadline_schemas.received import LeadReceived


def held_body(body: bytes) -> tuple[str, Literal["text", "base64"]]:
    """`body` as text, and how it was made text."""
    try:
        return body.decode("utf-8"), "text"
    except UnicodeDecodeError:
        return base64.b64encode(body).decode("ascii"), "base64"


def raw_body(received: LeadReceived) -> bytes:
    """The bytes that came in. Raises NotReadable if an outside producer wrote base64 that is none."""
    try:
        if received.body_encoding == "text":
            return received.body.encode("utf-8")
        return base64.b64decode(received.body, validate=True)
    except (ValueError, binascii.Error):
        raise NotReadable("not_base64", f"the body is not {received.body_encoding}, as body_encoding says") from None
