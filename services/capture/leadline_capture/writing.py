"""A submission as a record of `lead.received`, whichever part of capture writes it."""

from leadline_runtime.envelope import headers
from leadline_runtime.single_records import Single
from leadline_schemas.codec import encode
from leadline_schemas.ids import key_bytes
from leadline_schemas.received import LeadReceived
from leadline_schemas.topics import LEAD_RECEIVED


def as_record(received: LeadReceived, trace: str, writer: str, key: bytes | None = None) -> Single:
    """The record. `writer`: the part of capture that writes it. `trace`: whose work it belongs to. `key`: one in common
    for what shall stay in order; else the submission's id."""
    submission, at = received.submission_id, received.received_at
    assert at is not None, "who writes it knows when it came"
    told = headers(writer, LEAD_RECEIVED.event_type, submission, at, trace)
    return Single(key or key_bytes(submission), encode(LEAD_RECEIVED, received), told)
