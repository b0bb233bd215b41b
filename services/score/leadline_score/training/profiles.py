"""What a column holds: numbers, yes or no, categories, dates; or nothing that a model may learn from, and why."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from leadline_score.core.cells import instant_of, normal, number, truth
from leadline_score.learned_file import is_personal
from leadline_score.training.headers import (
    names_code,
    names_identifier,
    names_person,
    names_staff,
    names_time,
    names_year,
)

Holds = Literal["number", "yes_no", "category", "date", "nothing"]
SAMPLE = 600
MOSTLY = 0.9  # of the filled cells must be of a kind
ALMOST_ALL = 0.998
UNIQUE = 0.9
WORDY = 4.0  # words in a cell, on average, that make it a text
MANY_VALUES = 20


@dataclass(slots=True)
class Column:
    """One column of the table, as it was understood. `why` says why it holds nothing to learn from."""

    name: str
    cells: Sequence[str]
    words: Sequence[str | None]
    counts: Counter[str]
    holds: Holds = "category"
    why: str = ""
    day_first: bool = False
    identifier: bool = False

    @property
    def filled(self) -> float:
        """The share of rows in which it says something."""
        return sum(self.counts.values()) / len(self.words) if self.words else 0.0


def profile(name: str, cells: Sequence[str]) -> Column:
    """Look at a column."""
    words = [normal(cell) for cell in cells]
    column = Column(name, cells, words, Counter(word for word in words if word is not None))
    column.why = _empty_or_constant(column)
    if not column.why:
        _tell_kind(column)
        column.why = _unfit(column)
    if column.why:
        column.holds = "nothing"
    return column


def _empty_or_constant(column: Column) -> str:
    counts, rows = column.counts, len(column.words)
    if not counts:
        return "empty: no row says anything"
    missing = rows - sum(counts.values())
    common = max(missing, *counts.values())
    if common == rows:
        return "constant: every row says the same"
    return "almost constant: too few rows say anything else" if common >= ALMOST_ALL * rows else ""


def _tell_kind(column: Column) -> None:
    sample = [word for word, _ in column.counts.most_common(SAMPLE)]
    numbers = sum(1 for word in sample if number(word) is not None) / len(sample)
    day_first = _day_first(sample)
    dates = sum(1 for word in sample if instant_of(word.upper(), day_first) is not None) / len(sample)
    if all(truth(word) is not None for word in sample):
        column.holds = "yes_no"
    elif dates >= MOSTLY and (numbers < MOSTLY or names_time(column.name)) and len(sample) > 1:
        column.holds, column.day_first = "date", day_first
    elif numbers >= MOSTLY and len(sample) > 2 and not names_code(column.name):
        column.holds = "number"


def _day_first(sample: Sequence[str]) -> bool:
    """Of `03/04/2021`, is the day first? Known once some first part is above 12; of several, the more frequent."""
    firsts = seconds = 0
    for word in sample:
        parts = word.replace("-", "/").replace(".", "/").split("/")
        if len(parts) >= 3 and parts[0].isdigit() and parts[1].isdigit() and len(parts[0]) <= 2:
            firsts += int(parts[0]) > 12
            seconds += int(parts[1]) > 12
    return firsts > seconds


def _unfit(column: Column) -> str:
    if column.holds in ("date", "yes_no"):
        return ""
    filled, distinct = sum(column.counts.values()), len(column.counts)
    values = [found for word in column.counts if (found := number(word)) is not None]
    if len(values) == distinct and names_year(column.name) and all(_is_year(value) for value in values):
        return "absolute time: a year that has gone by does not come again"
    if column.holds == "number":
        return _odd_numbers(column, values, filled)
    if personal := _personal(column, filled):
        return personal
    wordy = sum(len(word.split()) * n for word, n in column.counts.items()) / filled
    if wordy >= WORDY and distinct > 0.3 * filled:
        return "free text: a model of categories cannot read it, and it may name people"
    column.identifier = distinct >= UNIQUE * filled and filled >= MANY_VALUES
    return "identifier: almost every row has its own value" if column.identifier else ""


def _personal(column: Column, filled: int) -> str:
    addresses = sum(n for word, n in column.counts.items() if is_personal(word))
    if addresses > 0.01 * filled:
        return "personal: it holds addresses, telephone numbers or links of people"
    if len(column.counts) > MANY_VALUES and names_person(column.name):
        return "personal: its name says that it holds names, addresses or numbers of people"
    if names_staff(column.name):
        return "personal: it names who works on the lead, which is decided after capture"
    return ""


def _is_year(value: float) -> bool:
    return value.is_integer() and 1990 <= value <= 2100


def _odd_numbers(column: Column, values: Sequence[float], filled: int) -> str:
    whole = all(value.is_integer() for value in values)
    if not whole or len(values) < 0.98 * filled or filled < 100:
        return ""
    digits = {len(str(int(abs(value)))) for value in values}
    dense = max(values) - min(values) < 5 * filled
    if names_person(column.name) and min(digits) >= 7:
        return "personal: its name says that it holds names, addresses or numbers of people"
    if names_identifier(column.name) or dense or len(digits) == 1:
        column.identifier = True
        return "identifier: almost every row has its own number"
    return ""
