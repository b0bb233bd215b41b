"""What vendors only point at: which address is asked, when again, and what the step keeps of it."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline_capture.core.pointers import LONGEST_WAIT, BadPointer, Fetch, Pointer, address, next_try
from leadline_capture.fetcher.breakers import Breakers
from tests.unit.capture.story import Capture, Told

FETCH = Fetch("https://graph.vendor.example/v1/{id}/form/{form}?fields=id", "vendor_lead")


def pointing(**parts: str) -> Pointer:
    return Pointer("vendor", "vendor_lead", "n1", {"id": "1", "form": "2", **parts})


def test_the_parts_of_a_pointer_stand_in_its_address() -> None:
    assert address(FETCH, pointing(id="90123")) == "https://graph.vendor.example/v1/90123/form/2?fields=id"


@pytest.mark.parametrize("id", ["../me", "1?x=1", "1#x", "a/b", "..", ".", "", "1@evil.example", "a b", "é", "%2e%2e"])
def test_a_pointer_cannot_change_where_we_go(id: str) -> None:
    with pytest.raises(BadPointer):
        address(FETCH, pointing(id=id))


@given(st.text(max_size=30))
def test_whatever_a_pointer_holds_the_host_and_the_path_stay_ours(text: str) -> None:
    try:
        found = urlsplit(address(FETCH, pointing(id=text)))
    except BadPointer:
        return
    assert (found.scheme, found.netloc, found.query) == ("https", "graph.vendor.example", "fields=id")
    assert found.path.split("/")[:2] + found.path.split("/")[3:] == ["", "v1", "form", "2"]


@given(st.integers(0, 10_000), st.floats(0, 1), st.integers(0, 10**8))
def test_the_next_try_is_soon_at_first_and_never_more_than_an_hour_away(tries: int, share: float, asked: int) -> None:
    wait = next_try(tries, share, timedelta(seconds=asked))
    assert timedelta(seconds=1) <= wait <= LONGEST_WAIT
    assert wait >= min(timedelta(seconds=asked), LONGEST_WAIT)
    assert next_try(0, share) <= timedelta(seconds=2)


def test_each_vendor_that_fails_is_left_alone_for_itself() -> None:
    breakers = Breakers()
    for _ in range(5):
        era = breakers.let("vendor", 10.0)
        assert era is not None
        breakers.told("vendor", era, answered=False, now=10.0)
    assert breakers.let("vendor", 39.0) is None and breakers.closed_to(39.0) == ["vendor"]
    assert breakers.let("other", 39.0) is not None
    assert breakers.let("vendor", 40.0) is not None and breakers.let("vendor", 40.0) is None


def notice(*ids: Any) -> dict[str, Any]:
    return {"entry": [{"changes": [{"field": "leadgen", "value": {"leadgen_id": each}} for each in ids]}]}


def noticed(capture: Capture, *ids: Any) -> Told:
    return capture.lead(notice(*ids), way="source", source="meta_lead_ads")


def test_the_step_keeps_each_pointer_of_a_notice_once_however_often_it_is_told() -> None:
    capture = Capture()
    assert noticed(capture, 11, "12").told == "dropped kept"
    assert noticed(capture, "12", 13).told == "dropped kept"
    assert sorted(one.pointer.notification for one in capture.store.pointers.values()) == ["11", "12", "13"]
    assert {one.pointer.becomes for one in capture.store.pointers.values()} == {"meta_lead"}


def test_a_notice_without_anything_to_fetch_says_nothing() -> None:
    assert noticed(Capture(), None).told == "dropped not_addressed"
