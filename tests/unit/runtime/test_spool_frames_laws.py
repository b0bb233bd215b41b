"""Laws of how records lie in a spool's file: cut anywhere it gives its whole records, damaged all the others."""

from hypothesis import given
from hypothesis import strategies as st

from leadline_runtime.core.spool_frames import MARK, found, frame, frame_size

# No sender's text holds the mark's bytes; what our own packing writes around it does not either.
RECORDS = st.lists(st.binary(max_size=40).filter(lambda each: b"\xff" not in each), max_size=8)


def joined(records: list[bytes]) -> bytes:
    return b"".join(map(frame, records))


@given(RECORDS)
def test_what_was_written_is_found(records: list[bytes]) -> None:
    data = joined(records)
    here = found(data)
    assert list(here.records) == records and here.end == len(data) and here.damaged == 0
    assert len(data) == sum(map(frame_size, records))


@given(RECORDS, st.data())
def test_cut_at_any_byte_it_gives_the_whole_ones_before(records: list[bytes], data: st.DataObject) -> None:
    whole = joined(records)
    cut = data.draw(st.integers(0, len(whole)))
    here = found(whole[:cut])
    assert list(here.records) == records[: len(here.records)] and here.damaged == 0
    assert here.end <= cut and here.end == sum(map(frame_size, here.records))
    if len(here.records) < len(records):
        assert here.end + frame_size(records[len(here.records)]) > cut, "the next one was not whole"


@given(st.lists(st.binary(max_size=40).filter(lambda each: b"\xff" not in each), min_size=2, max_size=8), st.data())
def test_damage_costs_what_it_touches_and_nothing_else(records: list[bytes], data: st.DataObject) -> None:
    hit = data.draw(st.integers(0, len(records) - 2))
    start = sum(map(frame_size, records[:hit]))
    whole = bytearray(joined(records))
    for at in data.draw(st.sets(st.integers(start, start + frame_size(records[hit]) - 1), min_size=1, max_size=3)):
        whole[at] ^= data.draw(st.integers(1, 255))
    here = found(bytes(whole))
    assert list(here.records) == records[:hit] + records[hit + 1 :] and here.damaged == 1


@given(st.binary(max_size=200))
def test_any_bytes_are_read_without_a_fault(data: bytes) -> None:
    here = found(data)
    assert here.end <= len(data)


def test_the_mark_is_in_no_text() -> None:
    for at in range(len(MARK)):
        assert MARK[at : at + 1].decode("utf-8", "ignore") == ""
