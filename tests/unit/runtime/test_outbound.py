"""Where requests to servers of others may go, and how long these ask to be left alone."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline_runtime.core.retry_after import LONGEST, retry_after
from leadline_runtime.core.url_templates import fault_of, filled, named_parts
from leadline_runtime.resolving import is_public

NOON = "Tue, 10 Mar 2026 12:00:00 GMT"


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


@given(st.text(max_size=30))
def test_what_is_filled_in_stays_a_part_of_the_address(text: str) -> None:
    try:
        found = filled("https://vendor.example/v1/{id}?q={id}", lambda _: text)
    except UnicodeEncodeError:
        return
    assert set(found.removeprefix("https://vendor.example/v1/")).isdisjoint("/#&=+ @:") or "?q=" in found
    path, _, query = found.removeprefix("https://vendor.example/v1/").partition("?q=")
    assert path == query and set(path).isdisjoint("/?#&=+ @:\\")


def test_parts_are_known_by_name() -> None:
    assert named_parts("https://vendor.example/{id}?x={form}&y={id}") == {"id", "form"}


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


@pytest.mark.parametrize(
    ("given", "wait"),
    [("0", timedelta()), (" 7 ", timedelta(seconds=7)), ("999999999999999", LONGEST), ("-1", None), ("soon", None),
     ("", None), ("1.5", None), ("Tue, 10 Mar 2026 12:00:09 GMT", timedelta(seconds=9)),
     ("Tue, 10 Mar 2026 11:00:00 GMT", timedelta()), ("Wed, 10 Mar 2027 12:00:00 GMT", LONGEST)],
)  # fmt: skip
def test_how_long_a_server_asks_to_be_left_alone(given: str, wait: timedelta | None) -> None:
    assert retry_after(given, NOON) == wait


def test_a_time_is_held_against_the_clock_of_the_server_that_says_it() -> None:
    assert retry_after("Tue, 10 Mar 2026 12:00:09 GMT", "") is None


@given(st.text(max_size=20), st.text(max_size=20))
def test_whatever_it_says_the_wait_is_bounded(given: str, date: str) -> None:
    assert timedelta() <= (retry_after(given, date) or timedelta()) <= LONGEST
