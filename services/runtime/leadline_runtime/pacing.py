"""How many stored leads the loop is asked for at once, and when: so that a fresh lead hardly feels it."""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from leadline_runtime.loop import Loop

# It asks for as many leads at once as it may judge in this time: an idle loop looks for messages that often. One that
# reads fresh leads looks with every batch: then for few, so that a batch takes hardly longer for them.
IDLE_S, BUSY_S = 0.1, 0.04
AT_ONCE = 50
POLL_S = 0.02
# While fresh leads are read it rests twice as long as the loop took for what it was asked: on a machine that has hardly
# time for the fresh ones, two of three batches are theirs alone.
RESTS, LONGEST_REST_S = 2, 2.0


class Pace:
    """For one pass: at most `rate` leads a second."""

    def __init__(self, loop: "Loop", rate: float) -> None:
        self._loop, self._rate = loop, rate
        self._asked, self._asked_at, self._reached = 0, monotonic(), self._read()

    async def turn(self, waiting: Callable[[], Awaitable[int]], still: Callable[[], bool]) -> int:
        """Wait until the loop may be asked for more; for how many. 0: it is not worth waiting for `still`."""
        due = self._asked_at + self._asked / self._rate
        while not await self._is_room(waiting):
            if not still():
                return 0
            await asyncio.sleep(POLL_S)
        now, reached = monotonic(), self._read()
        fresh, self._reached = reached != self._reached, reached
        rest = min(LONGEST_REST_S, RESTS * (now - self._asked_at)) if fresh and self._asked else 0.0
        await asyncio.sleep(max(0.0, due - now, rest))
        self._asked = max(1, min(AT_ONCE, round(self._rate * (BUSY_S if fresh else IDLE_S))))
        self._asked_at = monotonic()
        return self._asked if still() else 0

    def _read(self) -> int:
        return sum(self._loop.batching.reached.values())

    async def _is_room(self, waiting: Callable[[], Awaitable[int]]) -> bool:
        """Has the loop decided what it was asked for, and is it up to date with what comes?"""
        parts = self._loop.parts
        return sum(parts.log.behind().values()) <= parts.settings.batch_items and await waiting() == 0
