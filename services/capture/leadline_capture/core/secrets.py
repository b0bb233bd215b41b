"""Secrets compared so that the time it takes tells nothing about them."""

import hmac
from collections.abc import Sequence
from typing import Any


def is_one_of(given: str | None, secrets: Sequence[str]) -> bool:
    """Whether `given` is one of the live secrets. All are tried; nothing is never one of them."""
    found = False
    for secret in secrets:
        found |= hmac.compare_digest(raw(given or ""), raw(secret))
    return found and bool(given)


def token_of(value: Any) -> str | None:
    """A value as a token: a text or a number, or a list of one."""
    while isinstance(value, list) and len(value) == 1:
        (value,) = value
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else None


def raw(text: str) -> bytes:
    """Text from a request as bytes: a header may hold bytes that are no text, JSON halves of surrogate pairs."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")
