"""The one clock. Each service's schema has a row `clock(at, set_at, rate)`; without it the clock is the database's own.

rate 1 runs from `at` since `set_at`; rate 0 stands still (golden tests). Never written into Kafka's record timestamps.
"""

from datetime import UTC, datetime, timedelta
from time import monotonic

# The pipeline's time inside a transaction; the one function from which everything takes the time.
NOW = "coalesce((SELECT at + (now() - set_at) * rate FROM clock), now())"


class PipelineClock:
    """The pipeline's time outside a transaction: told by the database now and then, carried on by this process."""

    def __init__(self) -> None:
        self._told = datetime.now(UTC)
        self._when = monotonic()
        self._rate = 1.0
        self._known = False

    def tell(self, now: datetime, rate: float | None = None) -> None:
        """The database says that it is `now`, and how fast its time runs (None: as fast as it said before)."""
        self._told, self._when, self._known = now, monotonic(), True
        self._rate = self._rate if rate is None else rate

    def now(self) -> datetime:
        """The pipeline's time in UTC; the machine's own until the database has told it."""
        return self._told + timedelta(seconds=(monotonic() - self._when) * self._rate)

    def told_now(self) -> datetime | None:
        """The same, but None until the database has told it: its clock may be set to another day."""
        return self.now() if self._known else None
