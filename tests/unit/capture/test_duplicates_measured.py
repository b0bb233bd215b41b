"""Possible duplicates in lists whose truth is known, the promised numbers among them."""

import pytest

from tests.load.linkage import LISTS, Quality, febrl1, measured, splink_1000


def test_febrl_1_is_found_almost_whole() -> None:
    assert measured(febrl1()).f1 >= 0.99


def test_splink_1000_is_found_without_false_pairs() -> None:
    found = measured(splink_1000())
    assert found.precision >= 0.95 and found.recall >= 0.60


@pytest.mark.parametrize("name", ["german_households", "french_firms", "english_visitors"])
def test_families_and_colleagues_are_not_taken_for_one_person(name: str) -> None:
    found: Quality = measured(LISTS[name](1))
    assert found.precision >= 0.95 and found.recall >= 0.60


def test_the_same_list_gives_the_same_numbers() -> None:
    one, other = (measured(splink_1000(), 0.9) for _ in range(2))
    assert (one.precision, one.recall, one.pairs) == (other.precision, other.recall, other.pairs)
