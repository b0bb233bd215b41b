"""Dates of birth as eight digits, yyyymmdd, whatever way a list writes them; a wrong one keeps its digits."""

import re
from collections.abc import Iterable
from typing import Final

_YEAR_FIRST: Final = re.compile(r"(\d{4})[-/. ]?(\d{1,2})[-/. ]?(\d{1,2})(?:[T ].*)?")
_YEAR_LAST: Final = re.compile(r"(\d{1,2})[-/. ]+(\d{1,2})[-/. ]+(\d{4}|\d{2})(?: .*)?")
_NAMED: Final = re.compile(r"(?:(\d{1,2})[. -]*)?([^\W\d_]{3,})[. -]*(?:(\d{1,2}),? +)?(\d{4})")
_MONTHS: Final = {
    "jan": 1, "ene": 1, "gen": 1, "feb": 2, "fev": 2, "mar": 3, "mrz": 3, "apr": 4, "avr": 4, "abr": 4, "may": 5,
    "mai": 5, "mag": 5, "jun": 6, "giu": 6, "jul": 7, "lug": 7, "aug": 8, "ago": 8, "aou": 8, "sep": 9, "set": 9,
    "oct": 10, "okt": 10, "ott": 10, "out": 10, "nov": 11, "dec": 12, "dez": 12, "dic": 12,
}  # fmt: skip
_FRENCH: Final = {"juin": 6, "juil": 7}  # alike in their first three letters
_THIS_CENTURY: Final = 30  # two digits below this are a year after 2000


def month_first(texts: Iterable[str]) -> bool:
    """Does this column write the month before the day (03/25/1971)? Only if its values say so."""
    found = [match for text in texts if (match := _YEAR_LAST.fullmatch(text.strip()))]
    return sum(int(m[2]) > 12 for m in found) > sum(int(m[1]) > 12 for m in found)


def read_date(text: str, *, month_leads: bool) -> str | None:
    """Eight digits, or None if this is no date. Not checked against the calendar: a slip of the pen is evidence too."""
    text = text.strip().lower()
    if match := _YEAR_FIRST.fullmatch(text):
        return f"{match[1]}{int(match[2]):02}{int(match[3]):02}"
    if match := _YEAR_LAST.fullmatch(text):
        day, month = (match[2], match[1]) if month_leads else (match[1], match[2])
        return f"{_year(match[3])}{int(month):02}{int(day):02}"
    if (match := _NAMED.fullmatch(text)) and (named := _month(match[2])):
        return f"{match[4]}{named:02}{int(match[1] or match[3] or 0):02}"
    return None


def _year(text: str) -> str:
    if len(text) == 4:
        return text
    return f"20{text}" if int(text) < _THIS_CENTURY else f"19{text}"


def _month(word: str) -> int | None:
    plain = word.replace("é", "e").replace("û", "u").replace("ä", "a")
    return _FRENCH.get(plain[:4]) or _MONTHS.get(plain[:3])
