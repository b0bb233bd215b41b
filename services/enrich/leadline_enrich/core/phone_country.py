"""The country a telephone number belongs to."""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

import phonenumbers
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, SUPPORTED_REGIONS, PhoneMetadata

# Calling codes have one to three digits, and none begins another.
_CODE_LENGTHS = (1, 2, 3)
# Every kind of number that the library tells apart, the most frequent first: one that is of no kind is of no region.
_KINDS = (
    "fixed_line", "mobile", "premium_rate", "toll_free", "shared_cost", "voip", "personal_number", "pager", "uan",
    "voicemail",
)  # fmt: skip

Fits = Callable[[str], object]


def phone_country(e164: str | None) -> str | None:
    """ISO 3166-1 alpha-2 of a number in E.164; None for none, for a wrong one and for one of no country (+800)."""
    if not e164 or not e164.startswith("+") or not e164[1:].isdecimal():
        return None
    regions = next(
        (found for length in _CODE_LENGTHS if (found := COUNTRY_CODE_TO_REGION_CODE.get(int(e164[1 : 1 + length])))), ()
    )
    if len(regions) > 1:  # +1, +44 and some more are shared: the number itself decides
        return _shared(e164)
    return regions[0] if regions and regions[0] in SUPPORTED_REGIONS else None


def _shared(e164: str) -> str | None:
    if e164.isascii():
        # An ordinary number of North America or Great Britain has nothing to be parsed: no prefix, no leading zero.
        if e164.startswith("+1") and len(e164) == 12 and e164[2] not in "01":
            return _region(1, e164[2:])
        if e164.startswith("+44") and len(e164) == 13 and e164[3] != "0":
            return _region(44, e164[3:])
    try:
        region = phonenumbers.region_code_for_number(phonenumbers.parse(e164))
    except phonenumbers.NumberParseException:
        return None
    return region if region in SUPPORTED_REGIONS else None


def _region(code: int, national: str) -> str | None:
    """What the library's `region_code_for_number` says, a tenth of its time: it asks up to ten patterns a region."""
    found = next((region for region, fits in _regions(code) if fits(national)), None)
    return found if found in SUPPORTED_REGIONS else None


@lru_cache
def _regions(code: int) -> tuple[tuple[str, Fits], ...]:
    """The regions that share a calling code in the order in which they are asked, and whether a number is theirs."""
    return tuple(_fitting(code))


def _fitting(code: int) -> Iterator[tuple[str, Fits]]:
    for region in COUNTRY_CODE_TO_REGION_CODE[code]:
        data = PhoneMetadata.metadata_for_region(region, None)
        if data is None:
            continue
        if data.leading_digits is not None:
            yield region, re.compile(data.leading_digits).match
            continue
        general = _whole(data.general_desc)
        kinds = [kind for each in _KINDS if (kind := _whole(getattr(data, each)))]
        if general and kinds:
            yield region, re.compile(f"(?={general})(?:{'|'.join(kinds)})").match


def _whole(described: phonenumbers.PhoneNumberDesc | None) -> str | None:
    """A pattern for a whole number of this description; None for one that fits none."""
    if described is None or not described.national_number_pattern:
        return None
    lengths = "|".join(rf"\d{{{length}}}\Z" for length in described.possible_length)
    return rf"(?={lengths})(?:{described.national_number_pattern})\Z"
