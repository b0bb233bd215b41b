"""When somebody wants to buy, in whole months: `this quarter` → 3, `6+ months` → 7, `in 2 weeks` → 1."""

import math
import re
from collections.abc import Mapping

from leadline_capture.core.text import folded

_SPAN = re.compile(r"(\d{1,3}) ?(?:(?:-|–|to|bis|a) ?(\d{1,3}) ?)?(\+|plus)? ?(day|week|month|quarter|year)s?\b")
_BEYOND = re.compile(r"\b(?:more than|over|after|beyond|later than)\b|>")
_MONTHS = {"day": 1 / 30, "week": 7 / 30, "month": 1, "quarter": 3, "year": 12}


def timeline_months(text: str, known: Mapping[str, int]) -> int | None:
    """Months from now at the latest; an open end counts one month more, so that it is never mistaken for its start.

    `known` maps folded phrases to months and goes first. None: it cannot be told.
    """
    phrase = folded(text)
    if phrase in known:
        return known[phrase]
    lowered = text.casefold()
    found = _SPAN.search(lowered)
    if found is None:
        return None
    low, high, plus, unit = found.groups()
    months = math.ceil(round(int(high or low) * _MONTHS[unit], 3))
    return months + 1 if plus or _BEYOND.search(lowered) else months
