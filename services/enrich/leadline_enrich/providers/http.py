"""A vendor over HTTP as a provider: asked within his budget, no more often than he likes, left alone while he fails."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from time import monotonic
from typing import Final

from leadline_enrich.core.answers import NOT_ASKED, Answer, Reason
from leadline_enrich.core.questions import Question
from leadline_enrich.core.retrying import next_wait
from leadline_enrich.core.vendor_answer import Heard, unavailable
from leadline_enrich.core.vendor_request import askable
from leadline_enrich.providers.calling import Calling, Outcome
from leadline_enrich.providers.gathering import Gathering
from leadline_enrich.providers.metrics import HELD_BACK, REQUESTS, start_vendor
from leadline_enrich.providers.standing import Standing
from leadline_runtime.rates import Rates

# Another try may help against these; against the others it would be the same again.
_RETRIABLE: Final[frozenset[Reason]] = frozenset({"timeout", "unreachable", "cut", "throttled", "vendor_error"})


@dataclass
class Clockwork:
    """Time and chance. `sleep` waits so many seconds of `clock`."""

    clock: Callable[[], float] = monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    chance: Random = Random()  # noqa: S311, RUF009 - it only spreads the tries


@dataclass
class _Course:
    """Where a call is, for when its time is over: waiting for room, or with the vendor (then in which era)."""

    ends: float
    waits_for: str | None = "room"
    era: int | None = None


class HttpProvider:
    """One vendor. rates: shared by all instances."""

    def __init__(self, calling: Calling, rates: Rates, work: Clockwork) -> None:
        self._calling, self._rates, self._work = calling, rates, work
        self._rules = calling.rules
        self._standing = Standing(self._rules.name, self._rules.breaker, work.clock)
        self._room = asyncio.Semaphore(self._rules.limits.at_once)
        self._closed = False
        batch = self._rules.batch
        self._gathering = Gathering(self._call, batch.size, batch.wait_s) if batch else None
        start_vendor(self.name, self._rules.fields)

    @property
    def name(self) -> str:
        """As the rules call him."""
        return self._rules.name

    async def ask(self, questions: Sequence[Question]) -> Mapping[Question, Answer]:
        """An answer to each, within the budget. What lacks an input of the request is not asked."""
        told = await self.hear(questions)
        return {question: one.answer for question, one in told.items()}

    async def hear(self, questions: Sequence[Question]) -> Mapping[Question, Heard]:
        """The same, with what was odd about each answer."""
        asked = list(dict.fromkeys(questions))
        told = await asyncio.gather(*(self._one(each) for each in asked))
        return dict(zip(asked, told, strict=True))

    def kept_for(self, answer: Answer) -> timedelta | None:
        """As the file says, for what is found and for what is not; what is unavailable is not kept."""
        return self._rules.kept_for(answer)

    async def close(self) -> None:
        """Ask nobody any more. What is on its way is told as closed."""
        self._closed = True
        if self._gathering is not None:
            await self._gathering.close(Heard(unavailable("closed")))

    async def _one(self, question: Question) -> Heard:
        if self._closed:
            return Heard(unavailable("closed"))
        if not askable(self._rules.template, question):
            return Heard(NOT_ASKED)
        if self._gathering is not None:
            return await self._gathering.ask(question)
        return (await self._call([question]))[question]

    async def _call(self, questions: Sequence[Question]) -> Mapping[Question, Heard]:
        budget_s = self._rules.limits.budget_s - (self._rules.batch.wait_s if self._rules.batch else 0)
        course = _Course(self._work.clock() + budget_s)
        try:
            async with asyncio.timeout(budget_s):
                outcome = await self._tried(questions, course)
        except TimeoutError:
            outcome = Outcome.nothing(questions, self._too_late(course))
        return outcome.heard

    def _too_late(self, course: _Course) -> Reason:
        if course.waits_for is not None:
            HELD_BACK.labels(self.name, course.waits_for).inc()
            return "throttled"
        if course.era is not None:
            REQUESTS.labels(self.name, "timeout").inc()
            self._standing.told(course.era, "timeout")
        return "timeout"

    async def _tried(self, questions: Sequence[Question], course: _Course) -> Outcome:
        outcome = await self._once(questions, course)
        for tried in range(1, self._rules.limits.tries):
            left_s = course.ends - self._work.clock()
            wait = next_wait(tried, self._work.chance.random(), outcome.again_in, left_s)
            if wait is None or course.era is None or outcome.trouble not in _RETRIABLE:
                break
            course.era = None
            await self._work.sleep(wait)
            again = await self._once(questions, course)
            if course.era is None:  # held back: what the vendor himself said tells more
                break
            outcome = again
        return outcome

    async def _once(self, questions: Sequence[Question], course: _Course) -> Outcome:
        if held := self._standing.held():
            return self._held_back(questions, held)
        if not self._calling.armed:
            self._standing.say("no_secret")
            return Outcome.nothing(questions, "no_secret")
        course.waits_for = "room"
        async with self._room:
            course.waits_for = "rate"
            if not await self._paid(course):
                return self._held_back(questions, "rate")
            course.waits_for = None
            course.era = None if self._standing.held() else self._standing.let()
            if course.era is None or self._closed:
                return self._held_back(questions, self._standing.held() or "breaker")
            limits = self._rules.limits
            outcome = await self._calling.call(questions, min(limits.try_s, course.ends - self._work.clock()))
            self._standing.told(course.era, outcome.trouble, outcome.again_in)
            return outcome

    async def _paid(self, course: _Course) -> bool:
        """Whether our own rate has room before the time is over."""
        rate = self._rules.limits.rate
        while rate is not None:
            taken = await self._rates.take(f"provider:{self.name}", rate)
            if taken.allowed:
                break
            wait_s = taken.retry / 1_000_000
            if wait_s >= course.ends - self._work.clock():
                return False
            await self._work.sleep(wait_s)
        return True

    def _held_back(self, questions: Sequence[Question], by: str) -> Outcome:
        if self._closed:
            return Outcome.nothing(questions, "closed")
        HELD_BACK.labels(self.name, by).inc(len(questions))
        return Outcome.nothing(questions, "breaker_open" if by == "breaker" else "throttled")
