"""Names of persons: what to call them, and when two names may be one person's (rules B1.4)."""

import re

from nameparser import HumanName

from leadline_capture.core.text import clean, words
from leadline_runtime.core.values import dataclass

# Two plain words are a first and a last name: nameparser costs a hundred times as much and would say the same.
_PLAIN = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*\.?")
NOT_A_NAME = frozenset({
    "mr", "mrs", "ms", "miss", "mx", "dr", "prof", "herr", "frau", "sir", "dame", "lord", "lady", "rev", "hon", "capt",
    "jr", "sr", "ii", "iii", "iv", "phd", "md", "mba", "esq", "dipl", "ing",
})  # fmt: skip
_LONGEST = 100  # characters; longer is no name, and the parser is slow on it


@dataclass(frozen=True, slots=True)
class Name:
    """A name as given, and its parts as far as they can be told."""

    full: str
    first: str | None = None
    last: str | None = None


def read_name(full: str | None, first: str | None, last: str | None) -> Name | None:
    """The name of a person from whichever of the three a form asked for."""
    full, first, last = clean(full), clean(first), clean(last)
    if first and last:
        return Name(full or f"{first} {last}", first, last)
    if full is None:
        alone = first or last
        return Name(alone, first, last) if alone else None
    return Name(full, *_split(full, first, last))


def _split(full: str, first: str | None, last: str | None) -> tuple[str | None, str | None]:
    parts = full.split()
    if len(parts) <= 2 and all(_PLAIN.fullmatch(p) and p.strip(".").lower() not in NOT_A_NAME for p in parts):
        return first or parts[0], last or (parts[1] if len(parts) == 2 else None)
    if len(full) > _LONGEST:
        return first, last
    parsed = HumanName(full)
    return first or clean(parsed.first), last or clean(parsed.last)


def name_tokens(name: str) -> frozenset[str]:
    """The words that tell a person's name from another's: folded, without titles and suffixes."""
    found = frozenset(words(name))
    return (found - NOT_A_NAME) or found


def agree(one: frozenset[str], other: frozenset[str]) -> bool:
    """May both be one person's name? Equal, one missing, or one a subset of the other: `Ann` and `Ann Lee`."""
    return one <= other or other <= one
