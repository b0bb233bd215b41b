"""The country a telephone number belongs to."""

import phonenumbers


def phone_country(e164: str | None) -> str | None:
    """ISO 3166-1 alpha-2 of a number in E.164; None for none, for a wrong one and for one of no country (+800)."""
    if not e164:
        return None
    try:
        region = phonenumbers.region_code_for_number(phonenumbers.parse(e164))
    except phonenumbers.NumberParseException:
        return None
    return region if region in phonenumbers.SUPPORTED_REGIONS else None
