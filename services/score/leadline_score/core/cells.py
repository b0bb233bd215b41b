"""What a cell of a table or a field of a lead says: nothing, a number, yes or no, an instant, or a word.

Training and serving read values by these same functions, so that a model sees at work what it saw when it was trained.
"""

import re
from datetime import UTC, datetime
from functools import lru_cache
from math import isfinite
from typing import Any

# Spellings of "nothing is known". A word like `none` or `other` may be an answer; those are no placeholders.
_MISSING = frozenset(
    {
        "", "-", "--", "---", "?", "??", ".", "..", "n/a", "na", "n.a.", "n.a", "#n/a", "#na", "#n/a n/a", "#null!",
        "#value!", "#ref!", "#div/0!", "nan", "-nan", "null", "(null)", "\\n", "nil", "none", "(none)", "<na>", "nat",
        "(blank)", "blank", "[blank]", "(empty)", "empty", "missing", "unknown", "unbekannt", "inconnu", "desconocido",
        "desconhecido", "sconosciuto", "onbekend", "undefined", "(undefined)", "unspecified", "not specified",
        "not set", "(not set)", "not provided", "not available", "not applicable", "not known", "no data", "tbd", "tba",
        "select", "select...", "select…", "(select)", "--select--", "-select-", "- select -", "-- select --",
        "select one", "please select", "please choose", "choose", "choose...", "choose one", "bitte wählen",
        "bitte auswählen", "auswählen", "keine angabe", "k.a.", "k. a.", "s/o", "choisir", "sélectionner",
        "non renseigné", "seleccionar", "seleccione", "selecione", "sin especificar", "n/d", "n.d.", "s/d",
    }
)  # fmt: skip
_YES = frozenset({"yes", "y", "true", "t", "1", "on", "ja", "oui", "si", "sí", "sim", "да"})
_NO = frozenset({"no", "n", "false", "f", "0", "off", "nein", "non", "não", "nao", "nee", "нет"})
_NUMBER = re.compile(
    r"(?P<sign>[-+−(]?)\s*(?:[$€£¥₹]|usd|eur|gbp|inr|chf|rs\.?)?\s*(?P<inner>[-+−]?)"
    r"(?P<digits>\d[\d.,'\u2019\u00a0\u202f ]*|[.,]\d+)(?P<exponent>e[-+]?\d{1,3})?"
    r"\s*(?P<scale>k|m|mn|mio|bn|b)?\s*(?:[$€£¥₹%]|usd|eur|gbp|inr|chf)?\s*\)?"
)
_SCALES = {"k": 1e3, "m": 1e6, "mn": 1e6, "mio": 1e6, "b": 1e9, "bn": 1e9}
_SPACES = re.compile(r"\s+")


def normal(value: Any) -> str | None:
    """A value as a word to compare by: lower case, single spaces; None if it says nothing."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    return _word(value if isinstance(value, str) else _plain(value))


def _plain(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


@lru_cache(maxsize=16384)
def _word(text: str) -> str | None:
    word = _SPACES.sub(" ", text).strip().casefold()
    return None if word in _MISSING else word


def truth(value: Any) -> bool | None:
    """Yes or no, however it is spelled; None for anything else."""
    if isinstance(value, bool):
        return value
    word = normal(value)
    if word is None:
        return None
    word = word.removesuffix(".0")
    return True if word in _YES else False if word in _NO else None


def number(value: Any) -> float | None:
    """A number: also with a currency, a percent sign, thousands separated, a decimal comma, k or m behind it.

    `1,234` is a thousand, `1,23` is not; None for what is no number, as `10-50`, and for what is not finite.
    """
    if isinstance(value, bool):
        return float(value)
    if isinstance(value, int | float):
        return float(value) if isfinite(value) else None
    return _number(value) if isinstance(value, str) else None


@lru_cache(maxsize=16384)
def _number(text: str) -> float | None:
    try:
        found = float(text) if "_" not in text else None
        if found is not None:
            return found if isfinite(found) else None
    except ValueError:
        pass
    matched = _NUMBER.fullmatch(text.strip().casefold())
    if matched is None:
        return None
    digits = _with_point(matched["digits"])
    if digits is None:
        return None
    try:
        found = float(digits + (matched["exponent"] or ""))
    except ValueError:
        return None
    found *= _SCALES.get(matched["scale"] or "", 1.0)
    below = matched["inner"] in ("-", "−") or matched["sign"] in ("-", "−", "(")
    return -found if below else found


def _with_point(digits: str) -> str | None:
    """The digits with a decimal point alone."""
    digits = digits.strip()
    if apart := re.search(r"['\u2019\u00a0\u202f ]", digits):
        if not re.fullmatch(rf"\d{{1,3}}({apart[0]}\d{{3}})+([.,]\d+)?", digits):
            return None  # a telephone number, say
        digits = digits.replace(apart[0], "")
    comma, point = digits.rfind(","), digits.rfind(".")
    if comma >= 0 and point >= 0:
        thousands, decimal = (",", ".") if point > comma else (".", ",")
        return digits.replace(thousands, "").replace(decimal, ".") if digits.count(decimal) == 1 else None
    mark = "," if comma >= 0 else "."
    if digits.count(mark) == 1 and (mark == "." or not re.fullmatch(r"[1-9]\d{0,2},\d{3}", digits)):
        return digits.replace(",", ".")
    if mark in digits:
        return digits.replace(mark, "") if re.fullmatch(rf"\d{{1,3}}(\{mark}\d{{3}})+", digits) else None
    return digits


_FORMS_DAY = ("%d/%m/%Y", "%d/%m/%y")
_FORMS_MONTH = ("%m/%d/%Y", "%m/%d/%y")
_FORMS_NAMED = ("%d %b %Y", "%d %B %Y", "%b %d %Y", "%B %d %Y", "%d %b %y", "%Y %b %d")
_CLOCK = re.compile(r"(.*?)[ T]+(\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:[ap]m)?)$", re.IGNORECASE)
_SINCE_1970 = re.compile(r"1\d{9}(\d{3})?(\.0)?")  # seconds or milliseconds, from 2001 on
_DATE_LIKE = re.compile(r"\d{1,4}[-/. ]|[a-z]{3,9}\.? \d|\d{8}", re.IGNORECASE)


def instant_of(value: Any, day_first: bool = False) -> datetime | None:
    """An instant in UTC: ISO 8601 or one of the common spellings; `day_first` reads 02/01 as the second of January.

    A time without a zone is taken as UTC; None for what is no date.
    """
    if isinstance(value, datetime):
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    return _instant(value, day_first) if isinstance(value, str) else None


@lru_cache(maxsize=16384)
def _instant(text: str, day_first: bool) -> datetime | None:
    text = text.strip()
    if not _DATE_LIKE.match(text):
        return None
    if _SINCE_1970.fullmatch(text):
        return datetime.fromtimestamp(int(text[:10]), UTC)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        loose = _loose(text, day_first)
        if loose is None:
            return None
        found = loose
    try:
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except OverflowError:
        return None


def _loose(text: str, day_first: bool) -> datetime | None:
    clock = ""
    parted = _CLOCK.fullmatch(text)
    if parted is not None:
        text, clock = parted[1], parted[2].upper().replace(" ", "")
    text = re.sub(r"(?<=\d)(st|nd|rd|th)\b", "", text, flags=re.IGNORECASE)
    named = re.search(r"[a-z]", text, re.IGNORECASE) is not None
    text = re.sub(r"[-,/. ]+", " " if named else "/", text).strip()
    numeric = ("%Y/%m/%d", "%Y/%m", *((*_FORMS_DAY, *_FORMS_MONTH) if day_first else (*_FORMS_MONTH, *_FORMS_DAY)))
    for form in _FORMS_NAMED if named else numeric:
        try:
            day = datetime.strptime(text, form)  # noqa: DTZ007 - the zone is given by whoever called
        except ValueError:
            continue
        return _at(day, clock)
    return None


def _at(day: datetime, clock: str) -> datetime | None:
    if not clock:
        return day
    for form in ("%H:%M", "%H:%M:%S", "%H:%M:%S.%f", "%I:%M%p", "%I:%M:%S%p"):
        try:
            time = datetime.strptime(clock, form).time()  # noqa: DTZ007 - a time of day, of whatever zone the day is
        except ValueError:
            continue
        return datetime.combine(day.date(), time)
    return None
