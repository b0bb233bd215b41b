"""An ordinary number of North America or Great Britain is not parsed: its country is the one that the library says."""

from itertools import product

import phonenumbers
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline_enrich.core.phone_country import phone_country

numbers = st.builds(
    "{}{}".format, st.sampled_from(["+1", "+44"]), st.text("0123456789", min_size=9, max_size=11)
) | st.builds("+1{}{:07d}".format, st.sampled_from(["212", "416", "876", "787", "800"]), st.integers(0, 9_999_999))


def by_the_library(number: str) -> str | None:
    try:
        found = phonenumbers.region_code_for_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return None
    return found if found in phonenumbers.SUPPORTED_REGIONS else None


@given(numbers)
@settings(max_examples=200)
def test_the_country_is_the_one_of_the_parsed_number(number: str) -> None:
    assert phone_country(number) == by_the_library(number)


def test_so_it_is_for_every_area_code_of_north_america() -> None:
    for area, rest in product(range(200, 1000), ("0001234", "2555501", "5551234", "9261234")):
        number = f"+1{area}{rest}"
        assert phone_country(number) == by_the_library(number), number


def test_so_it_is_for_every_area_code_of_great_britain_and_its_islands() -> None:
    for area, rest in product(range(1000, 10_000, 3), ("123456", "937000")):
        number = f"+44{area}{rest}"
        assert phone_country(number) == by_the_library(number), number
    for area in (1481, 1534, 1624, 7524, 7624, 7781, 7797, 7839, 7911, 7937):
        for line in range(0, 1_000_000, 12_347):
            number = f"+44{area}{line:06d}"
            assert phone_country(number) == by_the_library(number), number
