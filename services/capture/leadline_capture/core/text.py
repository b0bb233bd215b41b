"""Text as people mean it: one Unicode form, nothing invisible, and a folded form in which equal things are equal."""

import re
from functools import lru_cache
from unicodedata import category, combining, normalize

_WORDS = re.compile(r"[^\W_]+")
_INVISIBLE = {"Cc", "Cf", "Cs"}


def clean(text: str | None) -> str | None:
    """NFC, spaces collapsed, control and format characters gone; None if nothing is left."""
    if text is None:
        return None
    if not text.isascii():
        text = normalize("NFC", text)
    joined = " ".join(text.split())
    if not joined.isprintable():
        seen = "".join(c for c in joined if category(c) not in _INVISIBLE)
        joined = " ".join(normalize("NFC", seen).split())  # what stood apart before may belong together now
    return joined or None


def clean_lines(text: str | None) -> str | None:
    """Like `clean`, but a longer text keeps its lines."""
    if text is None:
        return None
    lines = [clean(line) or "" for line in text.splitlines()]
    return "\n".join(lines).strip() or None


@lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """The words in lower case without accents and punctuation: `Müller-Maschinen` and `muller maschinen` are equal.

    Text without any word (an emoji, an ideographic mark) folds to itself.
    """
    return " ".join(words(text)) or text


def words(text: str) -> list[str]:
    """The folded words in their order."""
    if not text.isascii():
        text = "".join(c for c in normalize("NFKD", text) if not combining(c))
    return _WORDS.findall(text.casefold())
