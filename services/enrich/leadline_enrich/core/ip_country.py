"""The country that an address of the internet is assigned to."""

from collections.abc import Callable
from functools import lru_cache
from ipaddress import ip_address
from typing import NamedTuple

from phonenumbers import SUPPORTED_REGIONS

# `198.51.100.0` → `US`; None for what is assigned to nobody. Knows the registries' lists.
Assigned = Callable[[str], str | None]


class Place(NamedTuple):
    """The country, or why there is none."""

    country: str | None = None
    absent: str | None = None


@lru_cache(maxsize=4096)  # many leads share a network
def ip_country(address: str, assigned: Assigned) -> Place:
    """ISO 3166-1 alpha-2. Addresses inside of companies and of loops name none, nor does what a registry gave to all
    of Europe."""
    try:
        found = ip_address(address)
    except ValueError:
        return Place(absent="not_readable")
    if not found.is_global:
        return Place(absent="private_address")
    country = assigned(str(found))
    return Place(country) if country in SUPPORTED_REGIONS else Place(absent="not_found")
