"""The envelope of every event: CloudEvents 1.0 in binary mode, so the record's value is the bare event."""

# Each header's name, and what it holds: ASCII text, never personal data.
HEADERS: dict[str, str] = {
    "ce_specversion": "1.0",
    "ce_id": "The event's id, a UUID that is a function of its cause: a repeat has the same id and the same bytes",
    "ce_type": "leadline. and the topic's name; an SLA event adds its kind, as in leadline.lead.sla.breached",
    "ce_source": "/leadline/ and the service that wrote it",
    "ce_time": "When it was decided: RFC 3339, UTC",
    "content-type": "application/json",
    "traceparent": "W3C trace context; all events of one submission share a trace",
}
# What a dead letter adds to the record's own headers: `dl_` and each field of DeadLetter.
DEAD_LETTER_PREFIX = "dl_"
