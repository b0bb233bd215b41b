"""Messages between leads, and what is sent on: whole, once per root and revision, and never to and fro."""

from datetime import UTC, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from leadline_runtime.decision import Send
from leadline_runtime.forwarding import back, onward, sealed, unsealed
from leadline_runtime.items import Message, Passage, Record, Timer
from leadline_schemas.codec import encode_model
from leadline_schemas.lead import MergedInto
from tests.support.tally import Ping, TallyStep

NOW = datetime(2026, 3, 10, 10, tzinfo=UTC)
A, B, EVENT = UUID(int=1), UUID(int=2), UUID(int=9)
STEP = TallyStep("tally")
PASSAGES = st.builds(
    Passage, st.integers(0, 99), st.none() | st.tuples(st.sampled_from([A, B]), st.integers(0, 99))
)  # fmt: skip


def ping(passage: Passage | None = None, to: UUID | None = None) -> Record[Ping]:
    value = Ping(lead_id=B, id=EVENT)
    return Record(
        STEP.pings, 3, 7, str(B).encode(), encode_model(value), value, EVENT, forwarded_to=to, passage=passage
    )  # fmt: skip


def delivered(send: Send) -> Message:
    return Message(send.id, send.lead_id, sealed(send))


@given(st.binary(max_size=40), PASSAGES)
def test_a_message_comes_as_it_was_sent(body: bytes, passage: Passage) -> None:
    send = Send(EVENT, A, body, passage)
    assert unsealed(delivered(send), ()) == Message(EVENT, A, body, passage)


def test_a_record_that_is_sent_on_is_the_same_record_of_another_lead() -> None:
    sent = onward(ping(), MergedInto(lead_id=A, revision=5))
    assert sent is not None
    item = unsealed(delivered(sent), [STEP.pings])
    assert isinstance(item, Record)
    assert (item.lead_id, item.value, item.event_id, item.passage) == (A, ping().value, EVENT, Passage(5))


def test_sent_on_again_under_another_revision_it_is_another_message() -> None:
    first = onward(ping(), MergedInto(lead_id=A, revision=5))
    again = onward(ping(), MergedInto(lead_id=A, revision=8))
    assert first is not None and again is not None and first.id != again.id
    assert onward(ping(), MergedInto(lead_id=A, revision=5)) == first


def test_what_was_sent_back_stays_with_a_tombstone_that_is_older_than_the_parting() -> None:
    item = unsealed(delivered(back(ping(), B, A, 6)), [STEP.pings])
    assert isinstance(item, Record) and item.lead_id == B
    assert onward(item, MergedInto(lead_id=A, revision=5)) is None
    merged_again = onward(item, MergedInto(lead_id=A, revision=7))
    elsewhere = onward(item, MergedInto(lead_id=UUID(int=3), revision=2))
    assert merged_again is not None and elsewhere is not None
    assert elsewhere.passage == Passage(2, (A, 6)), "whom it left travels on: the next may be older than that, too"


def test_alarms_stay_where_they_are() -> None:
    assert onward(Timer(B, "timer", NOW, 1), MergedInto(lead_id=A, revision=5)) is None
