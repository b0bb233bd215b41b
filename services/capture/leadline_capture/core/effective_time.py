"""When a thing really happened, as far as its sender's clock can be believed (rules B1.3)."""

from datetime import datetime, timedelta
from typing import Literal

from leadline_runtime.core.values import dataclass

Flag = Literal["future_time", "too_late"]


@dataclass(frozen=True, slots=True)
class Trusted:
    """How far before and after its receipt an act's own time is believed."""

    late: timedelta
    early: timedelta


@dataclass(frozen=True, slots=True)
class Effective:
    """When it happened; `flag` says what was wrong. Too late makes it historical: no clock starts."""

    at: datetime
    flag: Flag | None = None

    @property
    def historical(self) -> bool:
        """Older than a clock may start for."""
        return self.flag == "too_late"


def effective_time(occurred_at: datetime | None, received_at: datetime, trusted: Trusted) -> Effective:
    """The time of an act: its own where it is believable, else its receipt; an old one keeps its own."""
    if occurred_at is None:
        return Effective(received_at)
    if occurred_at > received_at + trusted.early:
        return Effective(received_at, "future_time")
    return Effective(occurred_at, "too_late" if occurred_at < received_at - trusted.late else None)


def corrected_time(timestamp: datetime, sent_at: datetime, received_at: datetime) -> datetime:
    """The time of an act whose sender's clock is off: both its times share the error, ours has none.

    timestamp 10:02:00, sent 10:05:00, received 10:00:10 → 09:57:10.
    """
    return received_at - (sent_at - timestamp)
