"""Countries, regions and languages by their ISO codes, from whatever people and forms call them."""

from collections.abc import Mapping
from functools import cache, lru_cache

import pycountry

from leadline_capture.core.text import folded


@cache
def _countries() -> dict[str, str]:
    found: dict[str, str] = {}
    for country in pycountry.countries:
        names = (
            country.alpha_3,
            country.name,
            getattr(country, "official_name", ""),
            getattr(country, "common_name", ""),
        )
        for name in names:
            if name:
                found.setdefault(folded(name), country.alpha_2)
    for country in pycountry.countries:  # last, so that a code always means its own country
        found[folded(country.alpha_2)] = country.alpha_2
    return found


def country_code(text: str, aliases: Mapping[str, str]) -> str | None:
    """ISO 3166-1 alpha-2 of a code or name; `aliases` (folded name to code) say what ISO does not: UK, Deutschland."""
    key = folded(text)
    return aliases.get(key) or _countries().get(key)


@cache
def _regions(country: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for region in pycountry.subdivisions.get(country_code=country) or ():  # type: ignore[no-untyped-call]
        code = region.code.partition("-")[2]
        found.setdefault(folded(region.name), code)
        found[folded(code)] = code
    return found


def region_code(country: str, text: str) -> str | None:
    """ISO 3166-2 subdivision without the country (`MA`) of a code or name within `country`."""
    key = folded(text.removeprefix(f"{country}-"))
    return _regions(country).get(key)


@cache
def _languages() -> dict[str, str]:
    found: dict[str, str] = {}
    for language in pycountry.languages:
        code = getattr(language, "alpha_2", None)
        if code:
            found[folded(language.name)] = code
            found[code] = code
            found.setdefault(language.alpha_3, code)
    return found


@lru_cache(maxsize=1024)
def language_and_region(text: str) -> tuple[str | None, str | None]:
    """ISO 639-1 language, and the country a locale names: `en-GB` → en, GB; `German` → de, None."""
    language, _, rest = text.replace("_", "-").partition("-")
    code = _languages().get(folded(language))
    region = next((p.upper() for p in rest.split("-") if len(p) == 2 and p.isalpha()), None)
    return code, region if region and folded(region) in _countries() else None
