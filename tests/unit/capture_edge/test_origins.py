"""Whose page it is: the origin, in the one form in which browsers send it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline_capture.core.origins import is_origin, origin_of


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://www.example.com", "https://www.example.com"),
        ("HTTPS://WWW.Example.COM:443/a?b#c", "https://www.example.com"),
        ("http://127.0.0.1:8000/", "http://127.0.0.1:8000"),
        ("http://[::1]:80", "http://[::1]"),
        ("https://xn--mller-kva.example", "https://xn--mller-kva.example"),
    ],
)
def test_the_origin_of_a_page(address: str, origin: str) -> None:
    assert origin_of(address) == origin


@pytest.mark.parametrize(
    "address",
    ["null", "", "www.example.com", "//www.example.com", "file:///a", "https://", "https://a b", "https://a@b.example",
     "https://müller.example", "https://*.example.com", "https://a:b", "https://a:99999", "chrome-extension://abc",
     "https://a.example\\", "https://a%2eexample", "https://.a", "https://[::1"],
)  # fmt: skip
def test_what_has_no_origin(address: str) -> None:
    assert origin_of(address) is None and not is_origin(address)


def test_an_origin_is_no_more_than_that() -> None:
    assert is_origin("https://www.example.com") and is_origin("https://www.example.com/")
    for more in ("/thanks", "?a", "#a", "//"):
        assert not is_origin(f"https://www.example.com{more}")


@given(st.text(max_size=40) | st.from_regex(r"https?://[a-z0-9.@:\[\]\\/?#%-]{0,30}", fullmatch=True))
def test_an_origin_is_its_own_origin_whatever_it_was_taken_from(address: str) -> None:
    found = origin_of(address)
    assert found is None or (origin_of(found) == found and is_origin(found))
