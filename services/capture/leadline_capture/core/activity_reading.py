"""An activity, read: all that can be said of it before it is known whose it is."""

from leadline_capture.core.acts import NOBODY, Observed, actor_of, direction_of, kind_of
from leadline_capture.core.emails import read_email
from leadline_capture.core.own_ids import lead_id_of
from leadline_capture.core.phones import read_phone
from leadline_capture.core.receipt import CaptureTables, Receipt
from leadline_capture.core.said import Speaker
from leadline_schemas.activity import Activity
from leadline_schemas.ids import derived_id
from leadline_schemas.payloads import ActivityPayload


def read_activity(payload: ActivityPayload, receipt: Receipt, tables: CaptureTables) -> Observed:
    """An activity payload, read. A lead id and an external id count only from an authenticated sender."""
    when = receipt.when(payload.occurred_at, tables.trusted_time)
    email = read_email(payload.email, tables.words.roles) if payload.email else None
    phone = read_phone(payload.phone, ()) if payload.phone else None
    kind = kind_of(payload, receipt.trusted)
    actor = actor_of(payload, kind)
    source = payload.source or receipt.source
    keys = receipt.keys(payload, email, phone, tables.keys)
    act = Activity(
        id=derived_id("activity", receipt.sender, payload.id) if payload.id else receipt.submission_id,
        origin=NOBODY,
        kind=kind,
        occurred_at=when.at,
        received_at=receipt.received_at,
        direction=direction_of(payload, kind),
        actor=actor,
        to=payload.to,
        automated=payload.automated or actor.kind == "automation",
        tag=payload.tag,
        name=payload.name,
        message_id=payload.id,
        source=source,
        reason=payload.reason,
        stage=payload.stage,
        amount=payload.amount,
        currency=payload.currency,
        purpose=payload.purpose,
        channel=payload.channel,
        assignment=payload.assignment,
        member=payload.member,
        historical=receipt.historical or payload.historical or when.historical,
    )
    speaker = Speaker(
        when.at, receipt, source, email=email.normal if email else None, phone=phone.e164 if phone else None
    )
    said = tuple(speaker.of_act(kind, payload.purpose, payload.channel))
    seen = payload.attribution
    return Observed(
        act,
        keys,
        said,
        lead_id_of(payload.lead_id) if receipt.trusted else None,
        payload.alias,
        tables.channels.touch(when.at, source, seen) if tables.channels.is_arrival(seen) else None,
    )
