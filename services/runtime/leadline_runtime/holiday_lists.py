"""Public holidays by their names, from the `holidays` library (pinned), as the dates of a span of years."""

from collections.abc import Iterable, Mapping
from datetime import date
from importlib.metadata import version

import holidays

YEARS = range(2020, 2046)
_OBSERVED = " (observed)"


def source() -> str:
    """Which library in which version the dates come from, and for which years: part of a calendar's version."""
    return f"holidays {version('holidays')}, {YEARS[0]}-{YEARS[-1]}"


def named_holidays(country: str, subdivision: str | None, names: Iterable[str] | None) -> Mapping[date, str]:
    """The dates of a country's (or its subdivision's) holidays with what each is called, those observed on another day
    included.

    `names` None means all of them. Raises ValueError for an unknown country, subdivision or name, naming the known.
    """
    try:
        found = holidays.country_holidays(country, subdiv=subdivision, years=YEARS, language="en_US")
    except NotImplementedError:
        raise ValueError(f"there are no holidays for {country} {subdivision or ''}".rstrip()) from None
    wanted = None if names is None else set(names)
    # Two holidays on one date are one entry, joined by semicolons.
    dates = {day: {part.removesuffix(_OBSERVED) for part in found.get_list(day)} for day in found}
    known = set().union(*dates.values())
    if wanted is not None and (strange := sorted(wanted - known)):
        raise ValueError(f"{country} has no holiday named {', '.join(strange)}; known: {', '.join(sorted(known))}")
    return {
        day: ", ".join(sorted(called if wanted is None else called & wanted))
        for day, called in dates.items()
        if wanted is None or called & wanted
    }
