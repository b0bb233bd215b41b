"""Which of some conditions is the first to hold, remembered by the values that they ask: leads share most of theirs."""

from collections.abc import Sequence
from typing import Any, Final

from leadline_runtime.core.conditions import Condition

_REMEMBERED: Final = 4096  # answers; the memory of older ones is given up


class Answers:
    """The answers of conditions that are asked one after the other; None always holds."""

    def __init__(self, conditions: Sequence[Condition | None]) -> None:
        self.checks = [None if each is None else each.check for each in conditions]
        asked = [each.fields for each in conditions if each is not None]
        self.asked: list[str] = sorted(frozenset().union(*asked))
        self.memory: dict[Any, int] = {}

    def first(self, values: dict[str, Any]) -> int:
        """The place of the first that holds; as many as there are if none does."""
        asked = self.asked
        known: Any = values.get(asked[0]) if len(asked) == 1 else tuple([values.get(name) for name in asked])
        found = self.memory.get(known)
        if found is None:
            if len(self.memory) >= _REMEMBERED:
                self.memory.clear()
            found = self.memory[known] = self._first(values)
        return found

    def _first(self, values: dict[str, Any]) -> int:
        for place, check in enumerate(self.checks):
            if check is None or check(values):
                return place
        return len(self.checks)
