"""The lead as every step sees it, and the parts its snapshots carry."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from leadline_schemas.consent import ConsentRecord
from leadline_schemas.event import Instant, Model, Pii
from leadline_schemas.vocabulary import LeadType, Segment, Source, Stage

PiiText = Annotated[str, Pii]


class PersonRef(Model):
    """Another person that a lead names: who referred it."""

    name: PiiText | None = None
    email: PiiText | None = None
    phone: PiiText | None = None


class ExternalId(Model):
    """The id of the lead in somebody else's system; trusted only from authenticated sources."""

    system: str
    id: Annotated[str, Pii]


class Alternate(Model):
    """A value that lost against a more trusted or newer one and is kept beside it (rules B1.6)."""

    field: str
    value: PiiText
    source: str
    at: Instant
    offered: bool = Field(default=False, description="newer than the value that stands, but less trusted")


class Touch(Model):
    """A point of attribution: through which channel somebody came, first or last."""

    at: Instant
    channel: str
    source: str | None = None
    medium: str | None = None
    campaign: str | None = None
    term: str | None = None
    content: str | None = None
    click_id: str | None = None
    click_id_name: str | None = Field(default=None, description="the parameter that held it, as gclid or fbclid")
    referrer: str | None = Field(default=None, description="host of the referring page, without path or query")
    landing_page: str | None = Field(default=None, description="path of the landing page, without query")


class Attribution(Model):
    """First and last touch over the united history."""

    first_touch: Touch
    last_touch: Touch


class Request(Model):
    """An act of the lead with a type: what it asked for. The id is also the id of the cycle it may open."""

    id: UUID
    type: LeadType
    start: Instant = Field(description="effective time of the act: the customer's clock starts here")
    received_at: Instant
    historical: bool = False
    origin: UUID = Field(description="the lead it was first resolved to")
    root: UUID | None = Field(
        default=None, description="the lead that its origin was part of then: that one begins its cycle (loop, 7)"
    )
    event_end: Instant | None = None
    missed_call: bool = False

    @property
    def begun_by(self) -> UUID:
        """The lead that begins its cycle from a snapshot; every other takes it up only from a message."""
        return self.root or self.origin


class Quarantine(Model):
    """Why a lead is kept apart, since when."""

    reason: str
    since: Instant


class MergedInto(Model):
    """The lead this one became part of, and that lead's revision that lists it as an alias."""

    lead_id: UUID
    revision: int


class PossibleDuplicate(Model):
    """A lead that may be the same person; only a person decides."""

    lead_id: UUID = Field(description="as it was found; it may have become part of another lead since")
    reason: str = Field(description="external_id, email or phone: that key leads to it; likeness: it looks like it")
    score: float | None = Field(default=None, description="of a likeness: the probability that it is the same person")
    words: str | None = Field(default=None, description="of a likeness: what is alike and what differs, without values")


class Lead(Model):
    """The lead's effective values (field survivorship, rules B1.6). Absent means unknown."""

    name: PiiText | None = None
    first_name: PiiText | None = None
    last_name: PiiText | None = None
    title: PiiText | None = None
    email: PiiText | None = Field(default=None, description="normal form: lower-cased domain, IDNA")
    emails: tuple[PiiText, ...] = Field(default=(), description="every address this lead gave, normal form")
    phone: PiiText | None = Field(default=None, description="E.164")
    external_ids: tuple[ExternalId, ...] = ()
    company: PiiText | None = None
    website: str | None = None
    street: PiiText | None = None
    city: PiiText | None = None
    postal_code: PiiText | None = None
    state: str | None = Field(default=None, description="ISO 3166-2 subdivision without the country, as MA")
    country: str | None = Field(default=None, description="ISO 3166-1 alpha-2")
    language: str | None = Field(default=None, description="ISO 639-1")
    ip: PiiText | None = Field(
        default=None,
        description="network that the person's own browser was in, the last 8 bits of an IPv4 address and the last 80"
        " of an IPv6 address zero: enough for a country; never the address of a vendor's or a sender's server",
    )
    employees: int | None = None
    industry: str | None = None
    revenue: PiiText | None = None
    budget: PiiText | None = None
    timeline_months: int | None = None
    interest: str | None = None
    message: PiiText | None = None
    referrer: PersonRef | None = None
    buying_role: str | None = None
    account_id: str | None = None
    owner: str | None = Field(default=None, description="member id: who added the lead by hand, or an imported owner")
    extra: dict[str, PiiText] = Field(default_factory=dict)
    type: LeadType = "other"
    source: Source = "other"
    source_detail: str | None = None
    segment: Segment = "inbound"
    stage: Stage = "captured"
    consent: tuple[ConsentRecord, ...] = ()
