"""All that capture knows of one lead. Everything published about it is a function of this."""

from collections.abc import Iterable
from dataclasses import field
from datetime import datetime
from uuid import UUID

from leadline_capture.core.consent import Sent, Statement
from leadline_capture.core.survivorship import Fields
from leadline_runtime.core.values import dataclass
from leadline_schemas.activity import Activity
from leadline_schemas.lead import ExternalId, PossibleDuplicate, Quarantine, Request, Touch
from leadline_schemas.vocabulary import Source

MOST_REQUESTS = 50
MOST_ACTS = 500
MOST_SUSPECTS = 20
MOST_MARKETING = 50
_OUTGOING = {"email.sent": "email", "call.attempted": "phone", "call.connected": "phone", "sms.sent": "sms"}


@dataclass(frozen=True, slots=True)
class Beginning:
    """How a lead began: the source of its earliest submission is the lead's source for good."""

    at: datetime
    cause: UUID
    source: Source
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class KnownLead:
    """What capture knows. `acts` are published with the lead: its submissions and what was attached with them;
    `known_acts` are the ids of the newest other acts, so that one that is read twice counts once;
    `marketing`: the newest marketing and answers sent, should it turn out that they were no longer allowed.
    `activity_revision` counts what was written to lead.activity, as the state's revision counts lead.captured.
    `parts`: of a lead that others became part of, what is known by origin, its own among them; all but aliases,
    counters and the next three is their union (core/merging.py). `apart`: leads that people took out of it, which
    nothing joins by itself again; `passed_on`: requests it was to begin that left with them; `parted_at`: when the
    last one left.
    """

    beginning: Beginning
    fields: Fields = field(default_factory=dict)
    external_ids: tuple[ExternalId, ...] = ()
    requests: tuple[Request, ...] = ()
    acts: tuple[Activity, ...] = ()
    known_acts: tuple[UUID, ...] = ()
    marketing: tuple[Sent, ...] = ()
    statements: tuple[Statement, ...] = ()
    first_touch: Touch | None = None
    last_touch: Touch | None = None
    possible_duplicates: tuple[PossibleDuplicate, ...] = ()
    aliases: tuple[UUID, ...] = ()
    quarantine: Quarantine | None = None
    activity_revision: int = 0
    parts: "Parts" = ()
    apart: tuple[UUID, ...] = ()
    passed_on: tuple[Request, ...] = ()
    parted_at: datetime | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Every name it was given, folded."""
        return tuple(each.form for each in self.fields.get("name", ()))

    @property
    def emails(self) -> tuple[str, ...]:
        """Every address it gave, the one that stands first."""
        return tuple(str(each.shown) for each in self.fields.get("email", ()))

    @property
    def phones(self) -> tuple[str, ...]:
        """Every number it gave, the one that stands first."""
        return tuple(str(each.shown) for each in self.fields.get("phone", ()))

    def has_other(self, key: str) -> bool:
        """Has it given another e-mail address, or another id of the same system, but never this one?"""
        kind, _, rest = key.partition(":")
        if kind == "e":
            forms = [each.form for each in self.fields.get("email", ())]
            return bool(forms) and rest not in forms
        ours = [external_key(each.system, each.id) for each in self.external_ids]
        system = key.rpartition(":")[0] if kind == "x" else key
        return key not in ours and any(other.startswith(system + ":") for other in ours)

    def knows(self, act: UUID) -> bool:
        """Was this act read before?"""
        return act in self.known_acts or any(each.id == act for each in self.acts)


Parts = tuple[tuple[UUID, KnownLead], ...]


def external_key(system: str, identifier: str) -> str:
    """The reserved form of an external id: `x:sf:77`. A colon inside is written %3A, so that no two ids collide."""
    return f"x:{_escaped(system.lower())}:{_escaped(identifier)}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace(":", "%3A")


def newest_acts(acts: Iterable[Activity]) -> tuple[Activity, ...]:
    """United by id, in order of time, the newest 500."""
    by_id = {act.id.int: act for act in acts}
    return tuple(sorted(by_id.values(), key=lambda a: (a.occurred_at, a.id))[-MOST_ACTS:])


def newest_requests(requests: Iterable[Request]) -> tuple[Request, ...]:
    """United by id, in order of time, the newest 50."""
    by_id = {request.id.int: request for request in requests}
    return tuple(sorted(by_id.values(), key=lambda r: (r.start, r.id))[-MOST_REQUESTS:])


def newest_marketing(known: tuple[Sent, ...], acts: Iterable[Activity]) -> tuple[Sent, ...]:
    """With what was sent among `acts`, in order of time, the newest 50."""
    new = [(act.id, act.occurred_at, sent) for act in acts if (sent := _sent(act)) is not None]
    if not new:
        return known
    found = {each[0]: each for each in (*known, *new)}
    return tuple(sorted(found.values(), key=lambda m: (m[1], m[0]))[-MOST_MARKETING:])


def _sent(act: Activity) -> str | None:
    """Purpose and channel of what went out to the lead, as `marketing.email`; None for all else."""
    if act.kind in ("nurture.enrolled", "nurture.sent"):
        return "marketing.any"
    channel = _OUTGOING.get(act.kind)
    if channel is None or act.direction != "out" or act.to != "lead":
        return None
    return f"{'marketing' if act.automated else 'respond'}.{channel}"
