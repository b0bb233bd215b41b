"""Consent, held per purpose, channel and address (rules B1.9). Absence is `unknown`, which is not consent."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from leadline_schemas.event import Instant, Model, Pii
from leadline_schemas.vocabulary import ConsentChannel, ConsentPurpose, ConsentState, LawfulBasis


class ConsentStatement(Model):
    """One thing that was said about consent, as it was said; the state is a fold over all of them in event time."""

    purpose: ConsentPurpose
    channel: ConsentChannel = "any"
    address: Annotated[str, Pii] | None = None
    state: ConsentState
    basis: LawfulBasis | None = None
    at: Instant
    source: str
    text_version: str | None = None


class ConsentRecord(Model):
    """The state of one purpose, channel and address, with its evidence."""

    purpose: ConsentPurpose
    channel: ConsentChannel
    address: Annotated[str, Pii] | None = None
    state: ConsentState
    basis: LawfulBasis | None = None
    since: Instant | None = None
    source: str | None = None
    text_version: str | None = None
    evidence: Annotated[str, Pii] | None = Field(default=None, description="what proves it, in its sender's words")
    submission_id: UUID | None = Field(default=None, description="the submission in which it was said")
