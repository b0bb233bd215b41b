"""A publishable key for a source that takes none is made, since doors may know more, but not without a word."""

import pytest

from leadline_capture.publishable_keys import doubt_about


@pytest.fixture(autouse=True)
def _shipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LEADLINE_RULES_DIR", raising=False)


@pytest.mark.parametrize("source", ["website_form", "web_to_lead"])
def test_keys_of_pages_are_for_public_sources(source: str) -> None:
    assert doubt_about(source) is None


@pytest.mark.parametrize(
    ("source", "why"),
    [("websit_form", "there is no source websit_form"), ("typeform", "typeform must prove who it is")],
)
def test_a_slip_in_the_name_is_told_with_what_there_is(source: str, why: str) -> None:
    told = doubt_about(source)
    assert told is not None and why in told and "web_to_lead, website_form" in told
