"""What a vendor asks of an address before it sends anything there: a word repeated, a word signed, or only a 200."""

import hmac
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from leadline_capture.core.secrets import is_one_of, token_of
from leadline_capture.core.surroundings import Expression, Surroundings
from leadline_capture.core.values import truthy
from leadline_runtime.core.errors import ExpressionFailed
from leadline_runtime.core.values import dataclass

# No mark that a signed message of a vendor has (`v0:...`, `hmacsha256={...`): whoever asks for the answer to a word
# must never be answered with the signature of a body. Nor any that a browser would read as a page.
_WORD: Final = re.compile(r"[A-Za-z0-9_.~-]{1,256}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Part:
    """A word of the answer: found by an expression, and if `signed` its HMAC-SHA-256 in hex instead."""

    word: Expression
    signed: bool = False


@dataclass(frozen=True, slots=True)
class Handshake:
    """A question of the vendor. `token`, if there is one, must be one of the live secrets. The answer is `text`, or an
    object of `parts`; with neither it is an empty object."""

    method: Literal["GET", "POST"]
    when: Expression
    secret: str | None = None
    token: Expression | None = None
    text: Part | None = None
    parts: tuple[tuple[str, Part], ...] = ()


class NotAnswered(Exception):
    """A handshake that does not prove itself, or whose word is none."""


def asked_for(handshakes: Sequence[Handshake], method: str, around: Surroundings) -> Handshake | None:
    """The handshake that a request is; None if it is a submission."""
    for handshake in handshakes:
        if handshake.method == method and truthy(_value(handshake.when, around)):
            return handshake
    return None


def answer(handshake: Handshake, around: Surroundings, secrets: Sequence[str]) -> str | Mapping[str, str]:
    """What to answer: a text, or an object. Raises NotAnswered."""
    if handshake.token is not None and not is_one_of(token_of(_value(handshake.token, around)), secrets):
        raise NotAnswered
    if handshake.text is not None:
        return _said(handshake.text, around, secrets)
    return {name: _said(part, around, secrets) for name, part in handshake.parts}


def _said(part: Part, around: Surroundings, secrets: Sequence[str]) -> str:
    word = token_of(_value(part.word, around))
    if word is None or not _WORD.fullmatch(word) or (part.signed and not secrets):
        raise NotAnswered
    return hmac.digest(secrets[0].encode(), word.encode(), "sha256").hex() if part.signed else word


def _value(expression: Expression, around: Surroundings) -> Any:
    try:
        return expression(around.body, around)
    except ExpressionFailed:
        return None
