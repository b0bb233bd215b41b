"""A coarse key of how a word sounds in the languages of Europe: for finding what to compare, not for judging it."""

import re
from functools import lru_cache
from typing import Final

# Letters that are written for each other stand for one digit; vowels, h and w are not heard.
_CODES: Final = str.maketrans(
    {
        **dict.fromkeys("bp", "1"), **dict.fromkeys("fv", "2"), **dict.fromkeys("cgkq", "3"),
        **dict.fromkeys("szx", "4"), **dict.fromkeys("dt", "5"), "l": "6", **dict.fromkeys("mn", "7"), "r": "8",
        **dict.fromkeys("aeiouyhwj", ""),
    }
)  # fmt: skip
_SPELLINGS: Final = (("ph", "f"), ("sch", "s"), ("sh", "s"), ("ch", "k"), ("ck", "k"), ("th", "t"), ("dg", "g"))
_DOUBLED: Final = re.compile(r"(.)\1+")
_LONGEST: Final = 6  # codes; what comes later tells little and is often cut off


@lru_cache(maxsize=65536)
def sound(word: str) -> str:
    """The key of a folded word: `mueller`, `muller` and `miller` give one. Never empty for a word."""
    spelt = word
    for written, heard in _SPELLINGS:
        spelt = spelt.replace(written, heard)
    codes = _DOUBLED.sub(r"\1", spelt.translate(_CODES))[:_LONGEST]
    return codes or word[:2]
