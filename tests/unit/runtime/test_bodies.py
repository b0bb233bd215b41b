"""A lead's state as the database holds it comes back as the service made it."""

from hypothesis import given
from hypothesis import strategies as st

from leadline_runtime.bodies import WORTH_IT, all_stored, restored, stored

SNAPSHOT = b'{"lead_id":"' + b"a field of a lead, " * 400 + b'"}'


@given(st.binary(max_size=40).map(lambda start: b"{" + start) | st.integers(0, 2000).map(lambda n: b"{" + b"x" * n))
def test_whatever_is_stored_comes_back(body: bytes) -> None:
    assert restored(stored(body)) == body


def test_a_snapshot_takes_less_and_comes_back() -> None:
    assert len(stored(SNAPSHOT)) < len(SNAPSHOT) / 4
    assert restored(stored(SNAPSHOT)) == SNAPSHOT


def test_the_same_body_is_stored_as_the_same_bytes() -> None:
    assert stored(SNAPSHOT) == stored(SNAPSHOT)


@given(st.lists(st.integers(0, 3000).map(lambda n: b"{" + SNAPSHOT[:n]), max_size=8))
def test_many_are_stored_as_each_of_them_is(bodies: list[bytes]) -> None:
    assert all_stored(bodies) == [stored(body) for body in bodies]


def test_a_small_body_stays_as_it_is_and_one_of_before_is_read() -> None:
    small, old = b"{" * (WORTH_IT - 1), SNAPSHOT
    assert stored(small) == small
    assert restored(old) == old
