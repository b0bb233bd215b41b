"""When a notice that did not arrive is tried again, and when it is given up."""

from datetime import datetime, timedelta
from typing import Final

from leadline_notify.core.book import RetryRules
from leadline_runtime.core.values import dataclass

GROWTH: Final = 3
PATIENCE: Final = 6  # tries: some ten minutes, as long as a mail server that does not know us yet keeps us waiting
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
    who failed together do not come back together. What the server asks for is kept. The last try is when the time ends,
    also for a server that asks for more: it may be well long before.
    """
    grown_s: float = rules.first.total_seconds() * GROWTH ** min(tried - 1, _MOST_STEPS)
    wait = timedelta(seconds=min(rules.longest.total_seconds(), grown_s) * (1 - share / 2))
    left = give_up_at - now
    return now + min(max(wait, asked or timedelta()), left) if left > timedelta() else None


def steps_aside(tried: int, *, endpoint_fails: bool) -> bool:
    """Whether those behind it in its line need not wait for it any more: it is refused for its own sake, again and
    again.
    """
    return not endpoint_fails and tried >= PATIENCE


def within_hours(at: datetime, opening: datetime, give_up_at: datetime) -> Again:
    """A try outside of the recipient's hours waits for the next; the time for trying stands still meanwhile."""
    return Again(opening, give_up_at + (opening - at))
