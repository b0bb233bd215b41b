"""What enrich keeps of a lead: what it knew last, and the last captured event to tell it again with newer facts."""

from dataclasses import dataclass
from struct import Struct

from leadline_schemas.codec import decode_model, encode_model
from leadline_schemas.enriched import Account, Effective, Fact
from leadline_schemas.event import Model

_LENGTH = Struct(">I")


class Known(Model):
    """What was published last. `domain` is what providers were asked about, `asked` how often they kept silent."""

    domain: str | None = None
    asked: int = 0
    facts: dict[str, Fact] = {}
    account: Account | None = None
    effective: Effective = Effective()


NOTHING_KNOWN = Known()


@dataclass(frozen=True, slots=True)
class Body:
    """`captured` is the last `lead.captured` as it was read; empty when nothing will have to be told by a timer."""

    known: Known = NOTHING_KNOWN
    captured: bytes = b""


class BodyCodec:
    """Length-prefixed: what is known as JSON, then the captured event untouched."""

    def encode(self, body: Body) -> bytes:
        """The body as bytes."""
        known = encode_model(body.known)
        return b"".join((_LENGTH.pack(len(known)), known, body.captured))

    def decode(self, data: bytes) -> Body:
        """The body in `data`. Raises Undecodable for what `encode` did not make."""
        end = _LENGTH.size + _LENGTH.unpack_from(data)[0]
        return Body(decode_model(Known, data[_LENGTH.size : end], "enrich's state"), data[end:])
