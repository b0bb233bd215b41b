"""Which records make up the next batch (loop, section 4; ADR 0010).

A transaction costs about the same whatever is in it. So a busy step takes what came meanwhile in one batch, while one
that was idle takes a single record at once; and records that a step only passes by wait a moment for company.
"""

import asyncio
from collections.abc import Mapping, Sequence
from time import monotonic
from typing import Any

from leadline_runtime.consumed import PASSED_BY, Consumed, Read, read
from leadline_runtime.log import Log
from leadline_runtime.settings import Settings
from leadline_runtime.step import Step
from leadline_schemas.topics import Topic


class Fetching:
    """Gathers records of the lanes claimed last."""

    def __init__(self, step: Step[Any], log: Log, settings: Settings) -> None:
        self.step, self.log, self.settings = step, log, settings
        self._topics: Mapping[str, Topic[Any]] = {topic.name: topic for topic in step.reads}
        self._held: list[Read] = []
        self._ahead: list[Read] = []  # comes after a batch that is not committed yet, and may fail
        self._held_since = self._began = 0.0

    def forget(self) -> None:
        """A claim reads on from the positions it found: what is held comes again."""
        self._held, self._ahead = [], []

    def passed_by(self) -> dict[tuple[str, int], int]:
        """The positions after what is held and passed by, up to the first record that is not.

        What is passed by has no effect, so it is as good as decided, though not yet written.
        """
        passed: dict[tuple[str, int], int] = {}
        undecided: set[tuple[str, int]] = set()
        for one in self._held:
            place = (one.source.topic, one.source.partition)
            if one.outcome is not PASSED_BY:
                undecided.add(place)
            elif place not in undecided:
                passed[place] = one.source.offset + 1
        return passed

    def take(self, limit: int) -> list[Read]:
        """What is held, at most `limit`, for a batch that begins now; what is left counts from the next `gather` on."""
        taken, self._held, self._ahead = self._held[:limit], [], [*self._held[limit:], *self._ahead]
        self._began = monotonic()
        return taken

    async def ahead(self, limit: int) -> None:
        """Fetch and decode what has come already, while a batch is committed; it counts from the next `gather` on.

        Not before: a record that is passed by would say that all before it was read, while the commit may yet fail.
        Raises LogTrouble.
        """
        room = limit - len(self._held) - len(self._ahead)
        if room > 0:
            self._ahead.extend(self._read(await self.log.fetch(0, room)))

    async def gather(self, limit: int, wait_s: float) -> bool:
        """Fetch for at most `wait_s` seconds, then say if what is held is worth a batch now."""
        ahead, self._ahead = self._ahead, []
        self._hold(ahead)
        room = limit - len(self._held)
        if room > 0:
            waits = self._waits()
            found = list(await self.log.fetch(0 if waits else wait_s, room))
            pause = self._began + self.settings.batch_pace_s - monotonic()
            if (found or waits) and pause > 0 and len(found) < room:
                await asyncio.sleep(pause)
                found.extend(await self.log.fetch(0, room - len(found)))
            self._hold(self._read(found))
        if not self._held:
            return False
        return (
            len(self._held) >= limit or self._waits() or monotonic() - self._held_since >= self.settings.offsets_every_s
        )

    def _waits(self) -> bool:
        """Is something held that is to be decided on, for which nobody may wait?"""
        return any(one.outcome is not PASSED_BY for one in self._held)

    def _read(self, found: Sequence[Consumed]) -> list[Read]:
        return [read(self.step, self._topics, record) for record in found]

    def _hold(self, found: Sequence[Read]) -> None:
        if found and not self._held:
            self._held_since = monotonic()
        self._held.extend(found)
