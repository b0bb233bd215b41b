"""The type of a lead: the strongest that it asked for within a cycle (rules B1.1)."""

from datetime import timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline_schemas.vocabulary import LEAD_TYPES, LeadType
from tests.unit.capture.story import MINUTE, NOW, Capture

STRENGTH = (
    "demo_request > pricing_inquiry > contact_sales > inbound_call > trial_signup > referral > chat > event_attended > "
    "webinar_attended > content_download > newsletter > outbound > other"
)


def test_the_order_is_that_of_the_rules() -> None:
    assert " > ".join(LEAD_TYPES) == STRENGTH


@pytest.mark.parametrize(("stronger", "weaker"), list(combinations(LEAD_TYPES, 2))[::7])
@pytest.mark.parametrize("strong_first", [True, False])
def test_the_stronger_wins_whichever_comes_first(stronger: LeadType, weaker: LeadType, strong_first: bool) -> None:
    capture = Capture()
    for number, type_ in enumerate((stronger, weaker) if strong_first else (weaker, stronger)):
        told = capture.at(NOW + number * MINUTE).lead({"type": type_, "email": "ann@x.example"})
    assert told.lead.type == stronger


@given(st.lists(st.sampled_from(LEAD_TYPES), min_size=1, max_size=6))
def test_of_many_the_strongest_wins(types: list[LeadType]) -> None:
    capture = Capture()
    for number, type_ in enumerate(types):
        told = capture.at(NOW + number * MINUTE).lead({"type": type_, "email": "ann@x.example"})
    assert told.lead.type == min(types, key=LEAD_TYPES.index)


def test_a_wish_of_long_ago_is_history() -> None:
    capture = Capture()
    capture.lead({"type": "demo_request", "email": "ann@x.example"})
    told = capture.at(NOW + timedelta(days=31)).lead({"type": "newsletter", "email": "ann@x.example"})
    assert told.lead.type == "newsletter"


def test_a_form_without_a_type_is_other() -> None:
    assert Capture().lead({"email": "ann@x.example"}).lead.type == "other"
