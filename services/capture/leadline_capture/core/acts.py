"""Acts: what the lead or one of ours did, from `POST /v1/activities` or as the act that a submission is."""

from typing import Literal
from uuid import UUID

from leadline_capture.core.consent import Statement
from leadline_capture.core.identity import Keys
from leadline_runtime.core.values import dataclass
from leadline_schemas.activity import Activity, Actor
from leadline_schemas.event import trusted
from leadline_schemas.lead import Touch
from leadline_schemas.payloads import ActivityPayload
from leadline_schemas.vocabulary import ActivityKind

_activity_of = trusted(Activity)
_KINDS: dict[str, ActivityKind] = {kind: kind for kind in ActivityKind.__args__}  # type: ignore[attr-defined]
OUTGOING = frozenset({
    "email.sent", "email.delivered", "call.attempted", "call.connected", "sms.sent", "document.shared",
    "nurture.sent", "nurture.enrolled",
})  # fmt: skip
OWN = frozenset({"note.added", "stage.changed", "deal.created", "deal.won", "deal.lost", "score.overridden"})
OWN_PREFIXES = ("assignment.", "calendar.", "sla.", "nurture.", "lead.")


NOBODY = UUID(int=0)  # the origin of an act before it is known whose it is; never published


@dataclass(frozen=True, slots=True)
class Observed:
    """An act before it is known whose it is, and what it says about consent. `lead_id`: the lead it names itself;
    `alias`: it says that all its ids are one person's; `touch`: where the person came from with it, if it says."""

    act: Activity
    keys: Keys
    statements: tuple[Statement, ...] = ()
    lead_id: UUID | None = None
    alias: bool = False
    touch: Touch | None = None

    @property
    def id(self) -> UUID:
        """The act's domain id."""
        return self.act.id

    def resolved(self, lead_id: UUID) -> Activity:
        """The act as this lead's."""
        return _activity_of(**{**self.act.__dict__, "origin": lead_id})


def kind_of(payload: ActivityPayload, trusted: bool) -> ActivityKind:
    """The kind from the closed list; what is not in it is `other`, and so is a word about a lead itself (`lead.*`) that
    no authenticated sender says: a form must not release whom a person is to look at.
    """
    kind = _KINDS.get(payload.kind, "other")
    return "other" if kind.startswith("lead.") and not trusted else kind


def direction_of(payload: ActivityPayload, kind: str) -> Literal["in", "out", "none"]:
    """As said, else as the kind has it."""
    if payload.direction is not None:
        return payload.direction
    if kind in OUTGOING:
        return "out"
    return "none" if _is_ours(kind) or kind == "other" else "in"


def actor_of(payload: ActivityPayload, kind: str) -> Actor:
    """As said, else the lead, or for what only we do a person, or an automation if it is said to be automatic."""
    if payload.actor is not None:
        return Actor(kind=payload.actor.kind, id=payload.actor.id)
    if kind in OUTGOING or _is_ours(kind):
        return Actor(kind="automation" if payload.automated else "person")
    return Actor(kind="lead")


def _is_ours(kind: str) -> bool:
    return kind in OWN or kind.startswith(OWN_PREFIXES)
