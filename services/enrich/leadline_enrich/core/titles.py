"""How far up somebody is and what the work is, by the words of the job title."""

from typing import NamedTuple

from leadline_enrich.core.phrases import Phrases
from leadline_enrich.core.title_text import BREAK, title_text
from leadline_runtime.core.values import dataclass

_REMEMBERED = 8192  # titles; most leads share theirs
_LONGEST = 60  # words of a title that are read


class Role(NamedTuple):
    """What a title says; None where it says nothing. `guessed`: no word of it names a seniority, only the function."""

    seniority: str | None = None
    function: str | None = None
    guessed: bool = False


SERVING = Role("practitioner", "administration")
PRACTITIONER = "practitioner"


@dataclass(frozen=True, slots=True)
class Titles:
    """The compiled words. `ranks`: the seniorities, the strongest first; `weak`: functions that yield to any other;
    `serves`, `past`: where somebody else's title begins, or one of before.
    """

    ranks: tuple[str, ...]
    weak: frozenset[str]
    seniorities: Phrases[str | None]
    functions: Phrases[str | None]
    serves: Phrases[bool]
    past: Phrases[bool]
    memory: dict[str, Role]

    def role(self, title: str) -> Role:
        """What the title says. Pure; answered from memory for a title that was read before."""
        found = self.memory.get(title)
        if found is None:
            if len(self.memory) >= _REMEMBERED:
                self.memory.clear()
            found = self.memory[title] = self._read(title_text(title).split()[:_LONGEST])
        return found

    def _read(self, words: list[str]) -> Role:
        words = self._present(words)
        if self.serves.find(words):
            return SERVING
        levels = {level for _, level in self.seniorities.find(words) if level is not None}
        named = [each for _, each in self.functions.find(words) if each is not None]
        function = next((each for each in named if each not in self.weak), named[0] if named else None)
        if levels:
            return Role(next(rank for rank in self.ranks if rank in levels), function)
        return Role(PRACTITIONER if function else None, function, guessed=True)

    def _present(self, words: list[str]) -> list[str]:
        """Without what somebody was before, up to the next break."""
        for at, _ in reversed(self.past.find(words)):
            rest = words[at:]
            words = words[:at] + (rest[rest.index(BREAK) :] if BREAK in rest else [])
        return words
