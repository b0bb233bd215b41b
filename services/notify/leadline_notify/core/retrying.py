"""When a notice that did not arrive is tried again, and when it is given up."""

from datetime import datetime, timedelta
from typing import Final

from leadline_notify.core.book import RetryRules
from leadline_runtime.core.values import dataclass

GROWTH: Final = 3
_MOST_STEPS: Final = 20


@dataclass(frozen=True, slots=True)
class Again:
    """The next try, and until when it goes on."""

    at: datetime
    give_up_at: datetime


def next_try(
    tried: int, share: float, now: datetime, give_up_at: datetime, asked: timedelta | None, rules: RetryRules
) -> datetime | None:
    """After `tried` tries, the last of them now; None: it is given up.

    Waits grow threefold up to the longest; of each, `share` (0 to 1, by chance) of a half is left out, so that those
    who failed together do not come back together. What the server asks for is kept. The last try is when the time ends.
    """
    grown_s: float = rules.first.total_seconds() * GROWTH ** min(tried - 1, _MOST_STEPS)
    wait = timedelta(seconds=min(rules.longest.total_seconds(), grown_s) * (1 - share / 2))
    at = now + max(wait, asked or timedelta())
    if at <= give_up_at:
        return at
    asked_beyond = asked is not None and now + asked > give_up_at
    return None if now >= give_up_at or asked_beyond else give_up_at


def within_hours(at: datetime, opening: datetime, give_up_at: datetime) -> Again:
    """A try outside of the recipient's hours waits for the next; the time for trying stands still meanwhile."""
    return Again(opening, give_up_at + (opening - at))
