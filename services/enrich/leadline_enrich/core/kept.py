"""Answers as others may keep them for us: under keys that tell nothing, signed, and with an end of their own.

Who can write where they are kept can make us forget, but not believe: the code over key, content and end is made with
a secret that is not kept there. Nor can what was taken away be brought back after its end.
"""

import json
from hashlib import blake2b

from pydantic import ValidationError

from leadline_enrich.core.answers import Answer
from leadline_enrich.core.questions import INPUTS, Question
from leadline_runtime.core.values import dataclass

_CODE, _END = 16, 8


@dataclass(frozen=True, slots=True)
class Kept:
    """A kept answer and the POSIX time until which it may be given again, in whole seconds."""

    answer: Answer
    until: int


@dataclass(frozen=True, slots=True)
class Seal:
    """How the answers of one provider are kept. `digest`: of all that its answers depend on. `secret`: 16 to 64 B."""

    provider: str
    digest: str
    secret: bytes

    def key(self, question: Question) -> str:
        """Where the answer is kept: another question, or a provider asked otherwise, has another place."""
        asked = json.dumps([getattr(question, name) for name in INPUTS]).encode()
        name = blake2b(asked, digest_size=_CODE, key=self.secret).hexdigest()
        return f"leadline:enrich:{self.provider}:{self.digest}:{name}"

    def close(self, kept: Kept, key: str) -> bytes:
        """As bytes to be kept under this key."""
        body = kept.until.to_bytes(_END) + kept.answer.model_dump_json(exclude_defaults=True).encode()
        return self._code(body, key) + body

    def open(self, data: bytes, key: str, now: float) -> Kept | None:
        """What was kept; None for bytes that are not what was kept under this key, or whose time is over."""
        code, body = data[:_CODE], data[_CODE:]
        if code != self._code(body, key):
            return None
        until = int.from_bytes(body[:_END])
        if until <= now:
            return None
        try:
            return Kept(Answer.model_validate_json(body[_END:]), until)
        except ValidationError:  # kept by another version of ours
            return None

    def _code(self, body: bytes, key: str) -> bytes:
        return blake2b(key.encode() + b"\0" + body, digest_size=_CODE, key=self.secret).digest()
