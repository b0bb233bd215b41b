"""Crash points: LEADLINE_CRASH_AT=<service>:<point>:<n> ends the process at the n-th passage of that point.

Between any two side effects of the loop stands one, so that a test can enumerate them all. SIGKILL to oneself is what
a power cut looks like: no handler, no flush, no goodbye.
"""

import os
import signal
from collections import Counter

POINTS = (
    "before_t1", "in_t1", "in_decide", "in_t2", "before_commit", "during_commit", "after_commit",
    "in_publish", "after_publish", "after_offsets", "in_claim", "after_claim",
)  # fmt: skip
# Those of the door's spool: no step passes them.
SPOOL_POINTS = ("spool_before_write", "spool_before_sync", "spool_after_sync", "spool_done", "spool_deleted")
# Those of notify's senders, which stand beside its loop.
NOTIFY_POINTS = ("notify_before_send", "notify_after_send")
ALL_POINTS = POINTS + SPOOL_POINTS + NOTIFY_POINTS


class CrashPoints:
    """The crash point that the environment names for this service, if any."""

    def __init__(self, service: str, wanted: str | None) -> None:
        self.point, self.nth = "", 0
        self.passed: Counter[str] = Counter()
        if wanted:
            name, _, rest = wanted.partition(":")
            point, _, nth = rest.partition(":")
            if point not in ALL_POINTS:
                known = ", ".join(ALL_POINTS)
                raise ValueError(f"LEADLINE_CRASH_AT: no point {point!r}; known: {known}")
            if name == service:
                self.point, self.nth = point, int(nth or 1)

    def reach(self, point: str) -> None:
        """Die here if this is the passage asked for."""
        if point != self.point:
            return
        self.passed[point] += 1
        if self.passed[point] == self.nth:
            os.kill(os.getpid(), signal.SIGKILL)


def crash_points(service: str) -> CrashPoints:
    """The crash points of this process."""
    return CrashPoints(service, os.environ.get("LEADLINE_CRASH_AT"))
