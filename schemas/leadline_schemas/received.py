"""`lead.received`: a submission, untouched, with how it was authenticated. Also what `POST /v1/leads` accepts."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from leadline_schemas.event import Instant, Model, Pii


class Authentication(Model):
    """How the sender proved who it is. `trusted` senders may name external ids (rules B1.4)."""

    method: Literal["api_key", "hmac", "token", "basic", "fetched", "none", "kafka"]
    key_id: str | None = None
    trusted: bool = False


class LeadReceived(Model):
    """One submission as it came in. Keyed by submission id, which is also its event id."""

    submission_id: UUID
    way: Literal["leads", "activities", "source", "kafka", "consents", "tracking", "commands", "assignments"] = Field(
        description="how the body is read: as our own payload of that name, or by the mapping of `source` "
        "(tracking: one message of the tracking API)"
    )
    source: str = Field(description="name in rules/sources.yaml, or the API key's source")
    received_at: Instant | None = Field(
        default=None,
        description="when the edge took it in; absent if a producer wrote to Kafka himself: then decided_at",
    )
    sent_at: Instant | None = Field(
        default=None,
        description="when it was sent by its sender's own clock, whose error is taken out of the times in it (B1.3)",
    )
    authentication: Authentication
    content_type: str
    body: Annotated[str, Pii] = Field(
        description="the original body, or of one that holds several items this item's part: text, or base64 if it is"
        " not UTF-8"
    )
    body_encoding: Literal["text", "base64"] = "text"
    body_sha256: str
    item: Annotated[int, Field(ge=0)] | None = Field(
        default=None,
        description="which of the items that the mapping finds in the body this submission is, from 0; absent: the one",
    )
    query: dict[str, Annotated[str, Pii]] = Field(default_factory=dict)
    remote_address: Annotated[str, Pii] | None = None
    from_browser: bool | None = Field(
        default=None, description="whether a page in a browser sent it, so that `remote_address` is where somebody was"
    )
    historical: bool = False
    canary: bool | None = Field(
        default=None, description="it came with the canary's own key: it is watched on its way and is no lead"
    )
    form_signed: bool | None = Field(
        default=None,
        description="whether the form tells when its page was made by a signature of ours; null: not asked",
    )
