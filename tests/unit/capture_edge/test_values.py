"""One value as somebody sent it, made what a field needs."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline_capture.core import values
from leadline_capture.core.times import instant, is_format


def heard(function: Any, value: Any, **more: Any) -> tuple[Any, list[str]]:
    notes: list[str] = []
    return function(value, notes.append, **more), notes


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        ("", None),
        ("  ", None),
        ([], None),
        ({}, None),
        ([None, ""], None),
        (" Ada ", "Ada"),
        (["Ada"], "Ada"),
        ([["Ada"]], "Ada"),
        (5, "5"),
        (2**70, str(2**70)),
        (5.0, "5"),
        (1.5, "1.5"),
        (True, "true"),
        ({"label": "London"}, "London"),
        ({"value": 7, "primary": True}, "7"),
        (["a", None, "b", 3], "a, b, 3"),
        ([{"label": "a"}, {"label": "b"}], "a, b"),
    ],
)
def test_text_of_anything_that_has_one(value: Any, text: str | None) -> None:
    assert heard(values.text, value) == (text, [])


def test_text_of_an_object_is_none_and_noted() -> None:
    assert heard(values.text, {"deep": {"er": 1}}) == (None, ["is an object where a text was expected"])


def test_of_several_addresses_the_first_is_taken_and_noted() -> None:
    found = heard(values.text, ["", "a@x.example", "b@x.example"], first=True)
    assert found == ("a@x.example", ["holds several values: the first was taken"])


@pytest.mark.parametrize(
    ("value", "number", "noted"),
    [
        (200, 200, False),
        ("200", 200, False),
        ("1,200", 1200, False),
        ("1.200", 1200, False),
        ("1 200 000", 1_200_000, False),
        ("200.00", 200, False),
        (200.0, 200, False),
        (["12"], 12, False),
        (None, None, False),
        ("", None, False),
        (True, None, False),
        ("50-100", None, True),
        ("about 50", None, True),
        ("12,34", None, True),
        (2.5, None, True),
        ({"n": 1}, None, True),
        ("9" * 40, None, True),
    ],
)
def test_a_whole_number(value: Any, number: int | None, noted: bool) -> None:
    found, notes = heard(values.whole_number, value)
    assert (found, bool(notes)) == (number, noted)


def test_a_box_that_says_something_else_is_noted() -> None:
    assert heard(values.ticked, "maybe") == (None, ["does not say whether the box was ticked"])
    assert heard(values.ticked, [0, 1]) == (True, [])
    assert heard(values.ticked, {}) == (None, ["does not say whether the box was ticked"])


TEN = datetime(2026, 3, 1, 10, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "form"),
    [
        ("2026-03-01T10:20:00Z", "rfc3339"),
        ("2026-03-01T10:20:00+0000", "rfc3339"),
        (" 2026-03-01 11:20:00+01:00 ", "rfc3339"),
        ("2026-03-01T10:20:00.000000000Z", "rfc3339"),
        (TEN.timestamp(), "epoch_s"),
        (str(int(TEN.timestamp() * 1000)), "epoch_ms"),
        (int(TEN.timestamp() * 1_000_000), "epoch_us"),
        ("01/03/2026 10:20", "%d/%m/%Y %H:%M"),
    ],
)
def test_a_time_in_its_format(value: Any, form: str) -> None:
    assert is_format(form)
    assert instant(value, ["%Y", form], UTC) == TEN


def test_a_time_without_offset_stands_in_the_zone_of_its_source() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert instant("2026-03-01 11:20", ["rfc3339"], berlin) == TEN
    assert instant("2026-07-01 12:00", ["rfc3339"], berlin) == datetime(2026, 7, 1, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    ["", "soon", 0, -1, 2**80, "9" * 400, True, None, [], {}, "2026-13-01", "0001-01-01T00:00:00Z", float("nan")],
)
def test_what_is_no_time_is_none(value: Any) -> None:
    assert instant(value, ["rfc3339", "epoch_s", "epoch_ms", "%d/%m/%Y"], UTC) is None


@given(
    seconds=st.integers(0, 3_400_000_000), micros=st.integers(0, 999_999), zone=st.sampled_from(["UTC", "Asia/Tokyo"])
)
@settings(max_examples=40, deadline=None)
def test_a_written_instant_is_read_again(seconds: int, micros: int, zone: str) -> None:
    aware = datetime(1991, 1, 1, tzinfo=ZoneInfo(zone)) + timedelta(seconds=seconds, microseconds=micros)
    assert instant(aware.isoformat(), ["rfc3339"], UTC) == aware
    milliseconds = aware - timedelta(microseconds=aware.microsecond % 1000)
    assert instant(round(milliseconds.timestamp() * 1000), ["epoch_ms"], UTC) == milliseconds
