"""The part of `lead.scored` that routing looks at. The event itself is carried on whole, as the bytes read."""

from typing import Literal
from uuid import UUID

from leadline_schemas.consent import ConsentRecord
from leadline_schemas.enriched import Account
from leadline_schemas.event import Exact, Instant, Model
from leadline_schemas.lead import MergedInto, PiiText, Quarantine, Request
from leadline_schemas.scored import Override, Veto
from leadline_schemas.topics import LEAD_ACTIVITY, LEAD_SCORED, LEAD_SLA, LEAD_STAGE, ROSTER_RECEIVED, is_by_itself
from leadline_schemas.vocabulary import Function, LeadType, Segment, Seniority, Source, Stage


class Values(Model):
    """See Effective."""

    country: str | None = None
    state: str | None = None
    language: str | None = None
    employees: int | None = None
    industry: str | None = None
    domain_class: Literal["free", "disposable", "role", "corporate"] | None = None
    company_domain: str | None = None
    seniority: Seniority | None = None
    function: Function | None = None
    size_band: str | None = None
    industry_band: Literal["target", "adjacent", "other"] | None = None
    first_touch_channel: str | None = None
    last_touch_channel: str | None = None


class Person(Model):
    """See Lead."""

    email: PiiText | None = None
    phone: PiiText | None = None
    postal_code: PiiText | None = None
    budget: PiiText | None = None
    timeline_months: int | None = None
    interest: str | None = None
    owner: str | None = None
    type: LeadType = "other"
    source: Source = "other"
    source_detail: str | None = None
    segment: Segment = "inbound"
    stage: Stage = "captured"
    consent: tuple[ConsentRecord, ...] = ()


class Captured(Model):
    """See LeadCaptured."""

    revision: int
    aliases: tuple[UUID, ...] = ()
    merged_into: MergedInto | None = None
    quarantine: Quarantine | None = None
    canary: bool | None = None
    lead: Person


class Enriched(Model):
    """See LeadEnriched."""

    account: Account | None = None
    effective: Values
    captured: Captured


class Fit(Model):
    """See Dimension."""

    value: Exact
    known: Exact


class Intent(Model):
    """See Dimension."""

    value: Exact


class Card(Model):
    """See Scorecard."""

    as_of: Instant
    fit: Fit
    intent: Intent
    total: Exact
    grade: str
    temperature: Literal["hot", "warm", "cold"]
    signal: Literal["PQL", "MQL", "IQL", "none"]
    hand_raise: bool
    mql: bool
    mql_by_score: bool
    mql_reasons: tuple[Literal["hand_raise", "score", "pql", "override"], ...] = ()
    fast_track: bool
    vetoes: tuple[Veto, ...] = ()
    withheld: bool = False
    overrides: tuple[Override, ...] | None = None

    @property
    def set_mql(self) -> bool | None:
        """Whether a person set it to be an MQL, which stands there also while a veto stops it; None: nobody did."""
        said = next((each.value for each in self.overrides or () if each.target == "mql"), None)
        return said if isinstance(said, bool) else None


class Review(Model):
    """See leadline_schemas.scored.Review."""

    state: Literal["waiting", "dismissed", "released"] = "waiting"


class Scored(Model):
    """See LeadScored."""

    lead_id: UUID
    revision: int
    requests: tuple[Request, ...] = ()
    cause: Literal["act", "fact", "decay", "rules_change", "merge", "review", "override"] = "act"
    scorecard: Card
    review: Review | None = None
    enriched: Enriched

    @property
    def mql(self) -> bool:
        """Is it to be given to a person? Not while it qualifies by new rules alone (rules B3.12)."""
        return self.scorecard.mql and (self.review is None or self.review.state == "released")


# What the step reads: of a scorecard only this view.
SCORED = LEAD_SCORED.read_as(Scored)
READS = (SCORED, LEAD_ACTIVITY, LEAD_SLA, LEAD_STAGE, ROSTER_RECEIVED)
LAPSED, ESCALATED = f"{LEAD_SLA.event_type}.lapsed", f"{LEAD_SLA.event_type}.escalated"
MOVED = frozenset(f"{LEAD_STAGE.event_type}.{kind}" for kind in ("applied", "reverted"))


def wants(event_type: str) -> bool:
    """Of the monitor's events only lapsed clocks, steps of ladders, and stages that routing did not make itself; of
    activities not what a lead does by itself."""
    if event_type.startswith(LEAD_SLA.event_type):
        return event_type in (LAPSED, ESCALATED)
    if event_type.startswith(LEAD_STAGE.event_type):
        return event_type in MOVED
    return not is_by_itself(event_type)
