"""The level of likeness of two values of one meaning, both folded and known to differ."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Final

from leadline_capture.core import linkage_distances as distances
from leadline_capture.core.linkage_levels import EQUAL, LADDERS, SWAPPED
from leadline_capture.core.linkage_words import Meaning

Differ = Callable[[str, str], int]
ShortForms = Mapping[str, frozenset[str]]
NEAR_ADDRESSES: Final = (1, 2, 3)
A_SLIP: Final = 1
EMAIL_DIFFERS: Final = 4
_NONE: Final[frozenset[str]] = frozenset()


def given_names(one: str, other: str, short_forms: ShortForms) -> int:
    """See LADDERS["given_name"]. Of several words the first is the one somebody is called by."""
    first, second = one.split(" ", 1)[0], other.split(" ", 1)[0]
    if _one_letter(one, other):
        return 2
    forms = short_forms.get(first, _NONE)
    if first != second and forms and not forms.isdisjoint(short_forms.get(second, _NONE)):
        return 3
    if first == second or (first[0] == second[0] and 1 in (len(first), len(second))) or distances.part_of(one, other):
        return 4
    return 5 if distances.same_words(one, other) or distances.spelt_alike(one, other) else 6


def surnames(one: str, other: str) -> int:
    """See LADDERS["surname"]. Who marries may carry both names, or one letter of the old."""
    if _one_letter(one, other):
        return 2
    if distances.part_of(one, other) or distances.same_words(one, other) or _initial(one, other):
        return 3
    return 4 if distances.spelt_alike(one, other) else 5


def _one_letter(one: str, other: str) -> bool:
    return min(len(one), len(other)) > 2 and (distances.slips(one, other, 1) == 1 or distances.same_letters(one, other))


def _initial(one: str, other: str) -> bool:
    return one[0] == other[0] and 1 in (len(one), len(other))


def birth_dates(one: str, other: str) -> int:
    """See LADDERS["birth_date"]. Both are yyyymmdd."""
    year, month, day = one[:4] == other[:4], one[4:6] == other[4:6], one[6:] == other[6:]
    if year and one[4:6] == other[6:] and one[6:] == other[4:6]:
        return 1
    if distances.one_digit_off(one, other):
        return 2
    if year and (month or day):
        return 3
    return 4 if month and day else 5


def emails(one: str, other: str) -> int:
    """See LADDERS["email"]. Of several addresses the most alike two speak."""
    if " " in one or " " in other:
        pairs = [(a, b) for a in one.split() for b in other.split()]
        return min(EQUAL if a == b else emails(a, b) for a, b in pairs)
    local, _, domain = one.partition("@")
    second, _, elsewhere = other.partition("@")
    if distances.other_numbers(domain, elsewhere):
        return 2 if local == second and len(local) > 2 else 4
    if distances.slips(one, other, 2) <= 2 or distances.same_letters(one, other):
        return 1
    if local == second and len(local) > 2:
        return 2
    near = domain == elsewhere or distances.spelt_alike(domain, elsewhere)
    return 3 if near and _much_alike(local, second) else 4


def _much_alike(one: str, other: str) -> bool:
    return distances.same_letters(one, other) or (
        min(len(one), len(other)) >= 6 and distances.slips(one, other, 3) <= 3
    )


def phones(one: str, other: str) -> int:
    """See LADDERS["phone"]. A number may stand with or without the code of its country."""
    if " " in one or " " in other:
        pairs = [(a, b) for a in one.split() for b in other.split()]
        return min(EQUAL if a == b else phones(a, b) for a, b in pairs)
    length = min(len(one), len(other))
    if length < 6:
        return 2
    if one[-length:] == other[-length:] and (length >= 8 or len(one) == len(other)):
        return EQUAL
    return 1 if distances.one_digit_off(one[-length:], other[-length:]) else 2


def id_numbers(one: str, other: str) -> int:
    """See LADDERS["id_number"]."""
    return 1 if min(len(one), len(other)) >= 5 and distances.one_digit_off(one, other) else 2


def numbers(one: str, other: str) -> int:
    """See LADDERS["street_number"]."""
    if sorted(one) == sorted(other) or (min(len(one), len(other)) > 1 and distances.one_digit_off(one, other)):
        return 1
    return 2


def postcodes(one: str, other: str) -> int:
    """See LADDERS["postcode"]. The first half of a postcode is an area in most countries."""
    if sorted(one) == sorted(other) or distances.one_digit_off(one, other):
        return 1
    half = max(2, min(len(one), len(other)) // 2)
    return 2 if one[:half] == other[:half] else 3


def texts(one: str, other: str) -> int:
    """See LADDERS["street"] and those like it."""
    if distances.same_words(one, other):
        return 1
    if distances.other_numbers(one, other):
        return 5
    longer = min(len(one), len(other)) >= 8
    if len(one) > 3 and len(other) > 3 and distances.slips(one, other, 2) <= (2 if longer else 1):
        return 2
    if distances.same_letters(one, other):
        return 2
    if distances.part_of(one, other):
        return 3
    return 4 if distances.spelt_alike(one, other) or distances.alike_words(one, other) else 5


def codes(one: str, other: str) -> int:
    """See LADDERS["state"]."""
    return 1 if min(len(one), len(other)) > 1 and distances.slips(one, other, 1) == 1 else 2


def choices(one: str, other: str) -> int:
    """Equal or different, nothing between."""
    return 1


def differs(short_forms: ShortForms) -> dict[Meaning, Differ]:
    """How values of each meaning are compared once they are known to differ."""
    often = lru_cache(maxsize=20_000)  # names and towns come again and again
    return {
        "given_name": often(lambda one, other: given_names(one, other, short_forms)),
        "surname": often(surnames), "birth_date": birth_dates, "email": emails, "phone": phones,
        "id_number": id_numbers, "street": texts, "street_number": numbers, "address_extra": texts,
        "postcode": postcodes, "city": often(texts), "state": codes, "country": choices, "company": often(texts),
        "website": choices, "gender": choices, "text": texts,
    }  # fmt: skip


Values = Sequence[str | None]
Likeness = tuple[int | None, ...]


class Comparer:
    """Compares records whose values stand in the order of `meanings`."""

    def __init__(self, meanings: Sequence[Meaning], short_forms: ShortForms) -> None:
        table = differs(short_forms)
        self._differs = [table[meaning] for meaning in meanings]
        self._given = meanings.index("given_name") if "given_name" in meanings else None
        self._surname = meanings.index("surname") if "surname" in meanings else None
        self._email = meanings.index("email") if "email" in meanings else None
        self._born = meanings.index("birth_date") if "birth_date" in meanings else None
        self._lines = [meanings.index(each) for each in ("street", "address_extra") if each in meanings]

    def levels(self, one: Values, other: Values) -> Likeness:
        """The level of each value; None where one of the two is missing, which says nothing."""
        found = [
            None if a is None or b is None else EQUAL if a == b else differ(a, b)
            for differ, a, b in zip(self._differs, one, other, strict=True)
        ]
        self._changed_places(one, other, found)
        if self._email is not None and found[self._email] in NEAR_ADDRESSES:
            self._only_the_names(self._email, one, other, found)
        return tuple(found)

    def _only_the_names(self, place: int, one: Values, other: Values, found: list[int | None]) -> None:
        """Where addresses are made of names and years (ann.lee87@), their likeness is that of the names once more."""
        if found[place] == A_SLIP and _local(one[place]) == _local(other[place]):
            return  # the slip is in the domain, which is made of no name
        names = (*self._names(one), *self._names(other))
        if _made_of(one[place], names) and _made_of(other[place], names):
            found[place] = EMAIL_DIFFERS

    def _names(self, values: Values) -> tuple[str, ...]:
        places = [place for place in (self._given, self._surname) if place is not None]
        names = [word for place in places for word in (values[place] or "").split()]
        born = None if self._born is None else values[self._born]
        return (*names, born[:4], born[2:4]) if born else tuple(names)

    def _changed_places(self, one: Values, other: Values, found: list[int | None]) -> None:
        """Given name and surname, or two lines of an address, that stand in each other's column."""
        if self._given is not None and self._surname is not None and found[self._given] and found[self._surname]:
            a, b = one[self._given], one[self._surname]
            c, d = other[self._given], other[self._surname]
            if a is not None and b is not None and c is not None and d is not None and _crossed(a, b, c, d):
                found[self._given] = found[self._surname] = SWAPPED
        if len(self._lines) == 2:
            street, extra = self._lines
            moved = one[street] is not None and one[street] == other[extra]
            if found[street] and (moved or (one[extra] is not None and one[extra] == other[street])):
                found[street], found[extra] = 1, None


def _local(address: str | None) -> str:
    return (address or "").partition("@")[0]


@lru_cache(maxsize=8192)
def _spellings(name: str) -> re.Pattern[str]:
    """A folded name as addresses spell it: an umlaut has lost its dots, or has an e behind it."""
    return re.compile("".join(f"{letter}e?" if letter in "aou" else re.escape(letter) for letter in name))


@lru_cache(maxsize=8192)
def _made_of(addresses: str | None, names: tuple[str, ...]) -> bool:
    """Is what stands before the @ made of these names, their initials and nothing more?"""
    local = _local(addresses)
    left = local
    for name in sorted(names, key=len, reverse=True):
        if len(name) > 2 or name.isdigit():
            left = _spellings(name).sub("", left, count=1)
    return left != local and sum(letter.isalnum() for letter in left) <= 1


def _crossed(given: str, surname: str, second_given: str, second_surname: str) -> bool:
    straight = given == second_surname, surname == second_given
    if not any(straight):
        return False
    return all(straight) or distances.slips(given, second_surname, 1) + distances.slips(surname, second_given, 1) <= 1


def ladder_of(meaning: Meaning) -> int:
    """How many levels a meaning has."""
    return len(LADDERS[meaning].levels)
