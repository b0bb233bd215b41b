"""Vendors for the tests of how they are asked: they answer what they are told to, when they are told to."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from leadline_enrich.core.answers import NOT_FOUND, Answer
from leadline_enrich.core.enrich_rules import EnrichRules, ProviderRules
from leadline_enrich.core.questions import Question
from tests.unit.enrich.leads import RULES

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def knows(question: Question) -> Answer:
    """Every company has 400 people, but those whose name begins with `un`."""
    if (question.domain or "").startswith("un"):
        return NOT_FOUND
    return Answer(status="found", values={"employees": 400, "industry": "logistics"})


class Vendor:
    """Answers at once while `open` is set, else waits for it. `asked` are the questions in their order."""

    def __init__(self, says: Callable[[Question], Answer] = knows, name: str = "vendor") -> None:
        self.name, self.says = name, says
        self.open = asyncio.Event()
        self.open.set()
        self.asked: list[Question] = []
        self.closed = False

    async def ask(self, questions: Sequence[Question]) -> Mapping[Question, Answer]:
        self.asked.extend(questions)
        await self.open.wait()
        return {question: self.says(question) for question in questions}

    def kept_for(self, answer: Answer) -> timedelta | None:
        return {"found": DAY, "not_found": HOUR}.get(answer.status)

    async def close(self) -> None:
        self.closed = True


def rules_with(*more: ProviderRules, budget: timedelta = timedelta(milliseconds=50)) -> EnrichRules:
    """The shipped rules with a vendor of the second rank, or with these."""
    vendor = ProviderRules("vendor", "digest", budget, frozenset({"employees", "industry"}))
    added = more or (vendor,)
    providers = (*RULES.providers, *added)
    ranks = {one.name: place for place, one in enumerate(providers, 1)}
    return replace(RULES, providers=providers, policy=replace(RULES.policy, ranks=ranks))
