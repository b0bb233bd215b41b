"""The language to speak with a lead."""

from collections.abc import Mapping


def language_of(country: str | None, spoken: Mapping[str, str]) -> str | None:
    """ISO 639-1 of the one language of business in a country; None where there are several (CH, BE, CA).

    Only a guess for leads that state none: what a form says always stands above it.
    """
    return spoken.get(country) if country else None
