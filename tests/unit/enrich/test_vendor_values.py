"""Values as vendors give them: what is meant is understood, what is no value of its kind is refused, nothing raises."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline_enrich.core.vendor_values import KINDS, LARGEST, READ, Kind, Unfit, band, country, instant, share

NOW = datetime(2026, 3, 10, 10, tzinfo=UTC)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("said", "surely"),
    [("51-200", 51), ("10,001+", 10_001), ("10001+", 10_001), ("1 - 10", 1), ("201–500 employees", 201),
     ("1.001 to 5.000", 1001), ("1'000-5'000", 1000), ("1k-5k", 1000), ("1-5k", 1000), ("500-1k", 500),
     ("10K+", 10_000), (">1000", 1000), (">= 1,000", 1000), ("over 5000", 5000), ("5000 or more", 5000), ("42", 42),
     ("self: 1", None),
     (1200, 1200), (1200.0, 1200), ("200-51", None), ("51-", None), ("-5", None), (-5, None), (12.5, None),
     (True, None), (float("nan"), None), (float("inf"), None), (10**30, None), ("9" * 40, None), ("", None),
     ([51, 200], None),
     ("<50", None), ("1,2,3", None), ("12,34", None)],
)  # fmt: skip
def test_a_band_stands_for_its_lower_end(said: Any, surely: int | None) -> None:
    if surely is None:
        with pytest.raises(Unfit):
            band(said)
    else:
        assert band(said) == surely


@pytest.mark.parametrize(
    ("kind", "said", "meant"),
    [("integer", "1,200", 1200), ("integer", 1200.0, 1200), ("integer", "1.5", None), ("integer", "12 000", 12_000),
     ("integer", "ten", None), ("number", 3, 3.0), ("number", float("nan"), None), ("number", 1e300, None),
     ("number", "3", None), ("text", "  Acme   GmbH ", "Acme GmbH"), ("text", "a\x00b", None),
     ("text", "x" * 201, None), ("text", 7, None), ("word", "Software", "software"), ("country", "de", "DE"),
     ("country", " UK ", "GB"),
     ("country", "Germany", None), ("country", "ZZ", None), ("country", ["DE"], None)],
)  # fmt: skip
def test_each_kind(kind: Kind, said: Any, meant: Any) -> None:
    if meant is None:
        with pytest.raises(Unfit):
            READ[kind](said)
    else:
        assert READ[kind](said) == meant


@given(st.sampled_from(KINDS), JSON)
def test_whatever_a_vendor_says_it_is_a_value_of_its_kind_or_refused_without_being_repeated(
    kind: Kind, said: Any
) -> None:
    try:
        meant = READ[kind](said)
    except Unfit as fault:
        assert not isinstance(said, str) or len(said) < 12 or said not in str(fault)
        return
    if kind in ("integer", "band"):
        assert type(meant) is int and 0 <= meant <= LARGEST
    elif kind == "number":
        assert abs(meant) <= LARGEST
    else:
        assert meant == meant.strip() != "" and meant.isprintable()
    assert READ[kind](meant) == meant, "a value that was read is read again as it is"


@given(st.integers(0, 10**7), st.integers(0, 10**7), st.sampled_from(["-", "–", " - ", " to "]))
def test_any_band_of_two_ends(low: int, high: int, between: str) -> None:
    text = f"{low:,}{between}{high:,}"
    if low <= high:
        assert band(text) == low
    else:
        with pytest.raises(Unfit):
            band(text)


@pytest.mark.parametrize(
    ("said", "at"),
    [("2026-03-01", datetime(2026, 3, 1, tzinfo=UTC)),
     ("2026-03-01T12:00:00+02:00", datetime(2026, 3, 1, 10, tzinfo=UTC)),
     (1_772_323_200, datetime(2026, 3, 1, tzinfo=UTC)), (1_772_323_200_000, datetime(2026, 3, 1, tzinfo=UTC)),
     ("2026-03-10T10:30:00Z", NOW), ("2027-01-01", None), ("1970-01-01", None), (0, None), ("yesterday", None),
     (float("nan"), None), (10**40, None), (True, None), ({}, None), ("9999-12-31T23:59:59-23:59", None)],
)  # fmt: skip
def test_when_a_value_was_true_and_never_in_the_future(said: Any, at: datetime | None) -> None:
    if at is None:
        with pytest.raises(Unfit):
            instant(said, NOW)
    else:
        assert instant(said, NOW) == at


@given(JSON)
def test_any_time_is_past_or_refused(said: Any) -> None:
    try:
        assert instant(said, NOW) <= NOW
    except Unfit:
        return


@given(st.floats(0, 100))
def test_confidence_is_between_nothing_and_certainty(said: float) -> None:
    assert 0 <= share(said, 100) <= 1


@pytest.mark.parametrize("said", [-0.1, 1.1, float("nan"), "high", None, True])
def test_confidence_that_is_none(said: Any) -> None:
    with pytest.raises(Unfit):
        share(said, 1)


def test_a_country_is_one_of_the_worlds() -> None:
    assert country("el") == "GR"
    assert instant("2026-03-10T10:00:00Z", NOW + timedelta(days=1)) == NOW
