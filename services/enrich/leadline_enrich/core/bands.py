"""Bands of what is known of a company: how large it is, and how near its industry is to those that are sold to."""

from collections.abc import Mapping, Sequence
from typing import Any

from leadline_enrich.core.chosen import firmographic_choice
from leadline_enrich.core.sight import Sight, fact_of
from leadline_enrich.core.write_policy import STATED, Choice, size_band
from leadline_schemas.enriched import Fact

_RULES = "rules"  # who puts a value into a band


def name_bands(sight: Sight) -> Mapping[str, Fact]:
    """`size_band` and `industry_band`, by the values that count."""
    size = firmographic_choice(sight, sight.found, "employees")
    industry = firmographic_choice(sight, sight.found, "industry")
    return {
        "size_band": _band(sight, "employees", size, _label(size.value, sight.rules.size_bands)),
        "industry_band": _band(sight, "industry", industry, industry_band(industry.value, sight.rules.industry_bands)),
    }


def industry_band(industry: str | None, bands: Mapping[str, str]) -> str | None:
    """`target` or `adjacent` as listed, `other` for any other; None if it is not known."""
    return None if not industry else bands.get(industry.strip().lower(), "other")


def _label(employees: int | None, bands: Sequence[int]) -> str | None:
    """`50-999`; the last is open: `5000+`. Below the first there is none."""
    place = 0 if employees is None else size_band(employees, bands)
    if place == 0:
        return None
    return f"{bands[place - 1]}-{bands[place] - 1}" if place < len(bands) else f"{bands[-1]}+"


def _band(sight: Sight, field: str, choice: Choice, band: Any) -> Fact:
    """A band is as sure, and as old, as the value it is of."""
    fact = sight.found.get(field)
    if band is None:
        absent = "too_old" if choice.stale else (fact.absent if fact else None) or "unknown"
        return sight.derived(_RULES, None, absent)
    if choice.source == STATED or fact is None:
        return fact_of(provider=_RULES, at=sight.captured.received_at, value=band)
    return fact_of(provider=_RULES, at=fact.at, value=band, confidence=fact.confidence)
