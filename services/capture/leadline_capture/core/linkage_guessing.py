"""What stands in the columns of a list, guessed from their headers and their values."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from leadline_capture.core.linkage_dates import month_first, read_date
from leadline_capture.core.linkage_reading import Column, Layout, layout_of
from leadline_capture.core.linkage_words import LinkageWords, Meaning
from leadline_capture.core.text import words

_HUMPS: Final = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_ADDRESS: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_DIGITS: Final = re.compile(r"[0-9]")
_ID_OF_A_ROW: Final = re.compile(r"[0-9a-fA-F-]{32,36}|[0-9.,-]+")
_LONGEST_TEXT: Final = 120  # characters on average; what is longer is prose
_MOST: Final = 0.6  # of the values, to be believed: lists are dirty


def header_words(header: str) -> list[str]:
    """`billingPostCode`, `billing_post_code` and `Billing post code` are the same words."""
    return words(_HUMPS.sub(" ", header).replace("_", " "))


def meaning_of_header(header: str, phrases: Mapping[str, Meaning]) -> Meaning | None:
    """The meaning of the longest known phrase in a header, the last of equal ones: `company phone` is a phone."""
    found = header_words(header)
    for length in range(len(found), 0, -1):
        for start in range(len(found) - length, -1, -1):
            if meaning := phrases.get(" ".join(found[start : start + length])):
                return meaning
    return None


def guessed(header: Sequence[str], rows: Sequence[Sequence[str]], vocabulary: LinkageWords) -> Layout:
    """The columns of a list. `rows`: some of them, to see whether the values are what a header says."""
    columns = []
    for index, name in enumerate(header):
        values = [row[index].strip() for row in rows if index < len(row) and row[index].strip()]
        meaning = meaning_of_header(name, vocabulary.headers)
        if meaning is None or not _fits(meaning, values):
            meaning = _by_values(values, meaning)
        columns.append(Column(name, index, meaning))
    return with_dates(_settled(columns, lambda index: _of_persons(index, rows, vocabulary)), rows)


def with_dates(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> Layout:
    """The layout of these columns; whether a month stands before the day is seen from the rows."""
    dates = [row[c.index] for c in columns if c.meaning == "birth_date" for row in rows if c.index < len(row)]
    return layout_of(columns, month_leads=month_first(dates))


def _share(values: Sequence[str], test: Callable[[str], object]) -> float:
    return sum(1 for value in values if test(value)) / len(values) if values else 1.0


_TESTS: Final[dict[Meaning, Callable[[str], object]]] = {
    "email": lambda value: "@" in value,
    "birth_date": lambda value: read_date(value, month_leads=False),
    "phone": lambda value: len(_DIGITS.findall(value)) >= 5,
    "given_name": lambda value: not _DIGITS.search(value) and "@" not in value,
    "surname": lambda value: not _DIGITS.search(value) and "@" not in value,
    "full_name": lambda value: not _DIGITS.search(value) and "@" not in value,
    "street_number": lambda value: _DIGITS.search(value) and len(value) <= 12,
    "postcode": lambda value: _DIGITS.search(value) and len(value) <= 12,
    "website": lambda value: "." in value and " " not in value,
    "city": lambda value: not value.isdigit(),
}


def _fits(meaning: Meaning, values: Sequence[str]) -> bool:
    test = _TESTS.get(meaning)
    return test is None or _share(values, test) >= _MOST


def _by_values(values: Sequence[str], refused: Meaning | None) -> Meaning:
    """Of a header that says nothing, or what its values deny."""
    if not values:
        return "label"
    if _share(values, _ADDRESS.fullmatch) >= 0.8:
        return "email"
    if _share(values, lambda value: value.startswith("+") and len(_DIGITS.findall(value)) >= 7) >= 0.8:
        return "phone"
    if refused == "full_name" or _share(values, _ID_OF_A_ROW.fullmatch) > 0.5:
        return "label"
    return "text" if len(set(values)) > 1 and sum(map(len, values)) / len(values) <= _LONGEST_TEXT else "label"


def _of_persons(index: int, rows: Sequence[Sequence[str]], vocabulary: LinkageWords) -> bool:
    """Do these names stand for persons? Then many of their words are given names that are known."""
    names = [words(row[index]) for row in rows if index < len(row) and row[index].strip()]
    return sum(any(word in vocabulary.short_forms for word in name) for name in names) >= 0.2 * len(names)


def _settled(columns: Sequence[Column], of_persons: Callable[[int], bool]) -> list[Column]:
    """The columns seen together: `name` beside `first name` is a surname, beside `surname` a given name; a `name`
    without anything personal beside it is that of a firm or a place; one meaning twice stands for the first of the two,
    but for e-mail, phone and lines of an address."""
    there = {column.meaning for column in columns}
    has_given, has_surname = "given_name" in there, "surname" in there
    personal = not there.isdisjoint({"birth_date", "gender", "given_name", "surname", "email", "company"})
    seen: set[Meaning] = set()
    settled = []
    for column in columns:
        meaning = column.meaning
        if meaning == "full_name" and has_given:
            meaning = "label" if has_surname or "surname" in seen else "surname"
        elif meaning == "full_name" and has_surname:
            meaning = "given_name"
        elif meaning == "full_name" and not personal and not of_persons(column.index):
            meaning = "company"
        elif meaning == "street" and "street" in seen:
            meaning = "address_extra"
        if meaning in seen and meaning not in ("email", "phone", "text", "label"):
            meaning = "label"
        seen.add(meaning)
        settled.append(Column(column.header, column.index, meaning))
    return settled
