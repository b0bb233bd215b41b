"""What enrich asks of anybody who knows something about a company, however he is reached."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Protocol

from leadline_enrich.core.answers import Answer
from leadline_enrich.core.questions import Question

__all__ = ["Answer", "Provider", "Question"]


class Provider(Protocol):
    """One who is asked outside of any transaction. Time limits, tries, rates and rests are his own affair."""

    @property
    def name(self) -> str:
        """What rules, facts and metrics call it."""
        ...

    async def ask(self, questions: Sequence[Question]) -> Mapping[Question, Answer]:
        """An answer to every question, within the provider's own budget.

        Never raises for what the vendor does: that is `unavailable`, with the reason. Cancelled, it lets go at once.
        """
        ...

    def kept_for(self, answer: Answer) -> timedelta | None:
        """How long a cache may give this answer again; None: not at all, as for one that is `unavailable`."""
        ...

    async def close(self) -> None:
        """Let go of connections. What is still being asked comes back as `unavailable`."""
        ...
