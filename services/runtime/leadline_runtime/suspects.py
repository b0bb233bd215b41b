"""A record that kills the process must not kill it for ever (loop, section 4).

At the third birth of a process that finds a lane where the last one found it, with records waiting, that lane's batches
become batches of one, each with a durable intent before it. Three deaths under the same intent: the record is rejected
undecided. A claim after doubt is no death, and a lane where nothing waits is no suspect.
"""

from collections.abc import Mapping
from dataclasses import replace

from leadline_runtime.consumed import Consumed
from leadline_runtime.database import Database, OutboxRow, Suspect

CLAIMS, DEATHS = 3, 3


class Suspects:
    """The suspicions of the lanes owned now."""

    def __init__(self, database: Database, trust_after: int) -> None:
        self.database, self.trust_after = database, trust_after
        self._of: dict[int, Suspect] = {}
        self._careful: dict[int, int] = {}
        self._lived: set[int] = set()  # lanes this process has owned: another claim of them is no birth

    async def claimed(
        self,
        lanes: frozenset[int],
        outbox: Mapping[int, OutboxRow],
        known: Mapping[int, Suspect],
        behind: frozenset[int],
    ) -> None:
        """Take up what the lanes remember, and remember this claim. `behind`: lanes in which records wait."""
        marks: dict[int, Suspect] = {}
        for lane in sorted(lanes):
            seq = outbox[lane].seq if lane in outbox else 0
            old = known.get(lane, Suspect())
            mark = old if old.seq == seq else Suspect(seq, 1)
            if mark is old and lane in behind and lane not in self._lived:
                mark = replace(old, claims=old.claims + 1, deaths=old.deaths + 1 if old.topic else 0)
            marks[lane] = mark
        self._of = marks
        self._careful = {lane: self.trust_after for lane, mark in marks.items() if mark.claims >= CLAIMS}
        self._lived |= lanes
        changed = {lane: mark for lane, mark in marks.items() if mark != known.get(lane)}
        if changed:
            await self.database.suspect(changed)

    @property
    def careful(self) -> bool:
        """Is any lane processed one record at a time?"""
        return bool(self._careful)

    def is_careful(self, lane: int) -> bool:
        """Is this lane processed one record at a time?"""
        return lane in self._careful

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
            await self.database.suspect({record.partition: mark})

    async def survived(self, record: Consumed) -> None:
        """The record was decided: after a whole batch's worth of them the lane is trusted again."""
        left = self._careful.get(record.partition, 0) - 1
        if left > 0:
            self._careful[record.partition] = left
        elif record.partition in self._careful:
            await self._trust([record.partition])

    async def nothing_waits(self) -> None:
        """All that was there has been decided: every lane is trusted again."""
        if self._careful:
            await self._trust(list(self._careful))

    async def _trust(self, lanes: list[int]) -> None:
        for lane in lanes:
            del self._careful[lane]
            self._of[lane] = Suspect()
        await self.database.suspect(dict.fromkeys(lanes, Suspect()))
