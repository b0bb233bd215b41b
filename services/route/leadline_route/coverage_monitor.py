"""Beside the step: when will nobody be there for the leads of a rule, of a territory, of a language? (semantics, 4)"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING

from leadline_route.core.coverage import Coverage, Span, covered, duty_spans, needs
from leadline_route.core.rulebook import Rulebook
from leadline_route.metrics import CoverageMetrics
from leadline_runtime.logs import logger

if TYPE_CHECKING:
    from leadline_runtime.loop import Loop

log = logger(__name__)
AHEAD = timedelta(days=7)
LOOK_S = 1.0  # how often it looks whether the rules are others
EVERY_S = 300.0
AT_A_TIME = 20  # members, then the loop's own work goes first: some 10 ms


class CoverageMonitor:
    """Looks anew every five minutes, and at once when the rules are others."""

    def __init__(
        self, book: Callable[[], tuple[Rulebook, str]], now: Callable[[], datetime | None], metrics: CoverageMetrics
    ) -> None:
        self._book, self._now, self._metrics = book, now, metrics
        self._looked: tuple[str, float] | None = None

    async def run(self) -> None:
        """For as long as it is awaited."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_S)

    async def look(self) -> None:
        """Tell, unless it was told of these rules just now."""
        book, digest = self._book()
        start = self._now()  # None: the database has not told the time yet
        known = self._looked is not None and self._looked[0] == digest
        if start is None or (known and self._looked is not None and monotonic() - self._looked[1] < EVERY_S):
            return
        found = await measured(book, start, start + AHEAD)
        self._looked = (digest, monotonic())
        self._metrics.tell(found)
        missing = [each for each in found if each.uncovered]
        if missing and not known:
            log.warning(
                "nobody is there in open hours of the coming days: `leadline route coverage` tells which",
                needs=[each.need.name for each in missing[:10]],
                more=max(0, len(missing) - 10),
            )


async def measured(book: Rulebook, start: datetime, end: datetime) -> Sequence[Coverage]:
    """All needs, a few at a time, so that the loop goes on meanwhile."""
    duties: dict[str, list[Span]] = {}
    for number, member in enumerate(book.team.members.values(), 1):
        duties[member.id] = duty_spans(member, start, end)
        if number % AT_A_TIME == 0:
            await asyncio.sleep(0)
    found = []
    for need in needs(book):
        found.append(covered(need, book.team, duties, start, end))
        await asyncio.sleep(0)
    return found


_METRICS = CoverageMetrics()


async def coverage_monitor(loop: "Loop") -> None:
    """The monitor as work beside the step's loop, by its rules and its clock."""

    def book() -> tuple[Rulebook, str]:
        loaded = loop.parts.rules.current
        return loaded.rules, loaded.ref.digest

    await CoverageMonitor(book, loop.parts.clock.told_now, _METRICS).run()
