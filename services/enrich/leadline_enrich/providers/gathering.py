"""Questions that come at about the same time, put together: a vendor who takes many at once is asked once for all."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

from leadline_enrich.core.questions import Question
from leadline_enrich.core.vendor_answer import Heard

Call = Callable[[Sequence[Question]], Awaitable[Mapping[Question, Heard]]]


class Gathering:
    """At most `size` questions in a call, the first of which has waited `wait_s` seconds for company."""

    def __init__(self, call: Call, size: int, wait_s: float) -> None:
        self._call, self._size, self._wait_s = call, size, wait_s
        self._waiting: dict[Question, asyncio.Future[Heard]] = {}
        self._leaving: asyncio.TimerHandle | None = None
        self._calls: set[asyncio.Task[None]] = set()
        self._asked: set[asyncio.Future[Heard]] = set()

    async def ask(self, question: Question) -> Heard:
        """The answer to one question. Two who ask the same share it."""
        loop = asyncio.get_running_loop()
        future = self._waiting.get(question)
        if future is None:
            future = self._waiting[question] = loop.create_future()
            if len(self._waiting) >= self._size:
                self._leave()
            elif self._leaving is None:
                self._leaving = loop.call_later(self._wait_s, self._leave)
        return await asyncio.shield(future)

    def _leave(self) -> None:
        together, self._waiting = self._waiting, {}
        if self._leaving is not None:
            self._leaving.cancel()
            self._leaving = None
        self._asked |= set(together.values())
        task = asyncio.create_task(self._go(together))
        self._calls.add(task)
        task.add_done_callback(self._calls.discard)

    async def _go(self, together: Mapping[Question, "asyncio.Future[Heard]"]) -> None:
        try:
            told = await self._call(list(together))
            for question, future in together.items():
                if not future.done():
                    future.set_result(told[question])
        except Exception as error:  # a fault of ours; whoever asked must hear of it
            for future in together.values():
                if not future.done():
                    future.set_exception(error)
        finally:
            self._asked -= set(together.values())

    async def close(self, told: Heard) -> None:
        """End all calls; who waits is told this."""
        if self._leaving is not None:
            self._leaving.cancel()
        for future in (*self._waiting.values(), *self._asked):
            if not future.done():
                future.set_result(told)
        for task in list(self._calls):
            task.cancel()
        await asyncio.gather(*self._calls, return_exceptions=True)
