"""Finding the phrases of a list in a text of plain words: whole words, from left to right, the longest phrase first."""

from collections.abc import Mapping, Sequence
from typing import Generic, TypeVar

from leadline_enrich.core.title_text import BREAK, plain_words

M = TypeVar("M")
_BETWEEN = 4  # words that a star alone stands for, at most


def normal_phrase(phrase: str) -> str:
    """A phrase of the rules in the form in which texts are read; its stars stay."""
    return " ".join(word if word == "*" else _starred(word) for word in phrase.split())


def fault_of_phrase(phrase: str) -> str | None:
    """What is wrong with a phrase in its normal form; None if it can be found."""
    words = phrase.split()
    if not words or any(not word.strip("*") and word != "*" for word in words) or BREAK in words:
        return "must be words, without commas and strokes"
    starred = [word for word in words if "*" in word and word != "*"]
    if starred and (len(words) > 1 or starred[0].strip("*").count("*") or starred[0].count("*") > 1):
        return "may have one star at the beginning or end of a single word"
    if "*" in words and (words[0] == "*" or words[-1] == "*" or words.count("*") > 1):
        return "may have one star alone, between two words"
    return None


class Phrases(Generic[M]):
    """Phrases with what each means."""

    def __init__(self, meanings: Mapping[str, M]) -> None:
        self._whole = {phrase: meaning for phrase, meaning in meanings.items() if "*" not in phrase}
        self._longest = max([len(phrase.split()) for phrase in self._whole], default=1)
        self._begins = {p[:-1]: m for p, m in meanings.items() if p.endswith("*")}
        self._ends = {p[1:]: m for p, m in meanings.items() if p.startswith("*")}
        gaps = [(p.partition(" * "), m) for p, m in meanings.items() if " * " in p]
        self._gaps = [(before.split(), after.split(), meaning) for (before, _, after), meaning in gaps]

    def find(self, words: Sequence[str]) -> list[tuple[int, M]]:
        """Where each phrase begins, and its meaning."""
        found: list[tuple[int, M]] = []
        at = 0
        while at < len(words):
            hit = self._at(words, at)
            if hit is None:
                at += 1
                continue
            length, meaning = hit
            found.append((at, meaning))
            at += length
        return found

    def _at(self, words: Sequence[str], at: int) -> tuple[int, M] | None:
        gap = self._gap(words, at) if self._gaps else None
        for length in range(min(self._longest, len(words) - at), 0, -1):
            if gap is not None and gap[0] > length:
                return gap
            phrase = " ".join(words[at : at + length]) if length > 1 else words[at]
            if phrase in self._whole:
                return length, self._whole[phrase]
        return gap or self._part(words[at])

    def _part(self, word: str) -> tuple[int, M] | None:
        """The longest beginning or end that is listed."""
        for length in range(len(word), 2, -1):
            if word[:length] in self._begins:
                return 1, self._begins[word[:length]]
            if word[-length:] in self._ends:
                return 1, self._ends[word[-length:]]
        return None

    def _gap(self, words: Sequence[str], at: int) -> tuple[int, M] | None:
        for before, after, meaning in self._gaps:
            start = at + len(before)
            if list(words[at:start]) != before:
                continue
            for end in range(start, start + _BETWEEN + 1):
                if list(words[end : end + len(after)]) == after and BREAK not in words[start:end]:
                    return end + len(after) - at, meaning
        return None


def _starred(word: str) -> str:
    return f"{'*' * word.startswith('*')}{plain_words(word.strip('*'))}{'*' * word.endswith('*')}"
