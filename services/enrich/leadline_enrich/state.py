"""What enrich keeps of a lead: what it knew last, and the last captured event to tell it again with newer facts."""

from collections.abc import Mapping
from dataclasses import field
from struct import Struct

from pydantic import Field

from leadline_runtime.core.values import dataclass
from leadline_schemas.codec import decode_model, encode_model
from leadline_schemas.enriched import Account, Effective, Fact
from leadline_schemas.event import Model

_LENGTH = Struct(">I")


class Known(Model):
    """What was known last; it was published, but for instants that say nothing new.

    `domain` is what providers were asked about, `asked` how often they kept silent, `late` how often an answer was then
    on its way.
    """

    domain: str | None = None
    asked: int = 0
    late: int = 0
    facts: dict[str, Fact] = Field(default_factory=dict)
    account: Account | None = None
    effective: Effective = Field(default_factory=Effective)


NOTHING_KNOWN = Known()


@dataclass(frozen=True, slots=True)
class Body:
    """`captured` is the last `lead.captured` as it was read; empty when nothing will have to be told by a timer.

    `told`: parts of `known` as the event tells them too, by name; they are encoded once for both.
    """

    known: Known = NOTHING_KNOWN
    captured: bytes = b""
    told: Mapping[str, bytes] | None = field(default=None, compare=False, repr=False)


class BodyCodec:
    """Length-prefixed: what is known as JSON, then the captured event untouched."""

    def encode(self, body: Body) -> bytes:
        """The body as bytes."""
        known = encode_model(body.known, body.told)
        return b"".join((_LENGTH.pack(len(known)), known, body.captured))

    def decode(self, data: bytes) -> Body:
        """The body in `data`. Raises Undecodable for what `encode` did not make."""
        end = _LENGTH.size + _LENGTH.unpack_from(data)[0]
        return Body(decode_model(Known, data[_LENGTH.size : end], "enrich's state"), data[end:])
