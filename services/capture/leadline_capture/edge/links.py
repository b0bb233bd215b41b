"""Links by which a person confirms or withdraws consent. All they say is sealed inside them, nothing is kept of them.

Sealed, not only signed: an address stands inside, since a click may come before the step has decided what was asked,
and a hash of an address could be found out by trying. AES-SIV encrypts and authenticates; equal links are equal texts.
"""

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, Literal
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from leadline_runtime.core.values import dataclass

Action = Literal["confirm", "unsubscribe"]
_BOUND: Final = [b"leadline consent link 1"]
LONGEST: Final = 4096


@dataclass(frozen=True, slots=True)
class Link:
    """What a link does. `person`: who, for which purpose and channel, as fields of a consent payload; `asked_in`: the
    submission that asked; `source`, `key_id`, `trusted`: of the key whose holder was given the link."""

    action: Action
    person: Mapping[str, Any]
    source: str
    key_id: str | None
    trusted: bool = False
    asked_in: UUID | None = None
    until: datetime | None = None


class Links:
    """Seals and opens links. `secrets`: the first seals, all open, so that one can be replaced by another."""

    def __init__(self, secrets: Sequence[str]) -> None:
        self._ciphers = [AESSIV(hashlib.sha512(secret.encode()).digest()) for secret in secrets]

    def __bool__(self) -> bool:
        """Whether there is a secret at all."""
        return bool(self._ciphers)

    def seal(self, link: Link) -> str:
        """The token of a link. Needs a secret."""
        told = [
            link.action,
            dict(link.person),
            link.source,
            link.key_id,
            link.trusted,
            link.asked_in.hex if link.asked_in else None,
            int(link.until.timestamp()) if link.until else None,
        ]
        text = json.dumps(told, separators=(",", ":"), ensure_ascii=False).encode()
        return urlsafe_b64encode(self._ciphers[0].encrypt(text, _BOUND)).rstrip(b"=").decode()

    def open(self, token: str) -> Link | None:
        """The link that `token` is; None if it is none of ours, or not whole."""
        if not token or len(token) > LONGEST:
            return None
        try:
            sealed = urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
        except ValueError:
            return None
        for cipher in self._ciphers:
            try:
                return _link(cipher.decrypt(sealed, _BOUND))
            except (InvalidTag, ValueError):
                continue
        return None


def _link(text: bytes) -> Link:
    action, person, source, key_id, trusted, asked_in, until = json.loads(text)
    return Link(
        action=action,
        person=person,
        source=source,
        key_id=key_id,
        trusted=trusted,
        asked_in=UUID(asked_in) if asked_in else None,
        until=datetime.fromtimestamp(until, UTC) if until else None,
    )
