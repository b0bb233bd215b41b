"""Dead letters: their names, what their headers say, and the record that is sent again."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline_console.errors import UserError
from leadline_console.letters import Letter, again, by_reason, letter, name_of, past
from leadline_console.records import Kept
from leadline_runtime.consumed import Consumed
from leadline_runtime.dead_letters import dead_letter
from leadline_schemas.dead_letter import DeadLetter

SAID = DeadLetter(
    service="route", step="route", failure_class="undecodable", failure="lead.scored: scorecard: Field required",
    topic="lead.scored", partition=7, offset=41, attempts=1, code="0.1.0", rules_version="1", rules_digest="abc",
    rejected_at="2026-03-10T10:00:00Z",
)  # fmt: skip
ORIGINAL = Consumed("lead.scored", 7, 41, b"key", b"\xff{", (("ce_id", b"1"), ("traceparent", b"00-x")))


def lying_at(offset: int, headers: tuple[tuple[str, bytes], ...], value: bytes = ORIGINAL.value or b"") -> Kept:
    return Kept("dlq.route", 1, offset, datetime(2026, 3, 10, 10, tzinfo=UTC), b"key", value, headers)


def the_letter() -> Letter:
    written = dead_letter(ORIGINAL, SAID)
    return letter(lying_at(5, written.headers, written.value))


def test_a_letter_says_what_the_runtime_wrote_on_it() -> None:
    assert the_letter().said == SAID
    assert the_letter().name == "route/1/5"


def test_the_record_that_is_sent_again_is_the_first_one_and_says_where_it_stood() -> None:
    record = again(the_letter(), {"lead.scored": 24})
    assert (record.topic, record.partition, record.key, record.value) == ("lead.scored", 7, b"key", b"\xff{")
    assert record.headers == (*ORIGINAL.headers, ("dl_retry_of", b"lead.scored/7/41"))


def test_a_record_that_fails_once_more_still_names_its_first_place() -> None:
    retried = again(the_letter(), {"lead.scored": 24})
    second = dead_letter(
        Consumed("lead.scored", 7, 99, retried.key, retried.value, retried.headers),
        SAID.model_copy(update={"offset": 99}),
    )
    found = letter(lying_at(6, second.headers))
    assert (found.said.offset, found.origin) == (99, "lead.scored/7/41")
    assert [pair for pair in again(found, {"lead.scored": 24}).headers if pair[0] == "dl_retry_of"] == [
        ("dl_retry_of", b"lead.scored/7/41")
    ]


def test_a_record_without_the_headers_of_a_letter_is_shown_and_never_sent() -> None:
    found = letter(lying_at(8, ()))
    assert (found.name, found.said.failure_class) == ("route/1/8", "unknown")
    with pytest.raises(UserError, match="does not say which record it was"):
        again(found, {"lead.scored": 24})


def test_letters_are_counted_by_service_reason_and_topic() -> None:
    assert by_reason([the_letter(), the_letter()]) == [("route", "undecodable", "lead.scored", 2)]


@pytest.mark.parametrize("text", ["route/1", "nobody/1/2", "route/x/2", "route/1/2/3", "", "route/-1/2"])
def test_what_is_no_name_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(UserError, match="looks like capture/2/15"):
        name_of(text)


def test_a_name_says_where_the_letter_lies() -> None:
    assert name_of("sla-monitor/3/17").place == ("dlq.sla-monitor", 3)


@given(st.sets(st.integers(0, 30)), st.sets(st.integers(0, 30)), st.integers(0, 30))
def test_the_position_moves_past_all_that_is_done_and_never_past_what_is_not(
    kept: set[int], done: set[int], start: int
) -> None:
    position = past(start, done, 31, kept)
    assert all(offset in done for offset in kept if start <= offset < position)
    assert position == 31 or (position in kept and position not in done)
