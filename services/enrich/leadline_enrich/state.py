"""What enrich keeps of a lead: what it knew last, and the last captured event to tell it again with newer facts."""

from collections.abc import Mapping
from dataclasses import field
from struct import Struct

from pydantic import TypeAdapter, ValidationError

from leadline_runtime.core.values import dataclass
from leadline_schemas.codec import Undecodable, describe
from leadline_schemas.enriched import Account, Effective, Fact

_LENGTH = Struct(">I")


@dataclass(frozen=True, slots=True)
class Known:
    """What was known last; it was published, but for instants that say nothing new.

    `domain` is what providers were asked about, `asked` how often they kept silent, `late` how often an answer was then
    on its way.
    """

    domain: str | None = None
    asked: int = 0
    late: int = 0
    facts: Mapping[str, Fact] = field(default_factory=dict)
    account: Account | None = None
    effective: Effective = field(default_factory=Effective)


NOTHING_KNOWN = Known()
_KNOWN = TypeAdapter(Known)


@dataclass(frozen=True, slots=True)
class Body:
    """`captured` is the last `lead.captured` as it was read; empty when nothing will have to be told by a timer."""

    known: Known = NOTHING_KNOWN
    captured: bytes = b""


class BodyCodec:
    """Length-prefixed: what is known as JSON, then the captured event untouched."""

    def encode(self, body: Body) -> bytes:
        """The body as bytes."""
        known = _KNOWN.dump_json(body.known, exclude_none=True)
        return b"".join((_LENGTH.pack(len(known)), known, body.captured))

    def decode(self, data: bytes) -> Body:
        """The body in `data`. Raises Undecodable for what `encode` did not make."""
        end = _LENGTH.size + _LENGTH.unpack_from(data)[0]
        try:
            known = _KNOWN.validate_json(data[_LENGTH.size : end])
        except ValidationError as error:
            raise Undecodable(f"enrich's state: {describe(error)}") from None
        return Body(known, data[end:])
