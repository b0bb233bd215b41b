"""Whether and when a vendor that failed is asked once more, within what is left of the budget."""

from datetime import timedelta
from typing import Final

FIRST_WAIT_S: Final = 0.1
LONGEST_WAIT_S: Final = 5.0


def next_wait(tried: int, share: float, asked: timedelta | None, left_s: float) -> float | None:
    """Seconds to wait after `tried` tries; None: there is no time for another one.

    share: from 0 to 1 by chance, of a wait that doubles (full jitter), so that those who failed together do not come
    back together. asked: what the vendor asks for, which is kept. left_s: until the budget ends.
    """
    grown = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** min(tried - 1, 20))
    wait: float = max(share * grown, asked.total_seconds() if asked else 0.0)
    return wait if wait < left_s else None
