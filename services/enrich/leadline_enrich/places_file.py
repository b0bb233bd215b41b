"""`rules/places.yaml`: names of countries and regions, forms of postal codes, and examples."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import Field

from leadline_enrich.core.address_country import Address, Places, address_country
from leadline_enrich.core.title_text import plain_words
from leadline_runtime.rules import RulesError, RulesModel, parse

FILE = "places.yaml"
CountryCode = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
Names = Annotated[tuple[str, ...], Field(min_length=1)]


class PostalCode(RulesModel):
    """A form of postal codes, as a regular expression of the whole code in capitals."""

    country: CountryCode
    pattern: str


class AddressSaid(RulesModel):
    """The address of an example."""

    street: str | None = None
    city: str | None = None
    state: str | None = None
    postal_code: str | None = None
    country: str | None = None


class PlaceExample(RulesModel):
    """An address and the country that must come out."""

    address: AddressSaid
    country: CountryCode | None


class PlacesFile(RulesModel):
    """The whole file."""

    version: date | str
    countries: dict[CountryCode, Names]
    regions: dict[CountryCode, Names]
    us_states: frozenset[Annotated[str, Field(pattern=r"^[A-Z]{2}$")]]
    postal_codes: tuple[PostalCode, ...]
    examples: Annotated[tuple[PlaceExample, ...], Field(min_length=1)]


def build_places(content: Any) -> Places:
    """The compiled places. Raises RulesError for a name of two countries, a bad pattern, a failing example."""
    file = parse(PlacesFile, content, FILE)
    countries = _names(file.countries, "countries", {})
    places = Places(
        countries=countries,
        regions=_names(file.regions, "regions", countries),
        us_states=file.us_states,
        postal_codes=tuple((_pattern(place, each), each.country) for place, each in enumerate(file.postal_codes)),
    )
    for place, example in enumerate(file.examples):
        found = address_country(Address(**example.address.model_dump()), places)
        country = found[0] if found else None
        if country != example.country:
            raise RulesError(FILE, f"examples.{place}", f"comes out as {country!r} instead of {example.country!r}")
    return places


def _names(lists: Mapping[str, tuple[str, ...]], key: str, others: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for country, names in lists.items():
        for place, name in enumerate(names):
            plain = plain_words(name)
            other = others.get(plain) or found.setdefault(plain, country)
            if other != country:
                problem = f"{name!r} is also a name of {other}; a name that two share says nothing"
                raise RulesError(FILE, f"{key}.{country}.{place}", problem)
    return found


def _pattern(place: int, each: PostalCode) -> "re.Pattern[str]":
    try:
        return re.compile(each.pattern)
    except re.error as error:
        raise RulesError(FILE, f"postal_codes.{place}.pattern", f"is no regular expression: {error}") from None
