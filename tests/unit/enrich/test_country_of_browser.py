"""Where the browser was: from the form to the country, by IPv4 and IPv6, and never against better knowledge."""

from typing import Any

import pytest

from leadline_enrich.core.ip_country import ip_country
from leadline_enrich.decide import decide
from leadline_runtime.step import NoView
from leadline_schemas.codec import decode, encode
from leadline_schemas.enriched import LeadEnriched
from leadline_schemas.received import Authentication
from leadline_schemas.topics import LEAD_CAPTURED
from leadline_schemas.views import CAPTURED_LOOKED_UP
from tests.unit.capture.story import Capture
from tests.unit.enrich.leads import RULES, SECOND, answers, grounds, record, told

NOBODY = Authentication(method="none")


def enriched(body: str, **said: Any) -> LeadEnriched:
    """A form of our own page, taken in by capture and enriched, through the bytes that lie between them."""
    form = {"way": "source", "source": "website_form", "content_type": "application/x-www-form-urlencoded"}
    raw = encode(LEAD_CAPTURED, Capture().lead(body, **form, authentication=NOBODY, **said).captured)
    event = decode(CAPTURED_LOOKED_UP, raw)
    item = record(event, raw)
    return told(decide(item, None, NoView(), grounds(item, answers(event), event.received_at + SECOND)))


@pytest.mark.parametrize("address", ["193.99.144.80", "2003:e0:1234::77", "::ffff:193.99.144.80"])
def test_a_form_without_a_place_is_placed_by_its_browser(address: str) -> None:
    found = enriched("form=demo&email=ann%40acme.example", remote_address=address, from_browser=True)
    assert (found.effective.country, found.effective.sources["country"]) == ("DE", "ip")
    assert found.effective.language == "de"
    assert found.facts["country:ip"].confidence == 0.6


def test_a_lead_with_a_number_is_not(address: str = "193.99.144.80") -> None:
    body = "form=demo&email=ann%40acme.example&phone=%2B41446681800"
    found = enriched(body, remote_address=address, from_browser=True)
    assert (found.effective.country, found.effective.sources["country"]) == ("CH", "phone")
    assert found.facts["country:phone"].flags == ()  # the browser's place contradicts nobody


@pytest.mark.parametrize("given", ["phone=call+me", "city=Springfield", "state=Georgia", "country=Atlantis"])
def test_nor_is_one_with_a_number_or_place_that_cannot_be_read(given: str) -> None:
    body = f"form=demo&email=ann%40acme.example&{given}"
    found = enriched(body, remote_address="193.99.144.80", from_browser=True)
    assert found.effective.country is None
    assert found.facts["country:ip"].value == "DE"


def test_the_address_of_a_server_says_nothing() -> None:
    found = enriched("form=demo&email=ann%40acme.example", remote_address="193.99.144.80")
    assert found.effective.country is None
    assert "country:ip" not in found.facts


def test_who_refuses_analytics_is_not_looked_for() -> None:
    message = {
        "type": "track", "event": "Demo Requested", "messageId": "m", "anonymousId": "a",
        "properties": {"email": "ann@acme.example"},
        "context": {"ip": "193.99.144.80", "consent": {"categoryPreferences": {"Analytics": False}}},
    }  # fmt: skip
    raw = encode(LEAD_CAPTURED, Capture().track(message).captured)
    event = decode(CAPTURED_LOOKED_UP, raw)
    item = record(event, raw)
    found = told(decide(item, None, NoView(), grounds(item, answers(event), event.received_at + SECOND)))
    assert found.facts["country:ip"].absent == "consent"
    assert found.effective.country is None


@pytest.mark.parametrize(
    ("address", "country", "absent"),
    [
        ("193.99.144.0", "DE", None),
        ("200.160.2.0", "BR", None),
        ("2001:4860:4860::", "US", None),
        ("10.1.2.0", None, "private_address"),
        ("192.168.1.0", None, "private_address"),
        ("100.64.0.0", None, "private_address"),
        ("127.0.0.1", None, "private_address"),
        ("fd00::", None, "private_address"),
        ("::1", None, "private_address"),
        ("203.0.113.0", None, "private_address"),
        ("1.2.3", None, "not_readable"),
    ],
)
def test_addresses(address: str, country: str | None, absent: str | None) -> None:
    assert ip_country(address, RULES.assigned) == (country, absent)


def test_what_is_given_to_all_of_europe_is_no_country() -> None:
    assert ip_country("193.0.0.0", lambda address: "EU") == (None, "not_found")
