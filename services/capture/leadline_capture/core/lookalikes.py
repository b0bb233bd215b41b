"""Stored leads that a new lead looks like: keys under which they are found, and how likely they are one person's.

A key is a number made of what two records of one person mostly share even after a slip: how the name sounds, with the
firm, with the place; how the mailbox sounds. Keys that many leads have lead nowhere: a name without anything else is
evidence only where it is rare.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from hashlib import blake2b
from typing import Any, Final
from uuid import UUID

from leadline_capture.core.linkage_comparing import Comparer, Values
from leadline_capture.core.linkage_levels import EQUAL, LADDERS
from leadline_capture.core.linkage_reading import Column, Reader, layout_of
from leadline_capture.core.linkage_reasons import in_words
from leadline_capture.core.linkage_sounds import sound
from leadline_capture.core.linkage_weights import Frequency, Weigher, known_beforehand, probability
from leadline_capture.core.linkage_words import LinkageWords, Meaning
from leadline_runtime.core.values import dataclass
from leadline_schemas.lead import PossibleDuplicate

_NOT_LETTERS: Final = re.compile(r"[^a-z]+")
_NOT_DIGITS: Final = re.compile(r"[^0-9]+")
LIKENESS: Final = "likeness"  # the reason of a possible duplicate that no key leads to
_FIELDS: Final[tuple[Meaning, ...]] = (
    "given_name", "surname", "full_name", "email", "phone", "company", "street", "postcode", "city", "country",
)  # fmt: skip
_LAYOUT: Final = layout_of([Column(field, place, field) for place, field in enumerate(_FIELDS)])
_HOUSES: Final = "cp"  # kinds of keys
_A_SLIP: Final = 3  # the last level at which surnames, firms and towns differ by no more than a slip or a part
_GIVEN, _SURNAME = _LAYOUT.meanings.index("given_name"), _LAYOUT.meanings.index("surname")
_EMAIL, _COMPANY = _LAYOUT.meanings.index("email"), _LAYOUT.meanings.index("company")
_POSTCODE, _CITY = _LAYOUT.meanings.index("postcode"), _LAYOUT.meanings.index("city")


@dataclass(frozen=True, slots=True)
class LikenessRules:
    """`least`: the probability from which a likeness is told; `most_told`: of one new lead; `most_per_key`: what more
    leads have than this is no key; `most_compared`: with one new lead; `among`: how many persons may be meant, which
    says how rarely two records are one person's before they are compared."""

    least: float
    most_told: int
    most_per_key: int
    most_compared: int
    among: int


@dataclass(frozen=True, slots=True)
class Looks:
    """What a lead is compared by, and its keys. `houses`: those of a family or name in one firm or place."""

    values: Values
    keys: tuple[int, ...]
    houses: frozenset[int] = frozenset()


class Lookalikes:
    """Finds likenesses by the words and numbers of the rules."""

    def __init__(self, words: LinkageWords, rules: LikenessRules) -> None:
        self.rules, self._words = rules, words
        self._reader = Reader(_LAYOUT, words)

    @cached_property
    def _comparer(self) -> Comparer:
        return Comparer(_LAYOUT.meanings, self._words.short_forms)

    @cached_property
    def _weigher(self) -> Weigher:
        usual = [Frequency(Counter(), 1, LADDERS[meaning].levels[EQUAL].u) for meaning in _LAYOUT.meanings]
        return Weigher(_LAYOUT.meanings, known_beforehand(_LAYOUT.meanings, self.rules.among), usual, of_persons=True)

    def looks(self, shown: Mapping[str, Any]) -> Looks:
        """Of a lead's values by field, as they are shown."""
        name, address = shown.get("name") or {}, shown.get("address") or {}
        row = (
            name.get("first_name", ""), name.get("last_name", ""), "" if "last_name" in name else name.get("name", ""),
            shown.get("email", ""), shown.get("phone", ""), shown.get("company", ""), address.get("street", ""),
            address.get("postal_code", ""), address.get("city", ""), address.get("country", ""),
        )  # fmt: skip
        values = self._reader.values(row)
        keys = {_number(key): key[0] in _HOUSES for key in _keys(values)}
        return Looks(values, tuple(sorted(keys)), frozenset(key for key, house in keys.items() if house))

    def told(self, mine: Values, others: Iterable[tuple[UUID, Values, bool]]) -> tuple[PossibleDuplicate, ...]:
        """Those of `others` that may be the same person, the likeliest first; with each whether it was found by a key
        of `houses`: few others share family and firm or place with both, however frequent each alone may be."""
        found = []
        for lead_id, values, by_house in others:
            levels = self._comparer.levels(mine, values)
            house = by_house and all(_agree(place, levels[place]) for place in (_SURNAME, _COMPANY, _POSTCODE, _CITY))
            sure = probability(self._weigher.log_odds(levels, mine, values, same_house=house))
            if sure >= self.rules.least:
                words = in_words(_LAYOUT, self._weigher, levels, mine, values)
                found.append(PossibleDuplicate(lead_id=lead_id, reason=LIKENESS, score=round(sure, 3), words=words))
        found.sort(key=lambda each: (-(each.score or 0.0), each.lead_id))
        return tuple(found[: self.rules.most_told])


def _agree(place: int, level: int | None) -> bool:
    """Equal but for a slip, as far as both are known: a key is coarser than that."""
    differs = len(LADDERS[_LAYOUT.meanings[place]].levels) - 1
    return level is None or (level <= _A_SLIP and level < differs)


def _keys(values: Values) -> Iterator[str]:
    given, surname, email, company = (values[place] for place in (_GIVEN, _SURNAME, _EMAIL, _COMPANY))
    names = sorted(sound(name.split(" ", 1)[0]) for name in (given, surname) if name)
    if len(names) == 2:
        yield f"n:{names[0]}:{names[1]}"
    if email:
        local, _, domain = email.partition("@")
        letters, digits = _NOT_LETTERS.sub("", local), _NOT_DIGITS.sub("", local)
        yield f"m:{sound(letters) if letters else ''}:{digits}@{domain}"
    place = values[_POSTCODE] or values[_CITY]
    for kind, beside in (("c", company and sound(company.split(" ", 1)[0])), ("p", place)):
        if beside and surname:
            yield f"{kind}:{sound(surname)}:{beside}"
        elif beside and given:
            yield f"{kind}:{sound(given)}:{beside}"


def _number(key: str) -> int:
    """Eight bytes: short in an index, and nobody reads a name from it."""
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "big", signed=True)


def packed(values: Values) -> bytes:
    """Values as they are stored."""
    return "\x1f".join(value or "" for value in values).encode()


def unpacked(data: bytes) -> Values:
    """Values as they were stored. Fields that were added since are absent."""
    found = [value or None for value in data.decode().split("\x1f")]
    return tuple(found + [None] * (len(_LAYOUT.meanings) - len(found)))
