"""A dead letter that is sent again stands at a new place, and still is the record it was."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from leadline_capture.adapt import adapt
from leadline_runtime.envelope import RETRY_OF, first_place
from leadline_schemas.topics import LEAD_RECEIVED

BODY = b'{"email": "ada@example.com"}'


def submission(offset: int, headers: dict[str, bytes]) -> UUID:
    return adapt(LEAD_RECEIVED, None, BODY, headers, 3, offset).event_id


def test_a_record_without_any_id_is_the_same_submission_however_often_it_is_sent_again() -> None:
    first = submission(17, {})
    again = {RETRY_OF: b"lead.received/3/17"}
    assert submission(90, again) == submission(91, again) == first
    assert submission(90, {}) != first


def test_a_place_in_another_topic_or_that_is_none_does_not_count() -> None:
    for value in (b"lead.scored/3/17", b"lead.received/3", b"lead.received/x/1", b"lead.received/-1/1", b"\xff", b""):
        assert first_place({RETRY_OF: value}, "lead.received", 1, 2) == ("lead.received", 1, 2)


@given(st.binary(max_size=60))
def test_any_header_gives_a_place(value: bytes) -> None:
    topic, partition, offset = first_place({RETRY_OF: value}, "t", 5, 6)
    assert topic == "t"
    assert (partition, offset) == (5, 6) or partition >= 0
