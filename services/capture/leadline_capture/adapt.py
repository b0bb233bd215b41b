"""Records that outside producers write to `lead.received`: bare JSON or CloudEvents, binary or structured."""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from uuid import UUID

from pydantic_core import from_json, to_json

from leadline_runtime.envelope import first_place
from leadline_runtime.items import Record
from leadline_runtime.outcomes import Never
from leadline_schemas.ids import submission_id_of_key, submission_id_of_position
from leadline_schemas.received import Authentication, LeadReceived
from leadline_schemas.topics import Topic

# Whoever may write to the topic was let in by Kafka's own access control.
KAFKA = Authentication(method="kafka", trusted=True)
SENDER = "kafka"
LONGEST = 500  # characters of a CloudEvents id or source


def adapt(
    topic: Topic[Any], key: bytes | None, value: bytes, headers: Mapping[str, bytes], partition: int, offset: int
) -> Record[LeadReceived]:
    """The record as a submission of a lead. Raises Never if its envelope contradicts itself.

    Its id: the CloudEvents id if it has one, so that a producer may repeat itself, else its position in Kafka.
    """
    body, named = _binary(value, headers) or _structured(value) or (value, None)
    submission_id = named or submission_id_of_position(*first_place(headers, topic.name, partition, offset))
    text, encoding = _text(body)
    received = LeadReceived(
        submission_id=submission_id,
        way="kafka",
        source=SENDER,
        authentication=KAFKA,
        content_type=_content_type(headers),
        body=text,
        body_encoding=encoding,
        body_sha256=sha256(body).hexdigest(),
    )
    return Record(topic, partition, offset, key or b"", value, received, submission_id, tuple(headers.items()))


def _binary(value: bytes, headers: Mapping[str, bytes]) -> tuple[bytes, UUID] | None:
    """The data and id of an event whose attributes stand in headers; None if it is none."""
    identity, source = headers.get("ce_id"), headers.get("ce_source")
    if identity is None and source is None:
        return None
    if identity is None or source is None:
        raise Never("envelope_incomplete", "a CloudEvent needs both headers, ce_id and ce_source")
    return value, _named(source.decode("utf-8", "replace"), identity.decode("utf-8", "replace"))


def _structured(value: bytes) -> tuple[bytes, UUID] | None:
    """The data and id of an event that stands in the value; None if it is none."""
    if b'"specversion"' not in value:
        return None
    try:
        event = from_json(value)
    except ValueError:
        return None  # the mapping says what is wrong with it
    if not isinstance(event, dict) or "specversion" not in event:
        return None
    identity, source = event.get("id"), event.get("source")
    if not isinstance(identity, str) or not isinstance(source, str):
        raise Never("envelope_incomplete", "a CloudEvent needs id and source, both texts")
    return _data(event), _named(source, identity)


def _data(event: dict[str, Any]) -> bytes:
    encoded = event.get("data_base64")
    if isinstance(encoded, str):
        try:
            return b64decode(encoded, validate=True)
        except ValueError:
            raise Never("envelope_incomplete", "data_base64 is not base64") from None
    data = event.get("data")
    if data is None:
        raise Never("envelope_incomplete", "the CloudEvent has no data")
    return data.encode() if isinstance(data, str) else to_json(data)


def _named(source: str, identity: str) -> UUID:
    if not identity or len(identity) > LONGEST or len(source) > LONGEST:
        raise Never("envelope_incomplete", f"a CloudEvent's id and source have 1 to {LONGEST} characters")
    return submission_id_of_key(source, identity)


def _text(body: bytes) -> tuple[str, Any]:
    try:
        return body.decode("utf-8"), "text"
    except UnicodeDecodeError:
        return b64encode(body).decode("ascii"), "base64"


def _content_type(headers: Mapping[str, bytes]) -> str:
    return headers.get("content-type", b"application/json").decode("ascii", "replace")[:LONGEST]
