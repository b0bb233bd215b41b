"""Batches: decided and written in one transaction, then published, then counted (loop, section 4: T1, D, T2, P, K)."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic, time
from typing import TYPE_CHECKING, Any
from uuid import UUID

from leadline_runtime.claiming import Claimed
from leadline_runtime.consumed import Read
from leadline_runtime.database import BadData, BatchTransaction, OutboxRow, Write
from leadline_runtime.dead_letters import Limit
from leadline_runtime.deciding import Batch, Frame
from leadline_runtime.decision import Grounds
from leadline_runtime.frames import Outgoing
from leadline_runtime.items import Item, Timer
from leadline_runtime.outcomes import Outcome
from leadline_runtime.step import NoView, Step
from leadline_runtime.survey import Survey
from leadline_runtime.suspects import Suspects

if TYPE_CHECKING:
    from leadline_runtime.loop import Parts

# The server ends a transaction that is idle for 3 s (postgres.SESSION), and deciding is idle to it.
DECIDE_AT_MOST_S = 0.8
LEAST_ITEMS = 20


@dataclass
class Asked:
    """Facts for due timers, asked after the batch that found them due and used by the next."""

    timers: list[Timer] = field(default_factory=list)
    facts: dict[tuple[UUID, datetime], Any] = field(default_factory=dict)


class Batching:
    """Processes batches of the lanes claimed last. At most one batch is being published while the next is fetched."""

    def __init__(self, step: Step[Any], parts: "Parts") -> None:
        self.step, self.parts = step, parts
        self.suspects = Suspects(parts.database, parts.settings.batch_items)
        self.survey = Survey(step, parts.database, parts.metrics)
        self.lanes: list[int] = []
        self.reached: dict[tuple[str, int], int] = {}
        self.read_times: dict[tuple[str, int], float] = {}  # POSIX time of the last record decided on, for lag
        self.more_waits = False
        self._rows: dict[int, OutboxRow] = {}
        self._limit = Limit()
        self._publishing: asyncio.Task[None] | None = None
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
            task.cancel()
            await asyncio.wait([task])

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
        """Wait until the newest batch is published. Raises LogTrouble."""
        task, self._publishing = self._publishing, None
        if task is not None:
            await task

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
        parts, started = self.parts, monotonic()
        records = [r.record for r in reads if r.record is not None]
        facts = await self._gather(reads)
        await self.settled()
        parts.crash.reach("before_t1")
        opening = monotonic()
        # The lanes claimed, not those assigned now: a revocation may have come since the batch began.
        async with parts.database.batch(self.lanes) as tx:
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
            partitions = parts.log.partitions(self.step.writes[0].name)
            frame = Frame(self.step, rules, parts.code, partitions, opened.now, horizon)
            batch = Batch(frame, opened.states, view, self._limit.copy())
            for lane, message in opened.messages:
                batch.message(lane, message)
            for one in reads:
                batch.record(one, facts.get(id(one)))
            self._decide_timers(batch, opened.timers)
            write = batch.write(self._rows)
            parts.crash.reach("in_decide")
            writing = monotonic()
            # Learned before the commit: one that the server ended because deciding took too long must not come again.
            self._pace_s = (writing - looking) / max(len(items), 1)
            await tx.write(write)
            parts.crash.reach("in_t2")
            if items:
                await self.step.store.write(tx, view)
            await self._commit(tx)
        due = len(opened.timers) + len(opened.messages)
        self.more_waits = max(len(opened.timers), len(opened.messages)) >= limit
        self._committed(batch, write, due)
        done = monotonic()
        phases = {"facts": opening - started, "read": deciding - opening, "decide": writing - deciding,
                  "write": done - writing}  # fmt: skip
        for phase, seconds in phases.items():
            parts.metrics.batch.labels(self.step.name, phase).observe(seconds)
        await self._ask_again(opened.states)

    async def _gather(self, reads: Sequence[Read]) -> Mapping[int, Any]:
        if self.step.facts is None:
            return {}
        asked = [(id(r), r.record) for r in reads if r.record is not None]
        if not asked:
            return {}
        rules = self.parts.rules.current.rules
        found = await self.step.facts.gather([record for _, record in asked], rules)
        return {key: facts for (key, _), facts in zip(asked, found, strict=True)}

    def _decide_timers(self, batch: Batch, timers: Sequence[Timer]) -> None:
        if self.step.facts is None:
            for timer in timers:
                batch.timer(timer)
            return
        ready = self._asked.facts
        self._asked = Asked()
        for timer in timers:
            key = (timer.lead_id, timer.due)
            if key in ready:
                batch.timer(timer, ready[key])
            else:
                self._asked.timers.append(timer)

    async def _ask_again(self, states: Mapping[UUID, Any]) -> None:
        timers = self._asked.timers
        if self.step.facts is not None and timers:
            found = await self.step.facts.gather_due(timers, states, self.parts.rules.current.rules)
            self._asked.facts = {(t.lead_id, t.due): f for t, f in zip(timers, found, strict=True)}
            self.more_waits = True

    async def _commit(self, tx: BatchTransaction) -> None:
        self.parts.crash.reach("before_commit")
        committing = asyncio.ensure_future(tx.commit())
        await asyncio.sleep(0)
        self.parts.crash.reach("during_commit")
        await committing
        self.parts.crash.reach("after_commit")

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
        for topic, times in batch.taken_up.items():
            metrics.consumed.labels(service, topic).inc(times)
        for (kind, topic, outcome), times in batch.counts.items():
            metrics.items.labels(service, kind, topic, outcome.kind, outcome.reason).inc(times)
            if outcome.kind == "rejected":
                metrics.dead_letters.labels(service, outcome.reason).inc(times)
        self.step.measure(batch.events)

    async def tell_offsets(self, every_s: float) -> None:
        """Tell Kafka how far we are, now and then: for lag and horizon only. Raises LogTrouble."""
        if monotonic() - self._told_at < every_s or self._told == self.reached:
            return
        told = dict(self.reached)
        await self.parts.log.commit(told)
        self._told, self._told_at = told, monotonic()
        self.parts.crash.reach("after_offsets")
