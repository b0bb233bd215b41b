"""The country that the last label of an e-mail address's domain names."""

from phonenumbers import SUPPORTED_REGIONS

from leadline_enrich.core.domain_class import split_address

# The one country whose top-level domain in use is not its ISO 3166-1 code.
_UNLIKE_ISO = {"UK": "GB"}


def email_country(address: str | None, generic: frozenset[str]) -> str | None:
    """ISO 3166-1 alpha-2 of the address's country-code domain; None for .com and for those sold to everybody.

    `generic` lists the latter in lower case, such as io, ai and co.
    """
    label = split_address(address or "")[1].rpartition(".")[2]
    if len(label) != 2 or label in generic:
        return None
    country = _UNLIKE_ISO.get(label.upper(), label.upper())
    return country if country in SUPPORTED_REGIONS else None
