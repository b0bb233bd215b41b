"""A new lead that looks like a stored one, without a common key, is suggested with score and reasons, never joined."""

from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline_capture.core.lookalikes import Lookalikes, packed, unpacked
from leadline_schemas.lead import PossibleDuplicate
from tests.unit.capture.story import Capture, Told, rules

FINDER: Lookalikes = rules().rules.tables.lookalikes
ANN = {"first_name": "Ann", "last_name": "Krüger", "company": "NorthHaul Ltd", "email": "ann@northhaul.example"}


def doubts(told: Told) -> tuple[PossibleDuplicate, ...]:
    return told.captured.possible_duplicates


@pytest.mark.parametrize(
    "again",
    [
        {"name": "Anne Krueger", "company": "Northhaul", "email": "a.krueger@web.example"},
        {"name": "Krüger, Ann", "company": "NORTHHAUL Inc.", "phone": "+49 30 901820"},
        {"first_name": "Krüger", "last_name": "Ann", "company": "NorthHaul", "phone": "+49 30 901820"},
        {"name": "Ann Krüger", "company": "North Haul", "email": "ann@northaul.example"},
    ],
)
def test_a_person_who_writes_otherwise_is_suggested(again: dict[str, Any]) -> None:
    capture = Capture()
    first = capture.lead(ANN)
    told = capture.lead(again)
    (doubt,) = doubts(told)
    assert doubt.lead_id == first.captured.lead_id != told.captured.lead_id
    assert doubt.reason == "likeness" and doubt.score is not None and FINDER.rules.least <= doubt.score <= 1
    assert doubt.words and "company" in doubt.words and "Ann" not in doubt.words
    assert (told.captured.lead_id, first.captured.lead_id) in capture.store.suggestions


@pytest.mark.parametrize(
    "other",
    [
        {
            "name": "Peter Krüger",
            "company": "NorthHaul Ltd",
            "email": "peter@northhaul.example",
        },  # a brother
        {"name": "Ann Lee", "company": "NorthHaul Ltd", "email": "ann.lee@northhaul.example"},  # a colleague
        {"name": "Ann Krüger", "company": "Bay Freight", "email": "annk@bay.example"},  # a namesake
        {"email": "krueger@northhaul.example"},
    ],
)
def test_relatives_colleagues_and_namesakes_are_not(other: dict[str, Any]) -> None:
    capture = Capture()
    capture.lead(ANN)
    assert doubts(capture.lead(other)) == ()
    assert capture.store.suggestions == {}


def test_what_says_more_only_later_is_found_too() -> None:
    capture = Capture()
    first = capture.lead({"email": "ann@northhaul.example"})
    capture.lead(ANN)
    (doubt,) = doubts(capture.lead({"name": "Ann Krüger", "company": "NorthHaul", "phone": "+49 30 901820"}))
    assert doubt.lead_id == first.captured.lead_id


def test_a_key_that_many_leads_have_leads_nowhere() -> None:
    capture = Capture()
    for number in range(25):
        capture.lead({"name": "Ann Lee", "email": f"a{number}@x{number}.example"})
    told = capture.lead({"name": "Ann Lee", "email": "other@y.example"})
    assert doubts(told) == ()
    most = FINDER.rules.most_per_key
    counts = [sum(key == each for each, _ in capture.store.blocking) for key, _ in capture.store.blocking]
    assert max(counts) <= most + 1


def test_who_is_kept_apart_is_neither_found_nor_compared() -> None:
    capture = Capture()
    capture.lead({**ANN, "honeypot": "x"})
    assert doubts(capture.lead({"name": "Ann Krüger", "company": "NorthHaul", "phone": "+49 30 901820"})) == ()


PEOPLE: tuple[dict[str, Any], ...] = (
    ANN,
    {"name": "Anne Krueger", "company": "Northhaul", "email": "a.krueger@web.example"},
    {"name": "Bob Ray", "company": "NorthHaul", "email": "bob@northhaul.example"},
    {"name": "Ann Krüger", "company": "NorthHaul", "phone": "+49 30 901820"},
)


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_a_batch_finds_what_its_items_find_one_by_one(order: tuple[int, ...]) -> None:
    alone, together = Capture(), Capture()
    one_by_one = [alone.lead(PEOPLE[n]) for n in order]
    at_once = together.batch(*(together.received(PEOPLE[n]) for n in order))
    assert [doubts(told) for told in at_once] == [doubts(told) for told in one_by_one]
    assert together.store.blocking == alone.store.blocking and together.store.looks == alone.store.looks
    assert together.store.suggestions == alone.store.suggestions
    assert len(alone.store.suggestions) >= 2


texts = st.text(max_size=30)


@settings(deadline=None)
@given(texts, texts, texts, texts)
def test_looks_survive_their_bytes_and_keys_are_few(first: str, last: str, company: str, city: str) -> None:
    shown = {"name": {"first_name": first, "last_name": last}, "company": company, "address": {"city": city}}
    looks = FINDER.looks(shown)
    assert unpacked(packed(looks.values)) == looks.values
    assert len(looks.keys) <= 4 and all(-(2**63) <= key < 2**63 for key in looks.keys)
    assert looks == FINDER.looks(shown)
