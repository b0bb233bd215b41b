"""A lead's submission, read: all that can be said of it before it is known whose it is."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from leadline_capture.core.acts import NOBODY, Observed
from leadline_capture.core.canary import is_canary
from leadline_capture.core.consent import Statement
from leadline_capture.core.effective_time import Effective
from leadline_capture.core.identity import Keys
from leadline_capture.core.lead_type import kind_of_act
from leadline_capture.core.normalise import Normal, normalised
from leadline_capture.core.receipt import CaptureTables, Receipt
from leadline_capture.core.said import Speaker
from leadline_capture.core.spam import Filled, spam_reason
from leadline_capture.core.survivorship import Evidence, Value
from leadline_runtime.core.values import dataclass
from leadline_schemas.activity import Activity, Actor
from leadline_schemas.event import trusted
from leadline_schemas.ids import lead_id, request_id
from leadline_schemas.lead import ExternalId, Touch
from leadline_schemas.payloads import ExternalIdPayload, LeadPayload
from leadline_schemas.vocabulary import LeadType, Source

THE_LEAD = Actor(kind="lead")
_activity_of = trusted(Activity)


@dataclass(frozen=True, slots=True)
class Submission:
    """A lead's submission. `lead_id`: the id of the lead it makes if it makes one; `name`: the person's, folded;
    `asks`: it is a request and not only what somebody is; `told`: it is an act; `reply`: see `as_reply`; `canary`: it
    is nobody's."""

    receipt: Receipt
    lead_id: UUID
    type: LeadType
    source: Source
    source_detail: str | None
    at: datetime
    historical: bool
    keys: Keys
    name: str
    values: tuple[Value, ...]
    evidence: Evidence
    external_id: ExternalId | None
    statements: tuple[Statement, ...]
    touch: Touch | None
    act: Observed
    event_end: datetime | None
    missed_call: bool
    quarantine: str | None
    notes: tuple[str, ...]
    asks: bool = True
    told: bool = True
    reply: bool = False
    canary: bool = False

    @property
    def apart(self) -> bool:
        """Whether nobody is joined to it, and it to nobody: it takes no keys."""
        return self.canary or self.quarantine is not None


def read_lead(payload: LeadPayload, receipt: Receipt, tables: CaptureTables) -> Submission | Observed:
    """A lead payload, read. A chat or a tracked message without any contact key is an act of whoever its pseudonym
    is (rules B1.1)."""
    canary = receipt.canary and is_canary(payload)
    normal = normalised(payload, tables.words)
    normal.place(receipt.browser or payload.ip)
    source = payload.source or receipt.source
    when = receipt.when(payload.occurred_at, tables.trusted_time)
    keys = receipt.keys(payload, normal.email, normal.phone, tables.keys)
    type_: LeadType = payload.type or "other"
    historical = receipt.historical or payload.historical or when.historical
    email, phone = normal.email, normal.phone
    speaker = Speaker(
        when.at, receipt, source, email=email.normal if email else None, phone=phone.e164 if phone else None
    )
    said = tuple(speaker.of_submission(type_, payload.marketing_checkbox, payload.consent))
    seen = _touch(payload, when, source, tables)
    act = Observed(_act_of_lead(payload, receipt, when, historical), keys)
    if (type_ == "chat" or receipt.source == "tracking") and not keys.contact and keys.pseudonyms:
        return replace(act, statements=said, touch=seen if tables.channels.is_arrival(payload.attribution) else None)
    trust = tables.sources[source].trust
    if payload.owner and receipt.trusted:
        normal.keep("owner", payload.owner, payload.owner)
    elif payload.owner:
        normal.notes.append("owner_not_believed")  # a public form could hand out leads
    return Submission(
        receipt=receipt,
        lead_id=lead_id(receipt.received_at, receipt.submission_id),
        type=type_,
        source=source,
        source_detail=payload.source_detail,
        at=when.at,
        historical=historical,
        keys=keys,
        name=normal.name,
        values=tuple(normal.values),
        evidence=Evidence(
            receipt.submission_id, when.at, source, trust if receipt.trusted else min(trust, tables.public_trust)
        ),
        external_id=_external(payload.external_id) if keys.external else None,
        statements=said,
        touch=seen,
        act=act,
        event_end=payload.event_end,
        missed_call=payload.missed_call,
        quarantine=None if canary else _quarantine(payload, receipt, normal, keys, tables),
        notes=tuple(sorted({*receipt.notes, *normal.notes, *((when.flag,) if when.flag else ())})),
        asks=not payload.profile or historical,  # of history it says that there is no more than history
        told=not payload.profile,
        reply=payload.reply,
        canary=canary,
    )


def as_reply(submission: Submission) -> Submission:
    """A reply of a lead that is known: it goes on with a conversation, and opens nothing (rules B5.5)."""
    act = submission.act.act.model_copy(update={"kind": "email.replied", "request_type": None})
    return replace(submission, act=replace(submission.act, act=act), asks=False, touch=None)


def _touch(payload: LeadPayload, when: Effective, source: Source, tables: CaptureTables) -> Touch | None:
    """Where the person came from; telling who one is, is no arrival by itself."""
    if payload.profile and not tables.channels.is_arrival(payload.attribution):
        return None
    return tables.channels.touch(when.at, source, payload.attribution)


def _external(given: ExternalIdPayload | None) -> ExternalId | None:
    return ExternalId(system=given.system.strip().lower(), id=given.id.strip()) if given else None


def _quarantine(
    payload: LeadPayload, receipt: Receipt, normal: Normal, keys: Keys, tables: CaptureTables
) -> str | None:
    if receipt.test or payload.test:
        return "test"
    took = timedelta(milliseconds=payload.filled_in_ms) if payload.filled_in_ms is not None else None
    filled = Filled(payload.honeypot, payload.rendered_at, took, receipt.form_signed)
    spam = spam_reason(filled, normal.email.domain if normal.email else None, receipt.received_at, tables.spam)
    return spam or (None if keys.contact else "no_contact")


def _act_of_lead(payload: LeadPayload, receipt: Receipt, when: Effective, historical: bool) -> Activity:
    return _activity_of(
        id=request_id(receipt.submission_id),
        origin=NOBODY,
        kind="other" if payload.profile else kind_of_act(payload.type or "other", payload.missed_call),
        occurred_at=when.at,
        received_at=receipt.received_at,
        direction="in",
        actor=THE_LEAD,
        name=payload.source_detail,
        request_type=None if payload.profile else payload.type or "other",
        message_id=payload.id,
        source=payload.source or receipt.source,
        historical=historical,
    )
