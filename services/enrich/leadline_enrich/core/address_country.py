"""The country that an address names beside its field for the country."""

import re
from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from leadline_enrich.core.title_text import plain_words
from leadline_runtime.core.values import dataclass

Way = Literal["name", "region", "postal_code"]
_SEGMENTS = re.compile(r"[,;\n|()\[\]/]+")
_STATE_AND_ZIP = re.compile(r"\b([A-Z]{2})[ ,]+\d{5}(?:-\d{4})?\b")


class Address(NamedTuple):
    """The parts of an address as they were written."""

    street: str | None = None
    city: str | None = None
    state: str | None = None
    postal_code: str | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class Places:
    """Names in plain words to countries; two-letter states of the US; forms of postal codes no two countries share."""

    countries: Mapping[str, str]
    regions: Mapping[str, str]
    us_states: frozenset[str]
    postal_codes: tuple[tuple["re.Pattern[str]", str], ...]


def address_country(address: Address, places: Places) -> tuple[str, Way] | None:
    """ISO 3166-1 alpha-2 and how it is known: by a country's name, a region's, or the form of the postal code."""
    country = _named(_last_segments(address), places.countries)
    if country:
        return country, "name"
    country = _named(_regions(address), places.regions) or _with_zip(address, places.us_states)
    if country:
        return country, "region"
    country = _of_form((address.postal_code or "").strip().upper(), places)
    return (country, "postal_code") if country else None


def _named(texts: Iterator[str], names: Mapping[str, str]) -> str | None:
    return next((found for text in texts if (found := names.get(plain_words(text)))), None)


def _last_segments(address: Address) -> Iterator[str]:
    """Where a country stands if it stands anywhere: at the end of a part; first where it belongs."""
    for text in (address.country, address.city, address.street, address.state):
        segments = [each for each in _SEGMENTS.split(text or "") if each.strip()]
        if segments:
            yield segments[-1]


def _regions(address: Address) -> Iterator[str]:
    if address.state:
        yield address.state
    for text in (address.city, address.street):
        segments = [each for each in _SEGMENTS.split(text or "") if each.strip()]
        yield from reversed(segments[1:])  # the first is the town itself: Washington, New York


def _with_zip(address: Address, states: frozenset[str]) -> str | None:
    text = f"{(address.state or '').strip().upper()} {(address.postal_code or '').strip()}"
    for each in (text, address.city or "", address.street or ""):
        found = _STATE_AND_ZIP.search(each)
        if found and found[1] in states:
            return "US"
    return None


def _of_form(code: str, places: Places) -> str | None:
    return next((country for form, country in places.postal_codes if form.fullmatch(code)), None)
