"""The time at which a page was made, signed by the server that made it: `1772366400.<hex HMAC-SHA256 of the digits>`.

Robots that post to the address without opening the page have no such stamp, and cannot write one.
"""

import hmac
from collections.abc import Mapping, Sequence
from typing import Any

from leadline_runtime.core.values import dataclass


@dataclass(frozen=True, slots=True)
class StampRule:
    """`field` of the form holds the stamp; `secret` is the name of what it is signed with."""

    field: str
    secret: str


def stamped(secret: str, seconds: int) -> str:
    """The stamp of a page that was made `seconds` after the epoch."""
    return f"{seconds}.{_signature(secret, str(seconds))}"


def is_stamped(rule: StampRule, body: Any, secrets: Sequence[str]) -> bool:
    """Whether the form's stamp was signed with one of the live secrets."""
    given = body.get(rule.field) if isinstance(body, Mapping) else None
    digits, dot, signature = given.partition(".") if isinstance(given, str) else ("", "", "")
    if not dot or not (digits.isascii() and digits.isdigit()):
        return False
    found = False
    for secret in secrets:
        expected = _signature(secret, digits).encode()
        found |= hmac.compare_digest(signature.lower().encode("utf-8", "replace"), expected)
    return found


def _signature(secret: str, digits: str) -> str:
    return hmac.digest(secret.encode(), digits.encode(), "sha256").hex()
