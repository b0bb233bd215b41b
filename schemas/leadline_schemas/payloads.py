"""What callers may send to the door as JSON of ours: leads, activities, consents; leads also to `lead.received` itself.

Types, sizes and formats are checked here; nothing is normalised or mapped: that is capture's step.
"""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from leadline_schemas.event import Model, Pii
from leadline_schemas.vocabulary import (
    ActivityKind,
    ConsentChannel,
    ConsentPurpose,
    ConsentState,
    LawfulBasis,
    LeadType,
    Source,
)

# Not in a text: NUL (jsonb refuses it), bidi overrides (they disguise text), lone surrogates cannot be decoded at all.
SAFE = r"^[^\x00\u202a-\u202e\u2066-\u2069]*$"
AMOUNT = r"^-?[0-9]{1,15}(\.[0-9]{1,4})?$"
Short = Annotated[str, StringConstraints(max_length=200, pattern=SAFE)]
Name = Annotated[str, Pii, StringConstraints(max_length=200, pattern=SAFE)]
Email = Annotated[str, Pii, StringConstraints(max_length=320, pattern=r"^\s*[^@\s\x00]+@[^@\s\x00]+\s*$")]
Phone = Annotated[str, Pii, StringConstraints(max_length=50, pattern=SAFE)]
Long = Annotated[str, Pii, StringConstraints(max_length=5000, pattern=SAFE)]
Url = Annotated[str, Pii, StringConstraints(max_length=2000, pattern=SAFE)]
Address = Annotated[str, Pii, StringConstraints(max_length=100, pattern=SAFE)]
Identifier = Annotated[str, Pii, StringConstraints(min_length=1, max_length=200, pattern=SAFE)]


class ReferrerPayload(Model):
    """The person who referred the lead."""

    name: Name | None = None
    email: Email | None = None
    phone: Phone | None = None


class ExternalIdPayload(Model):
    """An id of the lead in the sender's own system."""

    system: Short
    id: Identifier


class ConsentPayload(Model):
    """One statement about consent made with the submission."""

    purpose: ConsentPurpose
    channel: ConsentChannel = "any"
    address: Email | Phone | None = None
    state: ConsentState
    basis: LawfulBasis | None = None
    occurred_at: AwareDatetime | None = None
    text_version: Short | None = None
    evidence: Long | None = Field(default=None, description="what proves it: the page, the recording, the signed form")


class ConsentSubmission(Model):
    """One statement about consent and the person who made it: by any one of the keys, strongest first."""

    id: Identifier | None = Field(default=None, description="the sender's own id of the statement: repeats count once")
    lead_id: Identifier | None = Field(default=None, description="counts only from a trusted key, as external_id does")
    external_id: ExternalIdPayload | None = None
    email: Email | None = None
    phone: Phone | None = None
    anonymous_id: Identifier | None = None
    user_id: Identifier | None = None
    purpose: ConsentPurpose
    channel: ConsentChannel = Field(default="any", description="any: each channel of which an address is given")
    address: Email | Phone | None = Field(
        default=None, description="what it speaks of, if that is not the email or phone that tells whose it is"
    )
    state: Literal["pending", "granted", "declined", "withdrawn"] = Field(
        description="pending: asked for and not yet confirmed, which is no consent; see confirm_url of the answer"
    )
    basis: LawfulBasis | None = None
    occurred_at: AwareDatetime | None = Field(default=None, description="when it was said; absent: when it is received")
    text_version: Short | None = Field(default=None, description="which text the person saw")
    evidence: Long | None = Field(default=None, description="what proves it: the page, the recording, the signed form")
    source: Source | None = None
    historical: bool = False


class ConsentLinkPayload(Model):
    """Whose link to withdraw consent is wanted, by any one of the keys, and what for."""

    lead_id: Identifier | None = Field(default=None, description="counts only from a trusted key, as external_id does")
    external_id: ExternalIdPayload | None = None
    email: Email | None = None
    phone: Phone | None = None
    anonymous_id: Identifier | None = None
    user_id: Identifier | None = None
    purpose: Literal["respond", "marketing"] = "marketing"
    channel: ConsentChannel = "email"


class AttributionPayload(Model):
    """Where the person came from, as the page saw it."""

    utm_source: Short | None = None
    utm_medium: Short | None = None
    utm_campaign: Short | None = None
    utm_term: Short | None = None
    utm_content: Short | None = None
    click_id: Short | None = None
    click_id_name: Short | None = Field(
        default=None, description="the parameter that held the click id, as gclid or fbclid: whose click it was"
    )
    referrer: Url | None = None
    landing_page: Url | None = None


class LeadPayload(Model):
    """A lead as its sender knows it. Nothing is required: what is missing is listed, not refused."""

    id: Identifier | None = Field(default=None, description="the sender's own id of this submission")
    type: LeadType | None = None
    source: Source | None = None
    source_detail: Short | None = None
    occurred_at: AwareDatetime | None = None
    event_end: AwareDatetime | None = None
    name: Name | None = None
    first_name: Name | None = None
    last_name: Name | None = None
    title: Name | None = None
    email: Email | None = None
    phone: Phone | None = None
    external_id: ExternalIdPayload | None = None
    anonymous_id: Identifier | None = None
    user_id: Identifier | None = Field(
        default=None, description="by which the sender's own application knows who is signed in; brings its history"
    )
    company: Name | None = None
    website: Url | None = None
    street: Name | None = None
    city: Name | None = None
    postal_code: Name | None = None
    state: Short | None = None
    country: Short | None = None
    language: Short | None = None
    ip: Address | None = Field(
        default=None, description="IPv4 or IPv6 address of the person's own browser, as the sender saw it; never yours"
    )
    employees: Annotated[int, Field(ge=0, le=10_000_000)] | None = None
    industry: Short | None = None
    revenue: Short | None = None
    budget: Short | None = None
    timeline: Short | None = None
    interest: Short | None = None
    message: Long | None = None
    referrer: ReferrerPayload | None = None
    owner: Short | None = None
    consent: Annotated[tuple[ConsentPayload, ...], Field(max_length=20)] = ()
    marketing_checkbox: bool | None = Field(
        default=None,
        description="the marketing box: true ticked, false shown and left empty, absent not shown",
    )
    attribution: AttributionPayload | None = None
    extra: Annotated[dict[Short, Name], Field(max_length=50)] = Field(default_factory=dict)
    historical: bool = False
    profile: bool = Field(
        default=False, description="tells who somebody is and asks for nothing: no request, no act, starts no clock"
    )
    reply: bool = Field(
        default=False, description="answers something of ours: of a known lead no new request, but an act email.replied"
    )
    test: bool = False
    honeypot: Short | None = Field(default=None, description="a field people do not see: filled means a robot")
    rendered_at: AwareDatetime | None = Field(default=None, description="when the form's page was made or shown")
    filled_in_ms: Annotated[int, Field(ge=0, le=10**12)] | None = Field(
        default=None, description="from showing the form to sending it, by the page's own clock"
    )
    missed_call: bool = False


class ActorPayload(Model):
    """Who acted: the lead, a person of ours (id = member id) or an automation."""

    kind: Literal["lead", "person", "automation"]
    id: Short | None = None


class ActivityPayload(Model):
    """One act of a lead, or of one of ours towards it. Whose it is: any one of the keys, strongest first."""

    id: Identifier | None = Field(default=None, description="the sender's own id of the act: repeats count once")
    kind: ActivityKind | Annotated[str, StringConstraints(max_length=100, pattern=SAFE)]
    occurred_at: AwareDatetime | None = None
    lead_id: Identifier | None = None
    external_id: ExternalIdPayload | None = None
    email: Email | None = None
    phone: Phone | None = None
    anonymous_id: Identifier | None = None
    user_id: Identifier | None = None
    direction: Literal["in", "out", "none"] | None = None
    actor: ActorPayload | None = None
    to: Literal["lead", "referrer"] = "lead"
    automated: bool = False
    tag: Short | None = None
    name: Short | None = None
    source: Source | None = None
    reason: Short | None = None
    stage: Short | None = None
    amount: Annotated[str, StringConstraints(pattern=AMOUNT)] | None = Field(
        default=None, description="deal.*: what it is worth, a decimal number such as 1200.50"
    )
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] | None = Field(
        default=None, description="of the amount, ISO 4217"
    )
    purpose: ConsentPurpose | None = None
    channel: ConsentChannel | None = None
    assignment: int | None = None
    member: Short | None = None
    alias: bool = Field(default=False, description="says that all the ids it gives are one person's")
    attribution: AttributionPayload | None = Field(
        default=None, description="where the person came from with this act: a page opened from a campaign"
    )
    historical: bool = False
