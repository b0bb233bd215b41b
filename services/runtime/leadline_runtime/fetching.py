"""Which records make up the next batch (loop, section 4; ADR 0010).

A transaction costs about the same whatever is in it. So a busy step takes what came meanwhile in one batch, while one
that was idle takes a single record at once; and records that a step only passes by wait a moment for company.
"""

import asyncio
from collections.abc import Mapping
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
        self._held_since = self._began = 0.0

    def forget(self) -> None:
        """A claim reads on from the positions it found: what is held comes again."""
        self._held = []

    def passed_by(self) -> dict[tuple[str, int], int]:
        """The positions after what is held. It has no effect, so it is as good as decided, though not yet written."""
        return {(r.source.topic, r.source.partition): r.source.offset + 1 for r in self._held}

    def take(self) -> list[Read]:
        """All that is held, for a batch that begins now."""
        taken, self._held = self._held, []
        self._began = monotonic()
        return taken

    async def gather(self, limit: int, wait_s: float) -> bool:
        """Fetch for at most `wait_s` seconds, then say if what is held is worth a batch now."""
        room = limit - len(self._held)
        if room > 0:
            found = list(await self.log.fetch(wait_s, room))
            pause = self._began + self.settings.batch_pace_s - monotonic()
            if found and pause > 0 and len(found) < room:
                await asyncio.sleep(pause)
                found.extend(await self.log.fetch(0, room - len(found)))
            self._hold(found)
        if not self._held:
            return False
        return (
            len(self._held) >= limit
            or any(one.outcome is not PASSED_BY for one in self._held)
            or monotonic() - self._held_since >= self.settings.offsets_every_s
        )

    def _hold(self, found: list[Consumed]) -> None:
        if found and not self._held:
            self._held_since = monotonic()
        self._held.extend(read(self.step, self._topics, record) for record in found)
