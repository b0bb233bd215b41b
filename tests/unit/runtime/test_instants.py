"""Instants are read as ever, whatever their spelling; ours come out in Python's own UTC, which is cheap to compare."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import AwareDatetime, TypeAdapter, ValidationError

from leadline_runtime.json_body import JsonBody
from leadline_schemas.codec import Undecodable
from leadline_schemas.event import Instant

OURS, PLAIN = TypeAdapter(Instant), TypeAdapter(AwareDatetime)
MOMENTS = st.datetimes(timezones=st.just(UTC))
OFFSETS = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
# As long as ours and with the same marks in some places, so that the quick way takes many of them for its own.
ALIKE = st.from_regex(r"\A[0-9W]{4}-[0-9W]{2}[0-9-][0-9]{2}[Tt _x][0-9]{2}:[0-9:.,]{5}([.,+][0-9:]{6})?[Zz]\Z")
# Ours with one character in place of another.
NEARLY = st.builds(
    lambda written, place, mark: written[:place] + mark + written[place + 1 :],
    MOMENTS.map(lambda at: at.isoformat().replace("+00:00", "Z")), st.integers(0, 26), st.sampled_from("09-:TtZz.,W +"),
)  # fmt: skip


@dataclass(frozen=True)
class Kept:
    """A state with instants in every place where one can stand."""

    at: datetime
    until: datetime | None = None
    warnings: tuple[tuple[int, datetime], ...] = ()
    named: Any = None


def read(adapter: TypeAdapter[Any], data: bytes) -> Any:
    """What is read, or the faults."""
    try:
        return adapter.validate_json(data)
    except ValidationError as error:
        return error.errors(include_url=False)


@given(
    NEARLY
    | ALIKE
    | st.text(max_size=30)
    | st.datetimes(timezones=OFFSETS).map(datetime.isoformat)
    | st.integers(-(2**63), 2**63 - 1)
    | st.none()
)
def test_every_spelling_is_read_or_refused_as_pydantic_does(written: Any) -> None:
    data = TypeAdapter(Any).dump_json(written)
    assert read(OURS, data) == read(PLAIN, data)


@given(MOMENTS)
def test_our_own_spelling_comes_out_in_utc_itself(at: datetime) -> None:
    found = OURS.validate_json(OURS.dump_json(at))
    assert found == at and found.tzinfo is UTC


@given(MOMENTS, st.datetimes(timezones=OFFSETS))
def test_a_state_reads_back_with_its_instants_in_utc_itself(at: datetime, elsewhere: datetime) -> None:
    codec = JsonBody(Kept, "a-service's state")
    kept = Kept(at, until=elsewhere, warnings=((50, at),))
    found = codec.decode(codec.encode(kept))
    assert found == kept
    assert found.at.tzinfo is UTC and found.warnings[0][1].tzinfo is UTC
    assert codec.encode(found) == codec.encode(kept)


@pytest.mark.parametrize("data", [b'{"at":"soon"}', b'{"at":5}', b'{"at":null}', b"{}", b'{"at":'])
def test_what_is_no_state_is_refused_without_its_input(data: bytes) -> None:
    with pytest.raises(Undecodable, match="a-service's state") as told:
        JsonBody(Kept, "a-service's state").decode(data)
    assert "soon" not in str(told.value)
