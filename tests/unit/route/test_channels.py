"""Allowed channels: what was said counts first, then what was asked, then the law of the country (rules B1.9)."""

from typing import Any

import pytest

from leadline_route.core.channels import allowed_channels, signature
from leadline_route.core.snapshot import Person
from leadline_schemas.consent import ConsentRecord
from tests.unit.route.leads import at, shipped

MAIL = "a@x.example"


def channels(country: str | None = "DE", type_: Any = "content_download", *said: ConsentRecord, **lead: Any) -> str:
    """What is allowed, in short."""
    known = Person(email=lead.pop("email", MAIL), type=type_, consent=said, **lead)
    return signature(allowed_channels(known, country, (), shipped().channels))


def say(state: Any, purpose: Any = "marketing", channel: Any = "email", **more: Any) -> ConsentRecord:
    """One statement."""
    return ConsentRecord(purpose=purpose, channel=channel, state=state, **more)


@pytest.mark.parametrize(
    ("country", "type_", "allowed"),
    [
        ("US", "content_download", "respond.email marketing.email"),
        ("DE", "content_download", ""),
        ("JP", "content_download", ""),
        (None, "content_download", ""),
        ("DE", "demo_request", "respond.email"),
        ("DE", "referral", "respond.email"),
        ("US", "demo_request", "respond.email marketing.email"),
        ("DE", "outbound", ""),
    ],
)
def test_unknown_consent(country: str | None, type_: str, allowed: str) -> None:
    assert channels(country, type_) == allowed


def test_who_asked_us_gave_the_numbers_to_answer_on() -> None:
    assert channels("DE", "demo_request", phone="+442079460018") == "respond.email respond.phone"


def test_what_was_said_counts_before_everything() -> None:
    assert channels("DE", "content_download", say("granted")) == "marketing.email"
    assert channels("US", "content_download", say("declined")) == "respond.email"
    assert channels("US", "demo_request", say("withdrawn", "respond", "any")) == "marketing.email"
    assert channels("DE", "content_download", say("pending")) == ""


def test_withdrawing_marketing_does_not_stop_the_answer() -> None:
    assert channels("US", "demo_request", say("withdrawn")) == "respond.email"


def test_the_later_of_grant_and_withdrawal_counts() -> None:
    """A granted 10:00 for a@x, B withdrew 11:00 for b@x: both withdrawn. A granted 12:00 instead: a@x granted."""
    withdrawn = say("withdrawn", address="b@x.example", since=at("2026-03-10T11:00:00Z"))
    for hour, allowed in (("10", ""), ("12", "marketing.email")):
        granted = say("granted", address=MAIL, since=at(f"2026-03-10T{hour}:00:00Z"))
        assert channels("DE", "content_download", granted, withdrawn) == allowed
        assert channels("DE", "content_download", withdrawn, granted) == allowed


def test_a_grant_counts_for_its_own_address_only() -> None:
    assert channels("DE", "content_download", say("granted", address="b@x.example")) == ""


def test_without_an_address_nothing_is_allowed() -> None:
    found = allowed_channels(Person(phone="+12125550142"), "US", (), shipped().channels)
    assert {each.channel: each.why for each in found if each.purpose == "respond"} == {
        "email": "no e-mail address known",
        "phone": "unknown consent, country US is opt-out",
    }


def test_other_channels_are_named_once_somebody_spoke_of_them() -> None:
    said = say("granted", "marketing", "sms", address="+12125550142")
    assert channels("DE", "content_download", said, phone="+12125550142") == "marketing.sms"


def test_the_reason_says_it_in_plain_words() -> None:
    lead = Person(email=MAIL, phone="+12125550142", type="demo_request", consent=(say("granted", basis="consent"),))
    assert [
        (each.purpose, each.channel, each.why) for each in allowed_channels(lead, "DE", (), shipped().channels)
    ] == [
        ("respond", "email", "unknown consent, but asked us: demo_request (pre_contract)"),
        ("respond", "phone", "unknown consent, but asked us: demo_request (pre_contract)"),
        ("marketing", "email", "granted (consent)"),
        ("marketing", "phone", "unknown consent, country DE is opt-in"),
    ]
    nowhere = allowed_channels(Person(email=MAIL), None, (), shipped().channels)
    assert nowhere[0].why == "unknown consent, country unknown counts as opt-in"
