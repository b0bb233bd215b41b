"""The loop: the one way in which records, timers and messages become state and events. `loop.md` is its protocol,
but for what ADR 0010 and ADR 0028 changed in its section 4.

Read `turn` as a paragraph: claim if there is any doubt, fetch, decide in one transaction, publish, tell the offsets.
"""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic, time
from typing import Any

from leadline_runtime.batching import Batching
from leadline_runtime.claiming import Claiming
from leadline_runtime.clock import PipelineClock
from leadline_runtime.core.values import dataclass
from leadline_runtime.crash import CrashPoints
from leadline_runtime.database import Conflict, Database, Doubt, Fenced
from leadline_runtime.dead_letters import TooManyDeadLetters
from leadline_runtime.deciding import place_of
from leadline_runtime.fetching import Fetching
from leadline_runtime.horizon import Horizon
from leadline_runtime.log import Log, LogTrouble, PositionLost
from leadline_runtime.logs import logger
from leadline_runtime.metrics import RuntimeMetrics
from leadline_runtime.outcomes import NotNow
from leadline_runtime.rules_watch import RulesWatch
from leadline_runtime.settings import Settings
from leadline_runtime.step import Step

log = logger(__name__)
BACKOFF_S = (0.1, 0.2, 0.5, 1, 2, 5)
BESIDE_END_S = 3.0  # works beside the loop may have begun what they should not leave half done


@dataclass(frozen=True)
class Parts:
    """Every effect of the loop in one record, so that a test can give its own."""

    settings: Settings
    database: Database
    log: Log
    rules: RulesWatch[Any]
    metrics: RuntimeMetrics
    crash: CrashPoints
    clock: PipelineClock
    code: str


class Loop:
    """Runs one step until it is told to stop."""

    def __init__(self, step: Step[Any], parts: Parts) -> None:
        self.step, self.parts = step, parts
        read_anew = [each.strip() for each in parts.settings.read_anew.split(",")]
        self.claiming = Claiming(parts.database, parts.log, parts.metrics, parts.crash, read_anew)
        self.batching = Batching(step, parts)
        if step.facts is not None:
            step.facts.clock = parts.clock
        self.fetching = Fetching(step, parts.log, parts.settings)
        self.batching.ahead = self.fetching.ahead
        names = [topic.name for topic in step.reads]
        self.horizon = Horizon(parts.log, names, parts.clock.told_now, self._read_up_to, parts.metrics)
        parts.log.at_rest = self.at_rest
        self._waiting_for = ["kafka"]
        self._claimed_generation = -1
        self._stopping = asyncio.Event()
        self._working = asyncio.Lock()
        self._looked, self._failures = 0.0, 0

    def not_ready(self) -> list[str]:
        """What the loop waits for before it can do its work; nothing if it does it."""
        if self._waiting_for:
            return list(self._waiting_for)
        return [] if self._claimed_generation == self.parts.log.generation else ["claim"]

    def stop(self) -> None:
        """Finish the batch in hand, publish it, tell the offsets, leave the group."""
        self._stopping.set()

    async def at_rest(self) -> None:
        """Wait until no batch is running (a revocation does)."""
        async with self._working:
            await self.batching.settled()

    async def run(self) -> None:
        """Turns until stopped. Raises what a restart cannot mend: PositionLost, TooManyDeadLetters, a bug."""
        await self._connect()
        side = [asyncio.create_task(self.parts.rules.run(self.parts.settings.rules_reload_s))]
        side += [asyncio.create_task(self._beside(work)) for work in self.step.beside]
        if self.step.judges:
            side.append(asyncio.create_task(self.horizon.run(self.parts.settings.horizon_every_s)))
        try:
            while not self._stopping.is_set():
                await self._guarded_turn()
        except (PositionLost, TooManyDeadLetters) as error:
            log.critical("stopped: a person has to look", fault=str(error))
            raise
        finally:
            for task in side:
                task.cancel()
            await self._leave()
            await asyncio.wait(side, timeout=BESIDE_END_S)

    async def _connect(self) -> None:
        """Wait for PostgreSQL, then for Kafka and the topics, and say so."""
        while not self._stopping.is_set():
            try:
                await self.parts.database.prepare()
                self._up("postgres", True)
                await self.parts.log.start()
                self._up("kafka", True)
                return
            except Doubt as error:
                await self._wait_out("postgres", error)
            except LogTrouble as error:
                await self._wait_out("kafka", error)

    async def _beside(self, work: "Callable[[Loop], Awaitable[None]]") -> None:
        try:
            await work(self)
        except Exception as error:  # leads go on without it; that it stands still is alarmed
            log.error("the work beside the loop failed; a person has to look", fault=place_of(error))

    async def _leave(self) -> None:
        try:
            await asyncio.wait_for(self.batching.settled(), 5)
            await self.parts.log.commit(self.batching.reached)
        except (LogTrouble, TimeoutError):
            log.warning("stopped without telling the last offsets; the outbox knows them")
        await self.batching.survey.stop()
        await self.parts.log.stop()
        await self.parts.database.close()
        self.parts.metrics.ready.labels(self.step.name).set(0)

    async def _guarded_turn(self) -> None:
        try:
            await self.turn()
        except LogTrouble as error:
            await self._doubt("kafka", error)
        except Doubt as error:
            await self._doubt("postgres", error)
        except Fenced as error:
            log.warning("fenced", fault=str(error))
            self.claiming.fenced()
            self._claimed_generation = -1
        except (Conflict, NotNow) as error:
            self.parts.metrics.retries.labels(self.step.name, type(error).__name__).inc()
            self._claimed_generation = -1
            await self._pause()
        else:
            self._failures = 0

    async def turn(self) -> None:
        """One turn of the loop."""
        if self._claimed_generation != self.parts.log.generation:
            async with self._working:
                await self._claim()
            return
        if not self.parts.log.lanes:
            await asyncio.sleep(0.05)
            return
        if not await self._worth_a_batch():
            await self._tell()
            return
        async with self._working:
            if self._claimed_generation != self.parts.log.generation:
                return  # what was fetched may belong to another instance now
            reads = self.fetching.take(self.batching.limit)
            await self.batching.process(reads, self.horizon.at)
            self.batching.read_times.update(
                {(r.source.topic, r.source.partition): r.source.timestamp_ms / 1000 for r in reads}
            )
        await self._tell()

    async def _claim(self) -> None:
        await self.batching.abandon()
        self.fetching.forget()
        claimed = await self.claiming.claim()
        await self.batching.begin(claimed)
        self._claimed_generation = claimed.generation
        self._waiting_for = []
        self._up("postgres", True)
        self._up("kafka", True)
        self.parts.metrics.ready.labels(self.step.name).set(1)

    async def _worth_a_batch(self) -> bool:
        batching, wait = self.batching, self.parts.settings.idle_look_s
        return await self.fetching.gather(batching.limit, 0 if batching.more_waits else wait) or (
            await self._something_waits()
        )

    async def _something_waits(self) -> bool:
        if self.batching.more_waits:
            return True
        if monotonic() - self._looked < self.parts.settings.idle_look_s:
            return False
        self._looked = monotonic()
        look = await self.parts.database.look(sorted(self.parts.log.lanes), self.horizon.at)
        self.parts.clock.tell(look.now, look.rate)
        self.parts.metrics.progress.labels(self.step.name).set(time())
        return look.timers_due or look.messages

    def _read_up_to(self) -> dict[tuple[str, int], int]:
        return {**self.batching.reached, **self.fetching.passed_by()}

    async def _tell(self) -> None:
        await self.batching.tell_offsets(self.parts.settings.offsets_every_s)

    def _up(self, dependency: str, up: bool) -> None:
        self.parts.metrics.dependency.labels(self.step.name, dependency).set(up)

    async def _doubt(self, dependency: str, error: Exception) -> None:
        self.claiming.cause = "database" if dependency == "postgres" else "kafka"
        self._claimed_generation = -1
        await self._wait_out(dependency, error)

    async def _wait_out(self, dependency: str, error: Exception) -> None:
        self._up(dependency, False)
        self._waiting_for = [dependency]
        self.parts.metrics.ready.labels(self.step.name).set(0)
        log.warning("waiting for a dependency", dependency=dependency, fault=str(error))
        await self._pause()

    async def _pause(self) -> None:
        wait = BACKOFF_S[min(self._failures, len(BACKOFF_S) - 1)]
        self._failures += 1
        try:
            await asyncio.wait_for(self._stopping.wait(), wait)
        except TimeoutError:
            return
