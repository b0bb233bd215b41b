"""A record that kills the process must not kill it for ever (loop, section 4).

At the third claim of a lane without progress, its batches become batches of one, each with a durable intent before it.
Three deaths under the same intent: the record is rejected undecided.
"""

from collections.abc import Mapping
from dataclasses import replace

from leadline_runtime.consumed import Consumed
from leadline_runtime.database import Database, OutboxRow, Suspect

CLAIMS, DEATHS = 3, 3


class Suspects:
    """The suspicions of the lanes owned now."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._of: dict[int, Suspect] = {}
        self._careful: dict[int, int] = {}

    async def claimed(
        self, lanes: frozenset[int], outbox: Mapping[int, OutboxRow], known: Mapping[int, Suspect], batch_items: int
    ) -> None:
        """Take up what the lanes remember, and remember this claim."""
        self._of, self._careful = {}, {}
        for lane in sorted(lanes):
            seq = outbox[lane].seq if lane in outbox else 0
            old = known.get(lane, Suspect())
            stuck = old.seq == seq
            claims = old.claims + 1 if stuck else 1
            deaths = old.deaths + 1 if stuck and old.topic else 0
            mark = replace(old, seq=seq, claims=claims, deaths=deaths) if stuck else Suspect(seq, 1)
            self._of[lane] = mark
            if claims >= CLAIMS:
                self._careful[lane] = batch_items
            if mark != old:
                await self.database.suspect(lane, mark)

    @property
    def careful(self) -> bool:
        """Is any lane processed one record at a time?"""
        return bool(self._careful)

    def condemned(self, record: Consumed) -> bool:
        """Did this record kill the process three times under its own intent?"""
        mark = self._of.get(record.partition)
        same = mark is not None and (mark.topic, mark.offset) == (record.topic, record.offset)
        return same and mark is not None and mark.deaths >= DEATHS

    async def intend(self, record: Consumed) -> None:
        """Before a batch of one: write down what is tried."""
        mark = self._of.get(record.partition, Suspect())
        if (mark.topic, mark.offset) != (record.topic, record.offset):
            mark = replace(mark, topic=record.topic, offset=record.offset, deaths=0)
            self._of[record.partition] = mark
            await self.database.suspect(record.partition, mark)

    async def survived(self, record: Consumed) -> None:
        """The record was decided: after a whole batch's worth of them the lane is trusted again."""
        lane = record.partition
        left = self._careful.get(lane, 0) - 1
        if left > 0:
            self._careful[lane] = left
        elif lane in self._careful:
            del self._careful[lane]
            self._of[lane] = Suspect()
            await self.database.suspect(lane, Suspect())
