"""A row of a list as values to compare: folded, without what means nothing, in the order of the list's comparisons."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from leadline_capture.core.companies import company_key, website_host
from leadline_capture.core.emails import email_key
from leadline_capture.core.linkage_dates import read_date
from leadline_capture.core.linkage_words import LinkageWords, Meaning
from leadline_capture.core.names import NOT_A_NAME
from leadline_capture.core.text import words
from leadline_runtime.core.values import dataclass

# What people and programs write into a field that they have nothing for.
_NOTHING: Final = frozenset({
    "", "n a", "na", "null", "none", "nan", "unknown", "unbekannt", "inconnu", "tbd", "test", "missing", "undefined",
})  # fmt: skip
_PARTICLES: Final = frozenset({
    "von", "vom", "zu", "zum", "van", "der", "den", "de", "du", "des", "da", "di", "del", "della", "dos", "la", "le",
    "bin", "ibn", "al", "el", "ter", "ten", "mac", "st", "san", "santa",
})  # fmt: skip
_NUMBER: Final = re.compile(r"\b\d+[a-z]?(?:[-/]\d+[a-z]?)?\b")
_STREET_ENDS: Final = re.compile(r"(?<=[a-z]{2})(?:strasse|str)$")
_GENDERS: Final = {
    "m": "m", "male": "m", "man": "m", "mr": "m", "herr": "m", "monsieur": "m", "mannlich": "m", "homme": "m", "h": "m",
    "f": "f", "female": "f", "woman": "f", "ms": "f", "mrs": "f", "miss": "f", "frau": "f", "madame": "f", "mme": "f",
    "weiblich": "f", "femme": "f", "w": "f",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a list: what it is called, where it stands and what is in it."""

    header: str
    index: int
    meaning: Meaning


@dataclass(frozen=True, slots=True)
class Layout:
    """What a list's rows are read into. `names`: what each comparison is called; `month_leads`: see `month_first`."""

    columns: tuple[Column, ...]
    meanings: tuple[Meaning, ...]
    names: tuple[str, ...]
    month_leads: bool = False

    @property
    def of_persons(self) -> bool:
        """Does the list tell persons of one house or firm from each other?"""
        return "given_name" in self.meanings or "birth_date" in self.meanings


def layout_of(columns: Sequence[Column], *, month_leads: bool = False) -> Layout:
    """The comparisons that these columns make possible: a full name is read as given name and surname, a line of
    street and number as two."""
    found: dict[tuple[Meaning, str], str] = {}
    for column in columns:
        for meaning in _parts(column.meaning):
            if meaning == "text":
                found[(meaning, column.header)] = column.header
            elif meaning != "label":
                found.setdefault((meaning, ""), column.header)
    return Layout(
        tuple(columns), tuple(meaning for meaning, _ in found), tuple(header for _, header in found), month_leads
    )


def _parts(meaning: Meaning) -> tuple[Meaning, ...]:
    if meaning == "full_name":
        return ("given_name", "surname")
    return ("street", "street_number") if meaning == "street" else (meaning,)


class Reader:
    """Reads the rows of one list."""

    def __init__(self, layout: Layout, vocabulary: LinkageWords) -> None:
        self._layout, self._words = layout, vocabulary
        self._simple: dict[Meaning, Callable[[str], str | None]] = {
            "given_name": _name, "surname": _name, "birth_date": self._date, "email": _email, "phone": _phone,
            "id_number": _joined, "street_number": _first_number, "address_extra": self._street, "postcode": _joined,
            "city": _plain, "state": _plain, "country": _plain, "company": self._company, "website": website_host,
            "gender": _gender, "text": _plain,
        }  # fmt: skip
        self._places = {key: place for place, key in enumerate(self._keys())}

    def _keys(self) -> list[tuple[Meaning, str]]:
        pairs = zip(self._layout.meanings, self._layout.names, strict=True)
        return [(meaning, name if meaning == "text" else "") for meaning, name in pairs]

    def values(self, row: Sequence[str]) -> tuple[str | None, ...]:
        """The row's values; None for each that is missing or means nothing."""
        found: list[str | None] = [None] * len(self._places)
        for column in self._layout.columns:
            text = row[column.index] if column.index < len(row) else ""
            for meaning, value in self._read(column.meaning, text):
                place = self._places.get((meaning, column.header if meaning == "text" else ""))
                if place is None or value is None or value in _NOTHING:
                    continue
                before = found[place]
                if before is None:
                    found[place] = value
                elif meaning in ("email", "phone") and value not in before.split():
                    found[place] = f"{before} {value}"
        return tuple(found)

    def _read(self, meaning: Meaning, text: str) -> list[tuple[Meaning, str | None]]:
        if not text or meaning == "label":
            return []
        if meaning == "full_name":
            given, surname = _split_name(text)
            return [("given_name", given), ("surname", surname)]
        if meaning == "street":
            return [("street", self._street(text)), ("street_number", _first_number(text))]
        return [(meaning, self._simple[meaning](text))]

    def _date(self, text: str) -> str | None:
        return read_date(text, month_leads=self._layout.month_leads)

    def _company(self, text: str) -> str | None:
        return company_key(text, self._words.legal_suffixes) if words(text) else None

    def _street(self, text: str) -> str | None:
        written: Mapping[str, str] = self._words.street_words
        found = [_STREET_ENDS.sub(" street", written.get(word, word)) for word in words(text)]
        street = [word for word in " ".join(found).split() if not word[0].isdigit()]
        return " ".join(street) or None


def _plain(text: str) -> str | None:
    return " ".join(words(text)) or None


def _joined(text: str) -> str | None:
    return "".join(words(text)) or None


def _name(text: str) -> str | None:
    found = words(text)
    return " ".join([word for word in found if word not in NOT_A_NAME] or found) or None


def _split_name(text: str) -> tuple[str | None, str | None]:
    """Given name and surname of a full name: `Lee, Ann`, `Ann Lee`, `Ann van der Lee`."""
    before, comma, after = text.partition(",")
    if comma and (given := _name(after)) and given not in NOT_A_NAME:
        return given, _name(before)
    found = (_name(before) or "").split()
    if len(found) < 2:
        return None, " ".join(found) or None
    start = len(found) - 1
    while start > 1 and found[start - 1] in _PARTICLES:
        start -= 1
    return " ".join(found[:start]), " ".join(found[start:])


def _email(text: str) -> str | None:
    text = text.strip().lower().removeprefix("mailto:")
    return email_key(text) if "@" in text and " " not in text else None


def _phone(text: str) -> str | None:
    digits = "".join(re.findall(r"[0-9]", text)).lstrip("0")
    return digits if len(digits) >= 6 else None


def _first_number(text: str) -> str | None:
    found = _NUMBER.search(text.lower())
    return found[0] if found else None


def _gender(text: str) -> str | None:
    folded = _plain(text)
    return None if folded is None else _GENDERS.get(folded, folded)
