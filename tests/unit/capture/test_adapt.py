"""What outside producers write to lead.received: bare JSON or CloudEvents, binary or structured."""

import json
from base64 import b64encode
from typing import Any

import pytest

from leadline_capture.adapt import adapt
from leadline_runtime.consumed import Consumed
from leadline_runtime.outcomes import Never
from leadline_schemas.ids import submission_id_of_key, submission_id_of_position
from leadline_schemas.topics import LEAD_RECEIVED
from tests.unit.capture.story import NOW, Capture

LEAD = {"email": "ann@x.example", "source": "partner", "external_id": {"system": "sf", "id": "7"}}
RAW = json.dumps(LEAD).encode()
BINARY = {"ce_id": b"7", "ce_source": b"/marketing", "ce_type": b"com.example.lead", "ce_specversion": b"1.0"}
ENVELOPE = {"specversion": "1.0", "id": "7", "source": "/marketing", "type": "com.example.lead"}


def adapted(value: bytes, headers: dict[str, bytes] | None = None) -> Any:
    return adapt(LEAD_RECEIVED, None, value, headers or {}, 3, 41).value


def test_bare_json_is_named_by_its_position() -> None:
    received = adapted(RAW)
    assert received.submission_id == submission_id_of_position("lead.received", 3, 41)
    assert (received.way, received.authentication.method, received.authentication.trusted) == ("kafka", "kafka", True)
    assert received.received_at is None


@pytest.mark.parametrize(
    ("value", "headers"),
    [
        (RAW, BINARY),
        (json.dumps({**ENVELOPE, "data": LEAD}).encode(), {}),
        (json.dumps({**ENVELOPE, "data": RAW.decode()}).encode(), {}),
        (json.dumps({**ENVELOPE, "data_base64": b64encode(RAW).decode()}).encode(), {}),
    ],
    ids=["binary", "structured", "data as text", "data as base64"],
)
def test_a_cloud_event_is_named_by_its_source_and_id(value: bytes, headers: dict[str, bytes]) -> None:
    received = adapted(value, headers)
    assert received.submission_id == submission_id_of_key("/marketing", "7")
    assert json.loads(received.body) == LEAD


@pytest.mark.parametrize(
    ("value", "headers"),
    [
        (RAW, {"ce_id": b"7"}),
        (RAW, {"ce_source": b"/marketing"}),
        (RAW, {**BINARY, "ce_id": b""}),
        (RAW, {**BINARY, "ce_id": b"x" * 501}),
        (json.dumps({"specversion": "1.0", "id": 7, "source": "/m", "data": LEAD}).encode(), {}),
        (json.dumps(ENVELOPE).encode(), {}),
        (json.dumps({**ENVELOPE, "data_base64": "?"}).encode(), {}),
    ],
)
def test_an_envelope_that_contradicts_itself_is_refused(value: bytes, headers: dict[str, bytes]) -> None:
    with pytest.raises(Never, match="envelope_incomplete"):
        adapted(value, headers)


def test_bytes_that_are_no_text_are_kept_as_they_are() -> None:
    assert adapted(b"\xff\xfe").body_encoding == "base64"


def test_such_a_record_becomes_a_lead_at_the_time_it_is_decided() -> None:
    capture = Capture()
    (told,) = capture.batch(Consumed("lead.received", 0, 5, None, RAW, tuple(BINARY.items())))
    assert (told.captured.received_at, told.lead.source) == (NOW, "partner")
    assert [each.id for each in told.lead.external_ids] == ["7"]
    (again,) = capture.batch(Consumed("lead.received", 0, 6, None, RAW, tuple(BINARY.items())))
    assert again.told == "duplicate"


@pytest.mark.parametrize("value", [b"", b"\xff", b"{", b'"specversion"', b"null"])
def test_rubbish_is_a_dead_letter_and_delays_nobody(value: bytes) -> None:
    capture = Capture()
    broken, good = capture.batch(
        Consumed("lead.received", 0, 5, None, value, ()), capture.received({"email": "ann@x.example"})
    )
    assert (broken.outcome.kind, good.told) == ("rejected", "emitted")
