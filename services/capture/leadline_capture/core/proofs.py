"""How a sender proves who it is: one function per kind. Pure; what is malformed is not valid."""

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final, Literal

from leadline_capture.core.secrets import is_one_of, token_of
from leadline_capture.core.signatures import Scheme, Signed, is_valid
from leadline_capture.core.surroundings import Expression, Surroundings
from leadline_runtime.core.errors import ExpressionFailed
from leadline_runtime.core.values import dataclass

Kind = Literal[
    "api_key", "hmac", "body_token", "header_token", "basic", "secret_url", "publishable_key", "fetched", "none"
]


@dataclass(frozen=True, slots=True)
class Proof:
    """What a sender must show. `secret` is the name under which the operator keeps the live secrets.

    scheme: of hmac. token: of body_token. header, prefix: of header_token. parameter: of secret_url, the name of the
    query parameter that holds the secret; without one the last segment of the path does.
    """

    kind: Kind
    secret: str | None = None
    scheme: Scheme | None = None
    token: Expression | None = None
    header: str = "Authorization"
    prefix: str = ""
    parameter: str | None = None

    @property
    def headers(self) -> tuple[str, ...]:
        """The headers it looks at; which of two equal ones counts would be a guess."""
        if self.scheme is not None:
            named = (self.scheme.header, self.scheme.timestamp_header, self.scheme.id_header)
            return tuple(name for name in named if name)
        return (self.header,) if self.kind in ("header_token", "basic", "api_key") else ()


@dataclass(frozen=True, slots=True)
class Presented:
    """A request as a proof sees it. `segment`: what follows the source's name in the path."""

    signed: Signed
    around: Surroundings
    segment: str | None = None


def is_proved(proof: Proof, presented: Presented, secrets: Sequence[str], now: datetime) -> bool:
    """Whether the request shows what `proof` asks for, with one of the live `secrets`."""
    return _KINDS[proof.kind](proof, presented, secrets, now)


def _signature(proof: Proof, presented: Presented, secrets: Sequence[str], now: datetime) -> bool:
    return proof.scheme is not None and is_valid(proof.scheme, presented.signed, secrets, now)


def _body_token(proof: Proof, presented: Presented, secrets: Sequence[str], now: datetime) -> bool:
    around = presented.around
    try:
        found = proof.token(around.body, around) if proof.token is not None else None
    except ExpressionFailed:
        return False
    return is_one_of(token_of(found), secrets)


def _header_token(proof: Proof, presented: Presented, secrets: Sequence[str], now: datetime) -> bool:
    given = presented.signed.headers.get(proof.header.lower(), "")
    return given.startswith(proof.prefix) and is_one_of(given.removeprefix(proof.prefix).strip(), secrets)


def _basic(proof: Proof, presented: Presented, secrets: Sequence[str], now: datetime) -> bool:
    kind, _, given = presented.signed.headers.get("authorization", "").partition(" ")
    try:
        pair = base64.b64decode(given.strip(), validate=True).decode("utf-8", "surrogateescape")
    except (ValueError, binascii.Error):
        return False
    return kind.lower() == "basic" and is_one_of(pair, secrets)


def _secret_url(proof: Proof, presented: Presented, secrets: Sequence[str], now: datetime) -> bool:
    given = presented.signed.query.get(proof.parameter) if proof.parameter else presented.segment
    return is_one_of(given, secrets)


def _not_here(proof: Proof, presented: Presented, secrets: Sequence[str], now: datetime) -> bool:
    return False  # a key of ours has a door of its own; what we fetch ourselves never comes to one


def _no_proof(proof: Proof, presented: Presented, secrets: Sequence[str], now: datetime) -> bool:
    return True


_KINDS: Final[Mapping[str, Callable[[Proof, Presented, Sequence[str], datetime], bool]]] = {
    "hmac": _signature,
    "body_token": _body_token,
    "header_token": _header_token,
    "basic": _basic,
    "secret_url": _secret_url,
    "publishable_key": _not_here,
    "fetched": _not_here,
    "none": _no_proof,
}
