"""From a column to the features a model may learn, and each row's slot in them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from leadline_runtime.core.values import dataclass
from leadline_score.core.cells import instant_of, number
from leadline_score.core.learned_slots import WEEKDAYS, Kind, Slots
from leadline_score.training.bins import edges_of, least_support, levels_of
from leadline_score.training.profiles import Column

LEAST_COVERED = 0.3  # of the filled rows must have a frequent value
_DAY_S = 86_400


@dataclass(slots=True)
class Candidate:
    """One feature with the slot of every row."""

    name: str
    column: str
    slots: Slots
    encoded: list[int]


@dataclass(frozen=True, slots=True)
class Timeline:
    """When each row was captured, as far as the table says; `column` is where it stands."""

    column: str
    at: tuple[datetime | None, ...]
    day_first: bool


def candidates_of(column: Column, learn: Sequence[int], timeline: Timeline | None) -> list[Candidate]:
    """The features of a column, cut by the rows in `learn` alone. None if its values are too many and too rare."""
    least = least_support(len(learn))
    if column.holds == "date":
        return _of_dates(column, learn, timeline, least)
    if column.holds == "number":
        values = [found for place in learn if (found := number(column.words[place])) is not None]
        slots = Slots("number", {}, edges_of(values, least))
    elif column.holds == "yes_no":
        slots = Slots("yes_no", {"no": 0, "yes": 1})
    else:
        counts = Counter(word for place in learn if (word := column.words[place]) is not None)
        levels = levels_of(counts, least)
        if sum(counts[level] for level in levels) < LEAST_COVERED * sum(counts.values()):
            return []
        slots = Slots("category", {level: place for place, level in enumerate(levels)})
    return [Candidate(column.name, column.name, slots, _encoded(column.cells, slots))]


def _encoded(cells: Sequence[str], slots: Slots) -> list[int]:
    known: dict[str, int] = {}
    found = []
    for cell in cells:
        slot = known.get(cell)
        if slot is None:
            slot = known[cell] = slots.of(cell)
        found.append(slot)
    return found


def _of_dates(column: Column, learn: Sequence[int], timeline: Timeline | None, least: int) -> list[Candidate]:
    instants = instants_of(column)
    made = [_dated(column, "weekday", {day: place for place, day in enumerate(WEEKDAYS)}, ())]
    hours = [at.hour for place in learn if (at := instants[place]) is not None]
    if len(hours) - hours.count(0) > 0.5 * len(hours):
        made.append(_dated(column, "hour", {}, edges_of(hours, least, 6)))
    if timeline is not None and timeline.column != column.name:
        days = [
            (captured - at).total_seconds() / _DAY_S
            for place in learn
            if (at := instants[place]) is not None and (captured := timeline.at[place]) is not None
        ]
        made.append(_dated(column, "days_before", {}, tuple(round(edge, 6) for edge in edges_of(days, least))))
    captured_at = timeline.at if timeline is not None else (None,) * len(instants)
    for candidate in made:
        candidate.encoded = [candidate.slots.of(at, then) for at, then in zip(instants, captured_at, strict=True)]
    return made


def _dated(column: Column, kind: Kind, levels: Mapping[str, int], edges: tuple[float, ...]) -> Candidate:
    words = {"weekday": "weekday", "hour": "hour", "days_before": "days before capture"}[kind]
    return Candidate(f"{column.name} ({words})", column.name, Slots(kind, levels, edges, column.day_first), [])


def instants_of(column: Column) -> list[datetime | None]:
    """The instants of a column of dates."""
    return [instant_of(cell, column.day_first) for cell in column.cells]


def later_than_capture(column: Column, timeline: Timeline) -> float:
    """The share of its dates that lie more than a day after the capture of their row."""
    pairs = [
        (captured - at).total_seconds() < -_DAY_S
        for at, captured in zip(instants_of(column), timeline.at, strict=True)
        if at is not None and captured is not None
    ]
    return sum(pairs) / len(pairs) if pairs else 0.0
