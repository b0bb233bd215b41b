"""Records that are durable in Kafka, or on this machine's disk until Kafka takes them (capture's edge).

New records go to Kafka beside those that are drained: their order means nothing, but for records of one key. A record
whose key may come again, with other content, is therefore written behind what the spool holds.
"""

from collections.abc import Coroutine, Sequence
from typing import Any, Final, Literal

from leadline_runtime.single_records import NotDurable, Refused, Single, SingleRecords
from leadline_runtime.spool import Spool

Where = Literal["kafka", "spool"]
# Of the time a sender waits, this part is Kafka's; the rest is the disk's.
KAFKAS_PART: Final = 0.6


class SpooledRecords:
    """Kafka with a spool behind it, or without. `budget_s`: how long one write may take, the spool's part included."""

    def __init__(self, kafka: SingleRecords, spool: Spool | None, budget_s: float) -> None:
        self.kafka, self.spool = kafka, spool
        kafka.budget_s = budget_s * (KAFKAS_PART if spool else 1.0)
        self._spool_s = budget_s - kafka.budget_s

    @property
    def trouble(self) -> str | None:
        """Why nothing can be made durable now; None if it can."""
        kafka = self.kafka.trouble
        if kafka is None or self.spool is None:
            return kafka
        spool = self.spool.trouble
        return f"{kafka}, and {spool}" if spool else None

    async def write(self, record: Single, *, may_repeat: bool) -> Where:
        """Make a record durable, and say where it is. `may_repeat`: its key may come again. Raises NotDurable."""
        spool = self.spool
        if spool is None:
            await self.kafka.write(record)
            return "kafka"
        if not (may_repeat and spool.holds):
            try:
                await self.kafka.write(record)
                return "kafka"
            except Refused:
                raise
            except NotDurable:
                """Also if it may still arrive: a record that comes twice counts once."""
        await spool.keep([record], self._spool_s)
        return "spool"

    async def write_all(self, records: Sequence[Single], *, may_repeat: bool) -> list[Where | None]:
        """Make several durable; where each is, None for one that is nowhere."""
        spool = self.spool
        straight = spool is None or not (may_repeat and spool.holds)
        taken = await self.kafka.write_all(records) if straight else [False] * len(records)
        rest = [record for record, known in zip(records, taken, strict=True) if not known]
        kept: Where | None = "spool" if rest and spool is not None and await self._kept(spool, rest) else None
        return ["kafka" if known else kept for known in taken]

    async def _kept(self, spool: Spool, records: Sequence[Single]) -> bool:
        try:
            await spool.keep(records, self._spool_s)
        except NotDurable:
            return False
        return True

    def work(self) -> list[Coroutine[Any, Any, None]]:
        """What goes on beside the writing; each ends by cancellation."""
        beside = [self.kafka.run()]
        if self.spool is not None:
            beside += [self.spool.run(), self.spool.drain(self._drained)]
        return beside

    async def _drained(self, records: Sequence[Single]) -> bool:
        if self.kafka.trouble is not None:
            return False
        return all(await self.kafka.write_all(records))

    async def close(self) -> None:
        """Let go of the spool's directory; what it holds waits for the next start."""
        if self.spool is not None:
            await self.spool.close()
