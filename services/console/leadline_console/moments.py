"""Moments to come, as a person gives them."""

from datetime import UTC, datetime

from leadline_console.errors import UserError
from leadline_runtime.durations import parse_duration


def from_now(text: str, option: str, now: datetime) -> datetime:
    """A length of time from `now`, or an instant; a day begins in UTC. Raises UserError naming the option."""
    try:
        return now + parse_duration(text)
    except (ValueError, OverflowError):
        pass
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise UserError(f"{option} is a length as 30d or 12h, or an instant as 2026-04-30T17:00:00Z.") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
