"""`lead.scored`: the scorecard. Every point is named, so that a person can add it up."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from leadline_schemas.enriched import LeadEnriched
from leadline_schemas.event import Event, Exact, Instant, Model, Pii, RulesRef
from leadline_schemas.lead import Request
from leadline_schemas.values import dataclass
from leadline_schemas.vocabulary import OverrideTarget

# The parts of which a scorecard has dozens are plain dataclasses, made by position: a model takes three times as long.
# What may be absent of them is told to who reads, as Python allows no default before a field without one.
ABSENT = Field(default=None)


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one fact or act gave, from its raw points to what counted after each cap."""

    rule: str  # dimension.group.rule, as intent.evaluation.pricing_page
    group: str
    event: Annotated[UUID | None, ABSENT]
    at: Annotated[Instant | None, ABSENT]
    raw: int
    decayed: Exact
    after_rule: Exact
    after_group: Exact
    counted: Exact
    why: str


@dataclass(frozen=True, slots=True)
class NotCounted:
    """An act that gave nothing, and why."""

    event: UUID
    rule: Annotated[str | None, ABSENT]
    why: str


@dataclass(frozen=True, slots=True)
class Clipped:
    """A sum before and after its cap."""

    sum: Exact
    clipped: Exact


class Dimension(Model):
    """Fit or intent: who they are, or what they did. `value` and `known` are what a person set, if one did; the rest is
    computed."""

    value: Exact
    known: Exact  # positives and penalties on known facts only, before the dimension's floor
    contributions: tuple[Contribution, ...] = ()
    rules: dict[str, Clipped] = {}
    groups: dict[str, Clipped] = {}
    positives: Exact
    after_cap: Exact
    penalties: Exact
    not_counted: tuple[NotCounted, ...] = ()


class Veto(Model):
    """A reason that stops the lead whatever its points. Vetoes are not points."""

    id: str
    effect: Literal["disqualify", "nurture_only"]
    why: str


class Gap(Model):
    """An unknown fact and the most it could add."""

    fact: str
    worth_up_to: int


class Recheck(Model):
    """The first whole second at which decay alone changes a band."""

    at: Instant
    change: str
    value_then: Exact
    of: Literal["intent", "total"] = "intent"


class Override(Model):
    """What a person set in place of what is computed, while it is in force; `computed` is what would stand without it.

    Of fit and intent a value as text, of mql and veto yes or no.
    """

    target: OverrideTarget
    veto: str | None = None
    value: bool | Exact
    computed: bool | Exact
    author: str
    reason: Annotated[str, Pii]
    since: Instant
    until: Instant
    without_effect: str | None = None  # why it changes nothing


class Learned(Model):
    """What a model learned from closed leads makes of the lead, beside the rules.

    In shadow it decides nothing; promoted, its points stand in place of the total for the MQL band.
    """

    version: str
    digest: str
    mode: Literal["shadow", "promoted"]
    probability: Exact  # that it ends well, to four places
    points: Exact  # 0 to 100: 50 is the average lead that the model learned from, 70 the border of its best fifth
    in_band: bool  # are its points in the MQL band (entered at one value, left at a lower one)?
    total_in_band: bool  # would the rules' total, with its minima, say MQL?
    contributions: tuple[Contribution, ...] = ()  # the points beyond 50, before they are held within 0 and 100
    unknown: int = 0  # features that a lead can hold and this one does not


class Scorecard(Model):
    """The judgement as of one instant."""

    as_of: Instant
    fit: Dimension
    intent: Dimension
    total: Exact
    unclipped_total: Exact
    display: int
    grade: str
    temperature: Literal["hot", "warm", "cold"]
    signal: Literal["PQL", "MQL", "IQL", "none"]
    hand_raise: bool
    mql: bool
    mql_by_score: bool
    mql_reasons: tuple[Literal["hand_raise", "score", "pql", "override"], ...] = ()
    mql_entry: int = 0  # how many times the score band was entered
    fast_track: bool
    sql_suggested: bool
    vetoes: tuple[Veto, ...] = ()
    gaps: tuple[Gap, ...] = ()
    next_recheck: Recheck | None = None
    truncated: bool = False
    withheld: bool = False
    explanation: str
    overrides: tuple[Override, ...] | None = None  # in force
    learned: Learned | None = None


class Review(Model):
    """The lead qualifies by new rules alone: it goes to nobody until a person releases it or it does something itself
    (rules B3.12). `rules` are those by which it qualifies, `grade` and `signal` what it was before them.
    """

    state: Literal["waiting", "dismissed", "released"] = "waiting"
    since: Instant
    rules: RulesRef
    grade: str
    signal: Literal["PQL", "MQL", "IQL", "none"]
    author: str | None = None  # who decided, when and why
    decided_at: Instant | None = None
    reason: Annotated[str, Pii] | None = None


class LeadScored(Event):
    """The scorecard with all that was known when it was made."""

    requests: tuple[Request, ...] = ()  # captured's, and the one that an MQL entry by score alone opened
    cause: Literal["act", "fact", "decay", "rules_change", "merge", "review", "override"] = "act"
    scorecard: Scorecard
    review: Review | None = None
    enriched: LeadEnriched
