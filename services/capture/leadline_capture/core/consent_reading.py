"""A statement about consent, read: an act of the person, and what it says (rules B1.9)."""

from leadline_capture.core.acts import NOBODY, Observed
from leadline_capture.core.effective_time import effective_time
from leadline_capture.core.emails import read_email
from leadline_capture.core.own_ids import lead_id_of
from leadline_capture.core.phones import read_phone
from leadline_capture.core.receipt import CaptureTables, Receipt
from leadline_capture.core.said import KIND_OF, Speaker
from leadline_schemas.activity import Activity, Actor
from leadline_schemas.ids import derived_id
from leadline_schemas.payloads import ConsentSubmission


def read_consent(payload: ConsentSubmission, receipt: Receipt, tables: CaptureTables) -> Observed:
    """The act `consent.*` with its statements. A lead id and an external id count only from a trusted sender."""
    when = effective_time(payload.occurred_at, receipt.received_at, tables.trusted_time)
    email = read_email(payload.email, tables.words.roles) if payload.email else None
    phone = read_phone(payload.phone, ()) if payload.phone else None
    source = payload.source or receipt.source
    act = Activity(
        id=derived_id("consent", receipt.sender, payload.id) if payload.id else receipt.submission_id,
        origin=NOBODY,
        kind=KIND_OF[payload.state],
        occurred_at=when.at,
        received_at=receipt.received_at,
        direction="in",
        actor=Actor(kind="lead"),
        message_id=payload.id,
        source=source,
        purpose=payload.purpose,
        channel=payload.channel,
        historical=receipt.historical or payload.historical or when.historical,
    )
    speaker = Speaker(
        when.at, receipt, source, email=email.normal if email else None, phone=phone.e164 if phone else None
    )
    keys = receipt.keys(payload, email, phone, tables.keys)
    named = lead_id_of(payload.lead_id) if receipt.trusted else None
    return Observed(act, keys, tuple(speaker.declared(payload)), named)
