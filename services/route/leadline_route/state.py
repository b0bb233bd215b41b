"""What route keeps of a lead: where it stands, and the last scored event as it was read."""

from collections.abc import Mapping
from struct import Struct
from uuid import UUID

from pydantic import TypeAdapter, ValidationError

from leadline_runtime.core.values import dataclass
from leadline_schemas.codec import Undecodable, describe
from leadline_schemas.event import Exact, Instant
from leadline_schemas.vocabulary import RouteOutcome, StageWay

_LENGTH = Struct(">I")
NEWEST = 5  # refused commands kept with the lead


@dataclass(frozen=True, slots=True)
class Move:
    """What the current assignment's turn changed in a pool's balances, so that it can be taken back."""

    pool: str
    shares: Mapping[str, Exact]


@dataclass(frozen=True, slots=True)
class Hold:
    """The pool the lead waits for, and until when."""

    pool: str
    until: Instant


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A member who is not offered this lead again until then."""

    member: str
    until: Instant
    why: str


@dataclass(frozen=True, slots=True)
class Touch:
    """The newest human touch: no automatic move after it."""

    at: Instant
    by: str


@dataclass(frozen=True, slots=True)
class Deeds:
    """What our people did with a lead, by the origin of the acts. `named`: see leadline_runtime.items.Passage."""

    origin: UUID
    touched: Touch | None = None
    meeting_at: Instant | None = None
    named: int = 0

    def united(self, other: "Deeds") -> "Deeds":
        """Of both the newest."""
        touched = max((each for each in (self.touched, other.touched) if each), key=lambda t: t.at, default=None)
        meeting = max((each for each in (self.meeting_at, other.meeting_at) if each), default=None)
        return Deeds(self.origin, touched, meeting, self.named)


@dataclass(frozen=True, slots=True)
class Offer:
    """An assignment whose lead became part of another. `move`: the turn that was given back for it."""

    owner: str
    assigned_at: Instant | None = None
    touched: bool = False
    rule: str = ""
    pool: str | None = None
    manager: str | None = None
    escalated: bool = False
    move: Move | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A command that the rules do not allow, by its activity id. `reason`: of a closed list; `why`: in words."""

    id: str
    why: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the lead stands. `outcome` None: only acts about it came so far.

    `channels` and `requests` tell whether what was published of them still holds. `counted`: it is among its owner's
    open leads. `reassigned` counts lapses that moved it since a person last decided; `chased`: the assignment from
    which lapses and steps of ladders alone led to the one of now. `touched` and `meeting_at` are of
    acts of its own, `deeds` of what is or may become part of it; `aliases` are by revision `snapshot` of lead.captured.
    `stage` and what goes with it is by revision `stage_seen` of the monitor, or ahead of it (accepted by acting, given
    to somebody anew); `had`: who had the lead when it was put aside. `lifted`: vetoes that count no more, because a
    person reopened the lead that they had disqualified.
    `offer`: of a tombstone whom it had, of a lead not yet routed whom it can have.
    """

    outcome: RouteOutcome | None = None
    rule: str = ""
    reason: str | None = None
    cadence: str | None = None
    owner: str | None = None
    pool: str | None = None
    manager: str | None = None
    escalated: bool = False
    covering_for: str | None = None
    assignment: int = 0
    assigned_at: Instant | None = None
    channels: str = ""
    requests: str = ""
    excluded: tuple[Exclusion, ...] = ()
    reassigned: int = 0
    chased: int | None = None
    touched: Touch | None = None
    meeting_at: Instant | None = None
    stage: str | None = None
    stage_at: Instant | None = None
    stage_reason: str | None = None
    stage_way: StageWay | None = None
    stage_seen: int = 0
    had: str | None = None
    lifted: tuple[str, ...] = ()
    counted: bool = False
    move: Move | None = None
    hold: Hold | None = None
    refused: tuple[Refused, ...] = ()
    deeds: tuple[Deeds, ...] = ()
    aliases: tuple[UUID, ...] = ()
    snapshot: int = 0
    offer: Offer | None = None

    @property
    def touch(self) -> Touch | None:
        """The newest human touch of the lead and of all that is part of it."""
        found = (each.touched for each in self.deeds if each.origin in self.aliases)
        return max((each for each in (self.touched, *found) if each), key=lambda t: t.at, default=None)

    @property
    def meeting(self) -> Instant | None:
        """The newest booked meeting, likewise."""
        found = (each.meeting_at for each in self.deeds if each.origin in self.aliases)
        return max((each for each in (self.meeting_at, *found) if each), default=None)

    @property
    def waits(self) -> bool:
        """Does the lead wait for an owner: held for somebody's next shift, or in a queue?"""
        return self.outcome in ("held", "queue")


NOWHERE = Standing()
STANDING = TypeAdapter(Standing)


@dataclass(frozen=True, slots=True)
class Body:
    """`scored` is the last `lead.scored` as it was read; empty while only acts about the lead are known."""

    standing: Standing = NOWHERE
    scored: bytes = b""


class BodyCodec:
    """Length-prefixed: the standing as JSON without its defaults, then the scored event untouched."""

    def encode(self, body: Body) -> bytes:
        """The body as bytes."""
        standing = STANDING.dump_json(body.standing, exclude_defaults=True)
        return b"".join((_LENGTH.pack(len(standing)), standing, body.scored))

    def decode(self, data: bytes) -> Body:
        """The body in `data`. Raises Undecodable for what `encode` did not make."""
        end = _LENGTH.size + _LENGTH.unpack_from(data)[0]
        try:
            standing = STANDING.validate_json(data[_LENGTH.size : end])
        except ValidationError as error:
            raise Undecodable(f"route's state: {describe(error)}") from None
        return Body(standing, data[end:])
