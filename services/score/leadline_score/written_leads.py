"""Leads as a person writes them down: in the examples of a rules file, or in a file of their own to be judged."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, Field

from leadline_runtime.core.errors import RulesError
from leadline_runtime.core.matchers import closest
from leadline_runtime.rules import RulesModel
from leadline_schemas.activity import Activity, Actor, ScoreOverride
from leadline_schemas.event import trusted
from leadline_schemas.ids import derived_id
from leadline_schemas.lead import Request
from leadline_schemas.vocabulary import LeadType
from leadline_score.core.acts import newest, orders_in
from leadline_score.core.exact import microseconds
from leadline_score.core.known import FACT_FIELDS
from leadline_score.core.learned_course import LearnedCourse
from leadline_score.core.scorecard import Evidence
from leadline_score.rules_file import ActExample, Expected, OverrideExample

_LEAD = UUID(int=0)
_PERSON = Actor(kind="lead")
_activity, _asked = trusted(Activity), trusted(Request)


class WrittenRequest(RulesModel):
    """What the lead asked for, and when."""

    type: LeadType
    at: AwareDatetime


class WrittenFit(RulesModel):
    """How many points fit was from an instant on."""

    at: AwareDatetime
    fit: Annotated[Decimal, Field(ge=0, le=100, decimal_places=3)]


class WrittenLead(RulesModel):
    """A lead to be judged: facts, acts, and as of when. `requests`: None means those among the acts; `fits`: the course
    of fit before `as_of`, none means that all facts became known then; `left_out`: facts that whoever wrote the file
    kept to himself; `learned`: the course of its learned score, as `score export` writes it.
    """

    name: str | None = None
    lead_id: UUID | None = None
    as_of: AwareDatetime | None = None
    lead: dict[str, Any] = {}
    acts: tuple[ActExample, ...] = ()
    requests: tuple[WrittenRequest, ...] | None = None
    fits: tuple[WrittenFit, ...] = ()
    truncated: bool = False
    withheld: bool = False
    left_out: tuple[str, ...] = ()
    learned: LearnedCourse | None = None
    expect: Expected | None = None

    @property
    def called(self) -> str:
        """What to call it."""
        return self.name or (str(self.lead_id) if self.lead_id else "the lead")


def evidence_in(lead: WrittenLead, file: str) -> Evidence:
    """What a written lead is judged on. Raises RulesError for a fact that rules cannot ask for."""
    known = facts(lead.lead, file, "lead")
    written, among = acts_and_requests(lead.acts)
    acts, cut = newest(list(written))  # as score itself would: it keeps no more
    given = None if lead.requests is None else tuple(_request(each.type, each.at) for each in lead.requests)
    return Evidence(
        known=known,
        acts=acts,
        requests=among if given is None else given,
        fits=tuple((microseconds(each.at), int(each.fit * 1000)) for each in lead.fits),
        truncated=lead.truncated or cut,
        withheld=lead.withheld,
        orders=orders_in(acts),
        learned=lead.learned,
    )


def facts(given: Mapping[str, Any], file: str, path: str) -> dict[str, Any]:
    """Facts that an author wrote down. Raises RulesError for one that rules cannot ask for, or that no fact is like."""
    if unknown := sorted(set(given) - FACT_FIELDS):
        hint = closest(unknown[0], FACT_FIELDS)
        raise RulesError(file, f"{path}.{unknown[0]}", f"is no fact that rules may ask; {hint}")
    for name, value in given.items():
        if value is not None and isinstance(value, bool) != (name == "do_not_contact"):
            raise RulesError(file, f"{path}.{name}", "is yes or no" if name == "do_not_contact" else "is not yes or no")
        if not isinstance(value, str | int | float | None):
            raise RulesError(file, f"{path}.{name}", "is one text or one number, no list and no map")
    return dict(given)


def acts_and_requests(examples: Sequence[ActExample]) -> tuple[tuple[Activity, ...], tuple[Request, ...]]:
    """The acts, and the requests that are among them."""
    acts = tuple([_act(act, place) for place, act in enumerate(examples)])
    requests = [_request(act.request_type, act.occurred_at) for act in acts if act.request_type is not None]
    return acts, tuple(requests)


def _act(example: ActExample, place: int) -> Activity:
    return _activity(
        id=example.id or derived_id("example", place),
        origin=_LEAD,
        kind=example.kind,
        occurred_at=example.at,
        received_at=example.at,
        actor=_PERSON,
        automated=example.automated,
        tag=example.tag,
        name=example.name,
        request_type=example.request,
        reason=example.reason,
        purpose=example.purpose,
        channel=example.channel,
        direction=example.direction,
        to=example.to,
        source=example.source,
        override=_override(example.override) if example.override else None,
    )


def _override(example: OverrideExample) -> ScoreOverride:
    return ScoreOverride(
        target=example.target,
        veto=example.veto,
        value=example.value,
        author=example.author,
        reason=example.reason,
        expires_at=example.expires_at,
    )


def _request(kind: LeadType, at: datetime) -> Request:
    return _asked(id=_LEAD, type=kind, start=at, received_at=at, origin=_LEAD)
