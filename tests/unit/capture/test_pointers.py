"""What vendors only point at: which address is asked, when again, and what the step keeps of it."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline_capture.core.pointers import LONGEST_WAIT, BadPointer, Fetch, Pointer, address, fault_of, next_try
from leadline_capture.fetcher.breaker import FAILURES, REST_S, Breaker
from leadline_capture.fetcher.resolving import is_public
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


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://{host}/x", "takes its host"),
        ("graph.vendor.example/{id}", "no whole address"),
        ("ftp://vendor.example/{id}", "no whole address"),
        ("https://me:secret@vendor.example/{id}", "holds a password"),
        ("https://vendor.example/{id}#part", "fragment"),
    ],
)
def test_an_address_that_a_rules_file_must_not_have(url: str, said: str) -> None:
    assert said in (fault_of(url) or "")


@given(st.integers(0, 10_000), st.floats(0, 1), st.integers(0, 10**8))
def test_the_next_try_is_soon_at_first_and_never_more_than_an_hour_away(tries: int, share: float, asked: int) -> None:
    wait = next_try(tries, share, timedelta(seconds=asked))
    assert timedelta(seconds=1) <= wait <= LONGEST_WAIT
    assert wait >= min(timedelta(seconds=asked), LONGEST_WAIT)
    assert next_try(0, share) <= timedelta(seconds=2)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "169.254.169.254", "192.168.0.1", "172.16.9.9", "0.0.0.0", "100.64.0.1", "224.0.0.1",
     "::1", "fe80::1", "fe80::1%eth0", "fd00::1", "::ffff:127.0.0.1", "::ffff:a9fe:a9fe", "2002:7f00:1::", "::",
     "localhost", ""],
)  # fmt: skip
def test_addresses_that_are_never_asked(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"])
def test_public_addresses_are_asked(address: str) -> None:
    assert is_public(address)


def test_a_vendor_that_fails_again_and_again_is_left_alone_and_then_tried_with_one_request() -> None:
    breaker = Breaker()
    for _ in range(FAILURES):
        assert breaker.lets(10.0)
        breaker.told(answered=False, now=10.0)
    assert not breaker.lets(10.0 + REST_S - 1)
    assert breaker.lets(10.0 + REST_S) and not breaker.lets(10.0 + REST_S)
    breaker.told(answered=False, now=10.0 + REST_S)
    assert not breaker.lets(11.0 + REST_S)
    assert breaker.lets(10.0 + 2 * REST_S)
    breaker.told(answered=True, now=10.0 + 2 * REST_S)
    assert breaker.lets(11.0 + 2 * REST_S) and breaker.lets(11.0 + 2 * REST_S)


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
