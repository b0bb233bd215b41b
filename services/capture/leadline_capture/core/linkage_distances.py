"""How far two folded texts are apart, in the slips that people make."""

import re
from typing import Final

from rapidfuzz.distance import OSA, JaroWinkler

from leadline_capture.core.linkage_sounds import sound

_DIGITS: Final = re.compile("[0-9]+")


def slips(one: str, other: str, most: int) -> int:
    """Letters added, left out, mistaken, or two neighbours changed, counted up to `most`; above it `most` + 1."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    return OSA.distance(one, other, score_cutoff=most)


def spelt_alike(one: str, other: str) -> bool:
    """Two spellings of one word, probably: two slips in a longer word, much the same letters, or the same sound."""
    if slips(one, other, 2) <= 2 and min(len(one), len(other)) >= 6:
        return True
    if JaroWinkler.similarity(one, other, score_cutoff=0.9) > 0:
        return True
    return one[:1] == other[:1] and len(one) > 3 and len(other) > 3 and sound(one) == sound(other)


def same_letters(one: str, other: str) -> bool:
    """The same letters in another order: a whole word typed out of step."""
    return len(one) == len(other) > 3 and sorted(one) == sorted(other)


def one_digit_off(one: str, other: str) -> bool:
    """Numbers as people mistype them: one digit wrong, missing or too many, or two neighbours changed."""
    return slips(one, other, 1) == 1


def same_words(one: str, other: str) -> bool:
    """The same words in another order, or run together: `st james` and `stjames`."""
    return sorted(one.split()) == sorted(other.split()) or one.replace(" ", "") == other.replace(" ", "")


def other_numbers(one: str, other: str) -> bool:
    """Both hold numbers, and not the same: `hall 7` is not a slip of `hall 8`."""
    mine, its = _DIGITS.findall(one), _DIGITS.findall(other)
    return bool(mine) and bool(its) and mine != its


def part_of(one: str, other: str) -> bool:
    """All words of one stand in the other."""
    few, many = sorted((set(one.split()), set(other.split())), key=len)
    return few <= many


def alike_words(one: str, other: str) -> bool:
    """Texts of several words of which most are spelt alike, in any order."""
    few, many = sorted((one.split(), other.split()), key=len)
    left, found = list(many), 0
    for word in few:
        near = next((each for each in left if each == word or (len(word) > 3 and spelt_alike(word, each))), None)
        if near is not None:
            left.remove(near)
            found += 1
    return found * 3 >= (len(few) + len(many))
