"""What score keeps of a lead: the last snapshot as it was read, the facts read since, and what was published last."""

from functools import lru_cache
from struct import Struct
from typing import Any
from uuid import UUID

from leadline_runtime.core.values import dataclass
from leadline_schemas.activity import Activity
from leadline_schemas.codec import decode, decode_model, encode_model
from leadline_schemas.enriched import LeadEnriched
from leadline_schemas.event import Instant, Model, filled
from leadline_schemas.lead import Request
from leadline_schemas.scored import Review
from leadline_schemas.views import ENRICHED_SEEN
from leadline_score.core.learned_course import LearnedCourse
from leadline_score.core.marks import Mark

_LENGTH = Struct(">I")
JUDGED_BY = "#"  # key in a state's `seen` of the rules it was judged by: what they changed is found without a body


class Published(Model):
    """What the last event said: a digest of its scorecard, and the bands that the next event calls the ones before."""

    card: str
    grade: str
    signal: str
    mql: bool


class Memory(Model):
    """`facts`: acts that the snapshot does not hold; `fits`: the course of fit (microseconds, thousandths); `mark`: how
    far the course of the score was walked under `rules` (their digest); `opened`: the requests that score itself
    added; `as_of`: no judgement goes back before it; `named`: of origins that are no part of the lead as far as its
    snapshot knows, from which of its revisions on they are; `review`: it waits for a person, who decides on new rules;
    `learned`: the course of its learned score.
    """

    as_of: Instant | None = None
    facts: tuple[Activity, ...] = ()
    truncated: bool = False
    fits: tuple[tuple[int, int], ...] = ()
    mark: Mark | None = None
    rules: str = ""
    opened: tuple[Request, ...] = ()
    published: Published | None = None
    named: dict[UUID, int] = {}
    review: Review | None = None
    learned: LearnedCourse | None = None


NOTHING = Memory()
_memory = filled(Memory)


def having(memory: Memory, **changes: Any) -> Memory:
    """A copy with some fields changed, of typed values alone: `model_copy` takes three times as long."""
    return _memory({**vars(memory), **changes})


@dataclass(frozen=True, slots=True)
class Body:
    """`snapshot` is the last `lead.enriched` as it was read; empty before the first."""

    memory: Memory = NOTHING
    snapshot: bytes = b""


def judged_by(digest: str) -> int:
    """The rules as a number, for `seen`."""
    return int(digest[:12], 16)


@lru_cache(maxsize=64)
def enriched_in(snapshot: bytes) -> LeadEnriched:
    """The snapshot, decoded once for all acts of a lead that are read together. Raises Undecodable."""
    return decode(ENRICHED_SEEN, snapshot)


class BodyCodec:
    """Length-prefixed: the memory as JSON, then the snapshot untouched."""

    def encode(self, body: Body) -> bytes:
        """The body as bytes."""
        memory = encode_model(body.memory)
        return b"".join((_LENGTH.pack(len(memory)), memory, body.snapshot))

    def decode(self, data: bytes) -> Body:
        """The body in `data`. Raises Undecodable for what `encode` did not make."""
        end = _LENGTH.size + _LENGTH.unpack_from(data)[0]
        return Body(decode_model(Memory, data[_LENGTH.size : end], "score's state"), data[end:])
