"""Snapshots as the next steps read them: the same events without the parts that nobody after looks at.

Building those parts costs most of a decode (a routed event: 373 µs whole, 95 µs as a view, measured on one machine in
one run). The original bytes are carried on whole, so nothing is lost. A view is a subclass: a field left out stands at
its default for good, whatever the bytes say.
"""

from typing import Any, ClassVar, TypeVar
from uuid import UUID

from leadline_schemas.activity import Activity, Actor
from leadline_schemas.captured import LeadCaptured
from leadline_schemas.consent import ConsentRecord
from leadline_schemas.enriched import LeadEnriched
from leadline_schemas.event import Basis, Model
from leadline_schemas.lead import Alternate, Attribution, ExternalId, Lead, PersonRef, PossibleDuplicate, Request, Touch
from leadline_schemas.routed import LeadRouted
from leadline_schemas.scored import LeadScored, Scorecard
from leadline_schemas.topics import LEAD_CAPTURED, LEAD_ENRICHED, LEAD_ROUTED

# mypy: disable-error-code="misc,assignment"
# (a class variable in place of a field is the point here)


M = TypeVar("M", bound=Model)


class BasisSeen(Basis):
    """When and by which rules; not the outside facts."""

    facts: ClassVar[dict[str, Any] | None] = None


class CapturedChosen(LeadCaptured):
    """The lead as it stands and how it came; not how its values were chosen."""

    basis: BasisSeen
    fields_changed: ClassVar[tuple[str, ...]] = ()
    incomplete: ClassVar[tuple[str, ...]] = ()
    notes: ClassVar[tuple[str, ...]] = ()
    possible_duplicates: ClassVar[tuple[PossibleDuplicate, ...]] = ()
    alternates: ClassVar[tuple[Alternate, ...]] = ()


class ConsentStated(ConsentRecord):
    """What is agreed to or not; not for which address, and with which evidence."""

    address: ClassVar[str | None] = None
    basis: ClassVar[Any] = None
    since: ClassVar[Any] = None
    source: ClassVar[str | None] = None
    text_version: ClassVar[str | None] = None
    evidence: ClassVar[str | None] = None
    submission_id: ClassVar[UUID | None] = None


class TouchNamed(Touch):
    """The channel alone."""

    source: ClassVar[str | None] = None
    medium: ClassVar[str | None] = None
    campaign: ClassVar[str | None] = None
    term: ClassVar[str | None] = None
    content: ClassVar[str | None] = None
    click_id: ClassVar[str | None] = None
    click_id_name: ClassVar[str | None] = None
    referrer: ClassVar[str | None] = None
    landing_page: ClassVar[str | None] = None


class AttributionNamed(Attribution):
    """Through which channels somebody came."""

    first_touch: TouchNamed
    last_touch: TouchNamed


class LeadLookedUp(Lead):
    """By what a lead and its company are looked up, and who may be asked; not what it wants."""

    external_ids: ClassVar[tuple[ExternalId, ...]] = ()
    revenue: ClassVar[str | None] = None
    budget: ClassVar[str | None] = None
    timeline_months: ClassVar[int | None] = None
    interest: ClassVar[str | None] = None
    message: ClassVar[str | None] = None
    referrer: ClassVar[PersonRef | None] = None
    buying_role: ClassVar[str | None] = None
    consent: tuple[ConsentStated, ...] = ()


class CapturedLookedUp(CapturedChosen):
    """What enrich looks at: the lead as it stands; not what it did and asked for."""

    requests: ClassVar[tuple[Request, ...]] = ()
    acts: ClassVar[tuple[Activity, ...]] = ()
    acted_after_withdrawal: ClassVar[tuple[UUID, ...]] = ()
    attribution: AttributionNamed | None = None
    lead: LeadLookedUp


def narrowed(model: type[M], *kept: str, **narrower: Any) -> type[M]:
    """The model with these fields alone, some of a narrower type; every other stands at its default (None where it has
    none).
    """
    left = {name: field for name, field in model.model_fields.items() if name not in {*kept, *narrower}}
    fields: dict[str, Any] = {
        name: None if field.is_required() else field.get_default(call_default_factory=True)
        for name, field in model.model_fields.items()
        if name in left or (name in narrower and not field.is_required())
    }
    annotations = {**dict.fromkeys(left, ClassVar[Any]), **narrower}
    body = {"__doc__": f"Some of {model.__name__}.", "__module__": __name__, "__annotations__": annotations, **fields}
    made: type[M] = type(model)(f"{model.__name__}Watched", (model,), body)
    return made


# What the monitor looks at: what was asked and done, who has the lead, how it can be reached; not why.
_BASIS = narrowed(Basis, "decided_at")
CAPTURED_WATCHED = LEAD_CAPTURED.read_as(
    narrowed(
        LeadCaptured,
        *("lead_id", "revision", "outcome", "merged_into", "aliases", "parted_at", "passed_on", "quarantine"),
        "canary",
        *("requests", "acts"),
        basis=_BASIS,
    )
)
_WITHIN = narrowed(
    LeadScored,
    basis=_BASIS,
    scorecard=narrowed(Scorecard, "grade", "temperature"),
    enriched=narrowed(
        LeadEnriched,
        basis=_BASIS,
        captured=narrowed(
            LeadCaptured,
            *("revision", "canary"),
            basis=_BASIS,
            lead=narrowed(Lead, "email", "phone", "referrer", "source", "segment"),
        ),
    ),
)
ROUTED_WATCHED = LEAD_ROUTED.read_as(
    narrowed(
        LeadRouted,
        *("lead_id", "revision", "outcome", "assignment", "assigned_at", "owner", "escalated", "manager", "territory"),
        *("reason", "allowed_channels", "requests", "cause"),
        basis=_BASIS,
        scored=_WITHIN,
    )
)
# What notify tells: who has the lead and who had it, why, and how it is judged; not who it is.
ROUTED_TOLD = LEAD_ROUTED.read_as(
    narrowed(
        LeadRouted,
        *("lead_id", "revision", "outcome", "assignment", "assigned_at", "owner", "manager", "territory", "cause"),
        *("released", "requests"),
        basis=_BASIS,
        scored=narrowed(
            LeadScored,
            scorecard=narrowed(Scorecard, "grade", "temperature"),
            enriched=narrowed(LeadEnriched, captured=narrowed(LeadCaptured, "canary", lead=narrowed(Lead, "source"))),
        ),
    )
)
CAPTURED_LOOKED_UP = LEAD_CAPTURED.read_as(CapturedLookedUp)

# What score judges: what is known and agreed to, what was asked and done; not the facts behind the values that count,
# nor of an act what only a command or a deal says.
_ACT = narrowed(
    Activity,
    *("id", "origin", "kind", "occurred_at", "direction", "to", "automated", "tag", "name", "request_type", "source"),
    *("reason", "purpose", "channel", "historical", "override"),
    actor=narrowed(Actor, "kind"),
)
ENRICHED_SEEN = LEAD_ENRICHED.read_as(
    narrowed(
        LeadEnriched,
        *("lead_id", "revision", "account", "effective", "complete"),
        basis=narrowed(Basis, "as_of"),
        captured=narrowed(
            LeadCaptured,
            *("lead_id", "revision", "outcome", "received_at", "aliases", "merged_into", "quarantine", "requests"),
            "canary",
            *("lead",),
            acts=tuple[_ACT, ...],  # type: ignore[valid-type]
        ),
    )
)
