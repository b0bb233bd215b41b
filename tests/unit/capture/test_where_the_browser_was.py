"""Where the person's own browser was: carried on as a network, never a vendor's or a colleague's address."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline_capture.core.networks import network_of
from leadline_capture.core.survivorship import Evidence, Value, united_fields, with_values
from leadline_schemas.ids import derived_id
from leadline_schemas.received import Authentication
from tests.unit.capture.story import MINUTE, NOW, Capture, Told

PUBLIC, BEHIND_A_KEY = Authentication(method="none"), Authentication(method="api_key", key_id="k", trusted=True)
BROWSER = {"remote_address": "198.51.100.77", "from_browser": True}


def form(capture: Capture, **more: Any) -> Told:
    said = {"way": "source", "source": "website_form", "content_type": "application/x-www-form-urlencoded"}
    return capture.lead("form=demo&email=ann%40works.example", **{**said, "authentication": PUBLIC, **more})


def test_a_form_of_a_page_brings_the_network_and_no_more() -> None:
    told = form(Capture(), **BROWSER)
    assert told.lead.ip == "198.51.100.0"
    assert "198.51.100.77" not in told.captured.model_dump_json()


def test_a_server_that_sends_a_form_is_not_where_the_person_is() -> None:
    assert form(Capture(), remote_address="198.51.100.77").lead.ip is None


def test_a_browser_behind_a_key_may_be_a_colleagues() -> None:
    told = Capture().lead({"email": "ann@works.example"}, authentication=BEHIND_A_KEY, **BROWSER)
    assert told.lead.ip is None


def test_what_a_sender_says_of_the_persons_browser_is_believed() -> None:
    sent = {"email": "ann@works.example", "ip": "2001:db8:77:1::9"}
    assert Capture().lead(sent, remote_address="192.0.2.1").lead.ip == "2001:db8:77::"


@pytest.mark.parametrize(("more", "network"), [({}, "203.0.113.0"), (BROWSER, "198.51.100.0")])
def test_a_tracked_message_comes_from_the_browser_or_says_where_it_was(more: dict[str, Any], network: str) -> None:
    message = {"type": "identify", "userId": "u", "traits": {"email": "ann@works.example"}}
    told = Capture().track({**message, "messageId": "m", "context": {"ip": "203.0.113.9"}}, **more)
    assert told.lead.ip == network


def test_an_address_that_is_none_costs_nothing_and_is_not_kept() -> None:
    told = Capture().lead({"email": "ann@works.example", "ip": "somewhere"})
    assert told.lead.ip is None
    assert told.captured.notes == ("ip_not_readable",)
    assert not told.lead.extra


def test_no_trail_is_kept_of_where_somebody_was() -> None:
    capture = Capture()
    form(capture, **BROWSER)
    later = form(capture.at(NOW + 9 * MINUTE), remote_address="203.0.113.9", from_browser=True)
    assert later.lead.ip == "203.0.113.0"
    assert not later.captured.alternates
    assert b"198.51.100" not in capture.leads.rows[later.captured.lead_id][0]


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("198.51.100.77", "198.51.100.0"),
        (" 198.51.100.77 ", "198.51.100.0"),
        ("::ffff:198.51.100.77", "198.51.100.0"),
        ("[2001:db8:1:2::3]", "2001:db8:1::"),
        ("fe80::1%eth0", "fe80::"),
        ("198.51.100.77:443", None),
        ("198.51.100", None),
        ("", None),
    ],
)
def test_networks(address: str, network: str | None) -> None:
    assert network_of(address) == network


@given(st.ip_addresses())
def test_a_network_is_its_own_network(address: object) -> None:
    network = network_of(str(address))
    assert network is not None
    assert network_of(network) == network


said = st.builds(
    lambda n, minutes, trust: (f"203.0.{n}.0", Evidence(derived_id(str(minutes)), NOW + minutes * MINUTE, "s", trust)),
    st.integers(0, 3), st.integers(0, 9), st.integers(1, 2),
)  # fmt: skip


@given(st.lists(said, min_size=1, max_size=6, unique_by=lambda each: each[1].at), st.randoms(use_true_random=False))
def test_which_stands_is_not_a_question_of_order(all_said: list[tuple[str, Evidence]], random: Any) -> None:
    fields = [with_values({}, [Value("ip", ip, ip)], evidence) for ip, evidence in all_said]
    shuffled = random.sample(fields, len(fields))
    one: Any = {}
    other: Any = {}
    for each, its in zip(fields, shuffled, strict=True):
        one, other = united_fields(one, each), united_fields(its, other)
    assert one == other
    assert len(one["ip"]) == 1
