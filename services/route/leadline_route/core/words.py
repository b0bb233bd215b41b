"""Instants in explanations, as short as they are unmistakable."""

from datetime import UTC, date, datetime, time, tzinfo
from functools import lru_cache


def clock(at: datetime, now: datetime) -> str:
    """`16:30Z` if that is today in UTC, else `2026-04-07T08:00Z`; seconds only where there are any."""
    return _clock(at, now.astimezone(UTC).date())


@lru_cache(maxsize=512)  # shifts begin at the same few instants for lead after lead
def _clock(at: datetime, today: date) -> str:
    utc = at.astimezone(UTC)
    form = "%H:%M:%SZ" if utc.second else "%H:%MZ"
    return utc.strftime(form if utc.date() == today else f"%Y-%m-%dT{form}")


def day_or_clock(at: datetime, zone: tzinfo) -> str:
    """The local date if `at` is midnight there (an absence of whole days), else date and time in UTC."""
    local = at.astimezone(zone)
    if local.time() == time():
        return local.date().isoformat()
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")
