"""Ids and frames are made by short ways of our own; they give what the long ways of the libraries give."""

from uuid import UUID, uuid5

import msgpack
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from leadline_runtime.envelope import event_id_of
from leadline_runtime.frames import Outgoing, pack, unpack
from leadline_schemas.ids import NAMESPACE, derived_id, key_bytes, murmur2, partition_of, uuid_of

TEXTS = st.lists(st.text(max_size=20), min_size=1, max_size=4)
EVENTS = st.lists(
    st.builds(
        Outgoing, st.text(max_size=9), st.integers(0, 64), st.none() | st.binary(max_size=36), st.binary(max_size=200),
        st.lists(st.tuples(st.text(max_size=5), st.binary(max_size=9)), max_size=3).map(tuple),
    ),
    max_size=4,
)  # fmt: skip


@given(TEXTS)
def test_a_derived_id_is_the_uuid5_of_its_parts(parts: list[str]) -> None:
    made, expected = derived_id(*parts), uuid5(NAMESPACE, "\n".join(parts))
    assert made == expected and hash(made) == hash(expected) and made.is_safe is expected.is_safe
    assert made.version == 5 and made.variant == expected.variant and str(made) == str(expected)


@given(st.uuids())
def test_an_id_is_read_back_from_its_key(identity: UUID) -> None:
    assert uuid_of(key_bytes(identity)) == identity == uuid_of(identity.hex.upper().encode())
    assert event_id_of({"ce_id": key_bytes(identity)}) == identity


@given(st.binary(max_size=40) | st.text("0123456789abcdef-", min_size=36, max_size=36).map(str.encode))
def test_what_is_no_id_is_none_as_the_library_says(text: bytes) -> None:
    try:
        expected = UUID(text.decode("ascii"))
    except ValueError:
        assert event_id_of({"ce_id": text}) is None
    else:
        assert event_id_of({"ce_id": text}) == expected


@pytest.mark.parametrize(
    ("key", "expected"),
    [  # from Kafka's own test of its hash (UtilsTest.testMurmur2), as signed 32-bit numbers
        (b"21", -973932308), (b"foobar", -790332482), (b"a-little-bit-long-string", -985981536),
        (b"a-little-bit-longer-string", -1486304829), (b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971),
        (b"abc", 479470107),
    ],
)  # fmt: skip
def test_the_partitioner_is_kafkas(key: bytes, expected: int) -> None:
    assert murmur2(key) == expected % 2**32
    assert partition_of(key, 12) == (murmur2(key) % 2**31) % 12


@given(EVENTS, EVENTS)
def test_a_frame_holds_its_own_events_and_nothing_of_the_one_before(
    first: list[Outgoing], second: list[Outgoing]
) -> None:
    frames = pack(first), pack(second)
    assert [unpack(frame) for frame in frames] == [first, second]
    rows = [(e.topic, e.partition, e.key, e.value, e.headers) for e in second]
    if rows:
        plain = zstandard.ZstdDecompressor().decompress(frames[1])
        assert plain == msgpack.packb(rows)


def test_what_cannot_be_packed_leaves_nothing_behind() -> None:
    good = Outgoing("lead.captured", 1, b"k", b"v", ())
    with pytest.raises(TypeError):
        pack([good, Outgoing("lead.captured", 1, b"k", object(), ())])  # type: ignore[arg-type]
    assert unpack(pack([good])) == [good]
