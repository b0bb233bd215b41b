"""Vendors' answers that all instances of enrich share through Redis, and who of them asks.

Redis may be flushed, away or full of lies at any moment: an answer counts only if its seal is whole, and a question
that another seems to be asking is put by oneself once his lock has gone, or Redis has.
"""

from collections.abc import Collection, Mapping
from time import time

from leadline_enrich.core.answers import Answer
from leadline_enrich.core.kept import Kept, Seal
from leadline_enrich.core.questions import Question
from leadline_enrich.metrics import count_cache
from leadline_runtime.redis import Cache

LOCKED_MS = 15_000  # longer than a provider takes; after a kill the next one may ask when it is over


class SharedAnswers:
    """Those of one provider. `front`: what a batch waits for; `back`: what is done beside batches, with more patience.

    While a batch is decided nothing else runs in this process, so that what is beside it looks late and is not.
    """

    def __init__(self, front: Cache, back: Cache, seal: Seal) -> None:
        self._front, self._back, self._seal = front, back, seal

    async def read(self, questions: Collection[Question]) -> dict[Question, Kept]:
        """What is kept of these, for a batch that waits."""
        return await self._read(self._front, questions)

    async def look(self, questions: Collection[Question]) -> dict[Question, Kept]:
        """The same beside batches. While Redis is away nobody waits for it."""
        return await self._read(self._back, questions) if self._front.up else {}

    async def _read(self, cache: Cache, questions: Collection[Question]) -> dict[Question, Kept]:
        keys = {question: self._seal.key(question) for question in questions}
        found = await cache.get_many(list(keys.values()))
        known: dict[Question, Kept] = {}
        for (question, key), data in zip(keys.items(), found, strict=True):
            if data is None:
                continue
            kept = self._seal.open(data, key, time())
            if kept is None:
                count_cache("refused", 1)
            else:
                known[question] = kept
        return known

    async def take(self, questions: Collection[Question]) -> list[Question]:
        """Those that are ours to ask now; others are being asked by another instance."""
        if not self._front.up:
            return list(questions)
        locks = {_lock(self._seal.key(question)): question for question in questions}
        taken = await self._back.take_many(list(locks), LOCKED_MS)
        return [question for lock, question in locks.items() if lock in taken]

    async def give(self, answers: Mapping[Question, tuple[Answer, float]]) -> None:
        """Keep answers for so many seconds each (0: not at all), then let others ask these questions."""
        by_time: dict[int, dict[str, bytes]] = {}
        for question, (answer, seconds) in answers.items():
            if seconds >= 1:
                key = self._seal.key(question)
                data = self._seal.close(Kept(answer, int(time() + seconds)), key)
                by_time.setdefault(int(seconds), {})[key] = data
        for seconds, values in by_time.items():
            await self._back.set_many(values, seconds)
        await self._back.give_back([_lock(self._seal.key(question)) for question in answers])


def _lock(key: str) -> str:
    return f"{key}:asking"
