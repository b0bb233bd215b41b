"""An ordinary number of North America or Great Britain is not parsed: it is taken for what parsing would make of it."""

import phonenumbers
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline_enrich.core.phone_country import phone_country

numbers = st.builds(
    "{}{}".format, st.sampled_from(["+1", "+44"]), st.text("0123456789", min_size=9, max_size=11)
) | st.builds("+1{}{:07d}".format, st.sampled_from(["212", "416", "876", "787", "800"]), st.integers(0, 9_999_999))


@given(numbers)
@settings(max_examples=200)
def test_the_country_is_the_one_of_the_parsed_number(number: str) -> None:
    try:
        expected = phonenumbers.region_code_for_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        expected = None
    assert phone_country(number) == (expected if expected in phonenumbers.SUPPORTED_REGIONS else None)
