"""How a vendor is asked: each question once, nobody waiting beyond the budget, and what comes late is kept.

A question in flight is one for all who want its answer, in this process (one future) and in others (a lock in Redis
while it is asked). Who has not got it within the budget goes on without; the flight does not end for that.
"""

import asyncio
from collections import Counter as Tally
from collections import OrderedDict
from collections.abc import Collection, Coroutine, Iterable, Mapping
from time import monotonic, time
from typing import Any

from leadline_enrich.core.answers import Answer
from leadline_enrich.core.kept import Kept
from leadline_enrich.core.questions import Question
from leadline_enrich.core.waiting import Waiting
from leadline_enrich.metrics import CACHED, IN_FLIGHT, JOINED, LATE
from leadline_enrich.providers.port import Provider
from leadline_enrich.shared_answers import SharedAnswers
from leadline_runtime.clock import PipelineClock
from leadline_runtime.logs import logger

log = logger(__name__)
LONGEST_S = 60.0  # a flight ends after this, whatever its provider does
MOST_IN_FLIGHT = 2000
MOST_REMEMBERED = 20_000
TOGETHER_S = 0.005  # answers that come within it are written to Redis in one go
FIRST_LOOK_S, LAST_LOOK_S = 0.02, 0.25

NOT_YET = Answer(status="unavailable", reason="timeout")
TOO_MANY = Answer(status="unavailable", reason="throttled")
FAULTY = Answer(status="unavailable", reason="garbage")
CLOSED = Answer(status="unavailable", reason="closed")


class Asking:
    """One provider, as batches ask it."""

    def __init__(self, provider: Provider, shared: SharedAnswers, budget_s: float, clock: PipelineClock) -> None:
        self._provider, self._shared, self._clock = provider, shared, clock
        self._name = provider.name
        self._waiting = Waiting(budget_s)
        self._remembered: OrderedDict[Question, Kept] = OrderedDict()
        self._flights: dict[Question, asyncio.Future[Answer]] = {}
        self._late: set[Question] = set()
        self._to_share: dict[Question, tuple[Answer, float]] = {}
        self._sharing: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def ask(self, questions: Collection[Question]) -> Mapping[Question, Answer]:
        """An answer to each; `unavailable` for what has not come within the budget. Never raises for a vendor."""
        found = self._recalled(questions)
        left = [each for each in questions if each not in found]
        flights = {each: self._flights[each] for each in left if each in self._flights}
        JOINED.labels(self._name, "process").inc(len(flights))
        if len(flights) < len(left):
            found |= await self._kept([each for each in left if each not in flights])
            found |= self._recalled([each for each in left if each not in found])  # another batch has asked meanwhile
            self._start([each for each in left if each not in found and each not in flights])
            flights |= {each: self._flights[each] for each in left if each in self._flights}
        if flights:
            await self._patiently(flights)
        return found | {each: self._come(each, flights.get(each)) for each in left if each not in found}

    async def close(self) -> None:
        """Let go of whatever is in flight; who waits for it is told that it is `closed`. What came is still shared."""
        for task in self._tasks - {self._sharing}:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for question in list(self._flights):
            self._land(question, CLOSED)
        await self._provider.close()

    def _recalled(self, questions: Collection[Question]) -> dict[Question, Answer]:
        found: dict[Question, Answer] = {}
        now = time()
        for each in questions:
            kept = self._remembered.get(each)
            if kept is not None and kept.until > now:
                self._remembered.move_to_end(each)
                found[each] = kept.answer
        self._count("process", found.values())
        return found

    async def _kept(self, questions: Collection[Question]) -> dict[Question, Answer]:
        known = await self._shared.read(questions)
        for each, kept in known.items():
            self._remember(each, kept)
        found = {each: kept.answer for each, kept in known.items()}
        self._count("redis", found.values())
        return found

    def _count(self, where: str, answers: Iterable[Answer]) -> None:
        for status, number in Tally(answer.status for answer in answers).items():
            CACHED.labels(self._name, where, status).inc(number)

    def _remember(self, question: Question, kept: Kept) -> None:
        self._remembered[question] = kept
        self._remembered.move_to_end(question)
        if len(self._remembered) > MOST_REMEMBERED:
            self._remembered.popitem(last=False)

    def _start(self, questions: Collection[Question]) -> None:
        room = MOST_IN_FLIGHT - len(self._flights)
        going = [each for each in questions if each not in self._flights][: max(0, room)]
        for each in going:
            self._flights[each] = asyncio.get_running_loop().create_future()
        IN_FLIGHT.labels(self._name).set(len(self._flights))
        if going:
            self._spawn(self._fly(going))

    async def _patiently(self, flights: Mapping[Question, "asyncio.Future[Answer]"]) -> None:
        began = monotonic()
        longest = self._waiting.longest(began)
        _, missing = await asyncio.wait(flights.values(), timeout=longest)
        self._waiting.waited(monotonic(), len(flights) - len(missing), len(missing))

    def _come(self, question: Question, flight: "asyncio.Future[Answer] | None") -> Answer:
        if flight is None:
            return TOO_MANY
        if flight.done():
            return flight.result()
        self._late.add(question)
        return NOT_YET

    async def _fly(self, pending: list[Question]) -> None:
        """Ask what is ours to ask, and wait for what another instance asks."""
        look = FIRST_LOOK_S
        try:
            async with asyncio.timeout(LONGEST_S):
                while pending := await self._take(pending):
                    await asyncio.sleep(look)
                    look = min(look * 1.5, LAST_LOOK_S)
        except TimeoutError:
            log.warning("another instance did not answer in time", provider=self._name)
            for each in pending:
                self._land(each, NOT_YET)

    async def _take(self, pending: list[Question]) -> list[Question]:
        """One look: what has been answered since lands, what is ours is asked. The others are still to come."""
        ours = set(await self._shared.take(pending))
        kept = await self._shared.look(pending)  # after the lock: who had it may have answered just before
        for each, one in kept.items():
            self._remember(each, one)
            self._land(each, one.answer)
            if each in ours:
                self._share(each, one.answer, 0)
        JOINED.labels(self._name, "redis").inc(len(kept))
        for each in pending:
            if each in ours and each not in kept:
                self._spawn(self._call(each))
        return [each for each in pending if each not in ours and each not in kept]

    async def _call(self, question: Question) -> None:
        try:
            async with asyncio.timeout(LONGEST_S):
                answer = self._dated((await self._provider.ask([question]))[question])
        except TimeoutError:
            log.warning("a provider did not keep its own deadline", provider=self._name)
            answer = NOT_YET
        except Exception as error:  # a fault of ours; its text may hold what was asked
            log.error("a provider failed", provider=self._name, fault=type(error).__name__)
            answer = FAULTY
        kept_for = self._provider.kept_for(answer)
        seconds = kept_for.total_seconds() if kept_for is not None else 0.0
        if seconds >= 1:
            self._remember(question, Kept(answer, int(time() + seconds)))
        self._share(question, answer, seconds)
        self._land(question, answer)

    def _dated(self, answer: Answer) -> Answer:
        """What a vendor says without a date is true when he says so, also when it is given again tomorrow."""
        if answer.status != "found" or answer.stated_at is not None:
            return answer
        return answer.model_copy(update={"stated_at": self._clock.now().replace(microsecond=0)})

    def _land(self, question: Question, answer: Answer) -> None:
        flight = self._flights.pop(question, None)
        if flight is None:
            return
        IN_FLIGHT.labels(self._name).set(len(self._flights))
        if question in self._late:
            self._late.discard(question)
            if answer.status != "unavailable":
                LATE.labels(self._name).inc()
        if not flight.done():
            flight.set_result(answer)

    def _share(self, question: Question, answer: Answer, seconds: float) -> None:
        self._to_share[question] = (answer, seconds)
        if self._sharing is None or self._sharing.done():
            self._sharing = self._spawn(self._share_soon())

    async def _share_soon(self) -> None:
        while self._to_share:
            await asyncio.sleep(TOGETHER_S)
            together, self._to_share = self._to_share, {}
            await self._shared.give(together)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
