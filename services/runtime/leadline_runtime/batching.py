"""Batches: decided and written in one transaction, then published, then counted (loop, section 4: T1, D, T2, P, K)."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic, time
from typing import TYPE_CHECKING, Any
from uuid import UUID

from leadline_runtime.claiming import Claimed
from leadline_runtime.consumed import Read
from leadline_runtime.counting import Counting
from leadline_runtime.database import BadData, BatchTransaction, OutboxRow, Write
from leadline_runtime.dead_letters import Limit
from leadline_runtime.deciding import Batch, Frame
from leadline_runtime.decision import Grounds
from leadline_runtime.frames import Outgoing
from leadline_runtime.items import Item, Timer
from leadline_runtime.log import LogTrouble
from leadline_runtime.outcomes import Outcome
from leadline_runtime.step import NoView, Step
from leadline_runtime.survey import Survey
from leadline_runtime.suspects import Suspects

if TYPE_CHECKING:
    from leadline_runtime.loop import Parts

# The server ends a transaction that is idle for 3 s (postgres.SESSION), and deciding is idle to it.
DECIDE_AT_MOST_S = 0.8
LEAST_ITEMS = 20
# How long a decided batch stays open, with its lanes locked, for Kafka to have the one before it.
PATIENCE_S = 1.0


@dataclass
class Asked:
    """Facts for due timers, asked after the batch that found them due, by the states it read, and used by the next."""

    timers: list[Timer] = field(default_factory=list)
    states: Mapping[UUID, Any] = field(default_factory=dict)
    facts: dict[tuple[UUID, datetime], Any] = field(default_factory=dict)


class Batching:
    """Processes batches of the lanes claimed last. While one is published, the next is decided, but not committed."""

    def __init__(self, step: Step[Any], parts: "Parts") -> None:
        self.step, self.parts = step, parts
        self.suspects = Suspects(parts.database, parts.settings.batch_items)
        self.survey = Survey(step, parts.database, parts.metrics)
        self.lanes: list[int] = []
        self.reached: dict[tuple[str, int], int] = {}
        self.read_times: dict[tuple[str, int], float] = {}  # POSIX time of the last record decided on, for lag
        self.more_waits = False
        self.ahead: Callable[[int], Awaitable[None]] = (
            _nothing  # takes up the next records while one batch is committed
        )
        self._rows: dict[int, OutboxRow] = {}
        self._limit = Limit()
        self._publishing: asyncio.Task[None] | None = None
        self._counting = Counting(step, parts.metrics)
        self._told: dict[tuple[str, int], int] = {}
        self._told_at = 0.0
        self._asked = Asked()
        self._pace_s = 0.0  # how long one item took to look up and decide in the newest batch, committed or not

    @property
    def limit(self) -> int:
        """How many items a batch may have: fewer where deciding is slow, so that PostgreSQL never waits for long."""
        most = self.parts.settings.batch_items
        return most if self._pace_s == 0 else min(most, max(LEAST_ITEMS, int(DECIDE_AT_MOST_S / self._pace_s)))

    async def abandon(self) -> None:
        """Forget what is being published: the outbox has it, and the claim publishes it again."""
        task, self._publishing = self._publishing, None
        if task is not None:
            await asyncio.wait([task], timeout=PATIENCE_S)  # as a rule Kafka has it in a moment, and then it is counted
            task.cancel()
            await asyncio.wait([task])
            _ = task.cancelled() or task.exception()  # looked at: the claim publishes it again
        self._counting.count()

    async def begin(self, claimed: Claimed) -> None:
        """Take up the lanes of a claim."""
        self.lanes = sorted(claimed.lanes)
        self._rows = dict(claimed.outbox)
        self._limit.in_a_row = max([self._limit.in_a_row, *(r.rejected_in_a_row for r in claimed.outbox.values())])
        self.reached, self._told, self._asked = dict(claimed.reached), {}, Asked()
        await self.suspects.claimed(claimed.lanes, claimed.outbox, claimed.suspects, claimed.behind)
        self.more_waits = True
        self.survey.claimed(claimed.lanes)

    async def settled(self) -> None:
        """Wait until the newest batch is published and counted. Raises LogTrouble."""
        await self._acknowledged()
        self._counting.count()

    async def _acknowledged(self) -> None:
        task, self._publishing = self._publishing, None
        if task is not None:
            await task

    async def _acknowledged_soon(self) -> bool:
        """Has Kafka the batch before this one, at once or soon? Raises LogTrouble."""
        if self._publishing is not None:
            await asyncio.wait([self._publishing], timeout=PATIENCE_S)
            if not self._publishing.done():
                return False
        await self._acknowledged()
        return True

    async def process(self, reads: Sequence[Read], horizon: datetime | None) -> None:
        """Decide, write and publish these records and all that is due."""
        careful = [one for one in reads if self.suspects.is_careful(one.source.partition)]
        if not careful:
            await self._bisected(reads, horizon)
        else:
            trusted = [one for one in reads if not self.suspects.is_careful(one.source.partition)]
            if trusted:
                await self._bisected(trusted, horizon)
            for one in careful:
                await self._carefully(one, horizon)
        if not reads:
            await self.suspects.nothing_waits()

    async def _carefully(self, one: Read, horizon: datetime | None) -> None:
        if self.suspects.condemned(one.source):
            killed = Outcome("rejected", "killed_the_process")
            await self._bisected([Read(one.source, None, killed, "killed the process three times")], horizon)
        else:
            await self.suspects.intend(one.source)
            await self._bisected([one], horizon)
        await self.suspects.survived(one.source)

    async def _bisected(self, reads: Sequence[Read], horizon: datetime | None) -> None:
        try:
            await self._transact(reads, horizon)
        except BadData as error:
            if len(reads) == 0:
                raise
            if len(reads) == 1:
                refused = Read(reads[0].source, None, Outcome("rejected", "refused_by_database"), str(error))
                await self._transact([refused], horizon)
                return
            middle = len(reads) // 2
            await self._bisected(reads[:middle], horizon)
            await self._bisected(reads[middle:], horizon)

    async def _transact(self, reads: Sequence[Read], horizon: datetime | None) -> None:
        started = monotonic()
        facts = await self._gather(reads)
        self.parts.metrics.batch.labels(self.step.name, "facts").observe(monotonic() - started)
        asked, self._asked = self._asked, Asked()
        while not await self._written(reads, facts, asked, horizon):
            await self.settled()
            self._asked = Asked()
        await self._ask_again()

    async def _written(
        self, reads: Sequence[Read], facts: Mapping[int, Any], asked: Asked, horizon: datetime | None
    ) -> bool:
        """Decide and write. False: nothing was written, because Kafka has not got the batch before this one yet.

        The outbox holds one batch a lane: this one takes the place of the one before, so that one must be in Kafka
        before the COMMIT. Reading and deciding need not wait for it; the locks keep what was read as it is.
        """
        parts, opening = self.parts, monotonic()
        parts.crash.reach("before_t1")
        # The lanes claimed, not those assigned now: a revocation may have come since the batch began.
        async with parts.database.batch(self.lanes) as tx:
            records = [r.record for r in reads if r.record is not None]
            lead_ids = list(dict.fromkeys(r.lead_id for r in records if r.lead_id is not None))
            limit = self.limit
            opened = await tx.open(lead_ids, horizon, limit)
            parts.clock.tell(opened.now)
            looking = monotonic()
            parts.crash.reach("in_t1")
            rules = parts.rules.current
            items: list[Item] = [*(m for _, m in opened.messages), *records, *opened.timers]
            grounds = [Grounds(opened.now, horizon, rules.rules, rules.ref, parts.code, item) for item in items[:1]]
            view = await self.step.store.read(tx, items, opened.states, grounds[0]) if items else NoView()
            deciding = monotonic()
            partitions = parts.log.partitions((self.step.writes or self.step.reads)[0].name)
            frame = Frame(self.step, rules, parts.code, partitions, opened.now, horizon)
            batch = Batch(frame, opened.states, view, self._limit.copy())
            for lane, message in opened.messages:
                batch.message(lane, message)
            for one in reads:
                batch.record(one, facts.get(id(one)))
            self._decide_timers(batch, opened.timers, asked)
            write = batch.write(self._rows)
            parts.crash.reach("in_decide")
            writing = monotonic()
            # Learned before the commit: one that the server ended because deciding took too long must not come again.
            self._pace_s = (writing - looking) / max(len(items), 1)
            await tx.write(write)
            parts.crash.reach("in_t2")
            if items:
                await self.step.store.write(tx, view)
            if not await self._acknowledged_soon():
                return False
            acknowledged = monotonic()
            await self._commit(tx)
        self.more_waits = max(len(opened.timers), len(opened.messages)) >= limit
        self._asked.states = opened.states
        self._committed(batch, write, len(opened.timers) + len(opened.messages))
        done = monotonic()
        phases = {"read": deciding - opening, "decide": writing - deciding, "acknowledged": acknowledged - writing,
                  "write": done - acknowledged}  # fmt: skip
        for phase, seconds in phases.items():
            parts.metrics.batch.labels(self.step.name, phase).observe(seconds)
        return True

    async def _gather(self, reads: Sequence[Read]) -> Mapping[int, Any]:
        if self.step.facts is None:
            return {}
        asked = [(id(r), r.record) for r in reads if r.record is not None]
        if not asked:
            return {}
        rules = self.parts.rules.current.rules
        found = await self.step.facts.gather([record for _, record in asked], rules)
        return {key: facts for (key, _), facts in zip(asked, found, strict=True)}

    def _decide_timers(self, batch: Batch, timers: Sequence[Timer], asked: Asked) -> None:
        if self.step.facts is None:
            for timer in timers:
                batch.timer(timer)
            return
        for timer in timers:
            key = (timer.lead_id, timer.due)
            if key in asked.facts:
                batch.timer(timer, asked.facts[key])
            else:
                self._asked.timers.append(timer)

    async def _ask_again(self) -> None:
        asked = self._asked
        if self.step.facts is not None and asked.timers:
            found = await self.step.facts.gather_due(asked.timers, asked.states, self.parts.rules.current.rules)
            asked.facts = {(t.lead_id, t.due): f for t, f in zip(asked.timers, found, strict=True)}
            asked.states = {}
            self.more_waits = True

    async def _commit(self, tx: BatchTransaction) -> None:
        self.parts.crash.reach("before_commit")
        committing = asyncio.ensure_future(tx.commit())
        try:
            await asyncio.sleep(0)
            self.parts.crash.reach("during_commit")
            await self._meanwhile()
        finally:
            await committing
        self.parts.crash.reach("after_commit")

    async def _meanwhile(self) -> None:
        """What has to be done anyway, and has no effect on the lanes, while PostgreSQL works."""
        self._counting.count()
        if not self.suspects.careful:  # then a death belongs to the record that the lane's intent names
            with suppress(LogTrouble):  # the next look at Kafka meets it again, when no commit hangs on it
                await self.ahead(self.limit)

    def _committed(self, batch: Batch, write: Write, due: int) -> None:
        self._rows.update(write.outbox)
        self._limit = batch.limit
        self.survey.note(write.states)
        self.parts.metrics.timers_due.labels(self.step.name).set(due)
        events = [event for lane in sorted(batch.outgoing) for event in batch.outgoing[lane]]
        self.parts.metrics.outbox.labels(self.step.name).set(len(events))
        self._publishing = asyncio.create_task(self._publish(events, batch))

    async def _publish(self, events: list[Outgoing], batch: Batch) -> None:
        started, metrics, service = monotonic(), self.parts.metrics, self.step.name
        half = len(events) // 2 if self.parts.crash.point == "in_publish" else 0
        if half:
            await self.parts.log.publish(events[:half])
            self.parts.crash.reach("in_publish")
        await self.parts.log.publish(events[half:])
        self.parts.crash.reach("after_publish")
        for lane, positions in batch.positions.items():
            self.reached.update({(topic, lane): at for topic, at in positions.items()})
        metrics.outbox.labels(service).set(0)
        metrics.progress.labels(service).set(time())
        metrics.batch.labels(service, "publish").observe(monotonic() - started)
        self._counting.add(batch)

    async def tell_offsets(self, every_s: float) -> None:
        """Tell Kafka how far we are, now and then: for lag and horizon only. Raises LogTrouble."""
        self._counting.count()
        if monotonic() - self._told_at < every_s or self._told == self.reached:
            return
        told = dict(self.reached)
        await self.parts.log.commit(told)
        self._told, self._told_at = told, monotonic()
        self.parts.crash.reach("after_offsets")


async def _nothing(limit: int) -> None:
    """Nothing is taken up ahead until a loop says what."""
