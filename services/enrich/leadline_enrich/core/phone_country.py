"""The country a telephone number belongs to."""

import phonenumbers
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, SUPPORTED_REGIONS

# Calling codes have one to three digits, and none begins another.
_CODE_LENGTHS = (1, 2, 3)


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
    try:
        region = phonenumbers.region_code_for_number(_number(e164))
    except phonenumbers.NumberParseException:
        return None
    return region if region in SUPPORTED_REGIONS else None


def _number(e164: str) -> phonenumbers.PhoneNumber:
    # An ordinary number of North America or Great Britain has nothing to be parsed: no prefix, no leading zero.
    if e164.startswith("+1") and len(e164) == 12 and e164[2] not in "01":
        return phonenumbers.PhoneNumber(country_code=1, national_number=int(e164[2:]))
    if e164.startswith("+44") and len(e164) == 13 and e164[3] != "0":
        return phonenumbers.PhoneNumber(country_code=44, national_number=int(e164[3:]))
    return phonenumbers.parse(e164)
