"""Which of several values of a field stands (rules B1.6): higher trust, then later time, then smaller event id.

A field's values are kept by their normal form, each with its earliest and its strongest evidence. What is kept, and so
what stands, is a function of the set of statements: their order and repetition do not matter.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from leadline_runtime.core.values import dataclass
from leadline_schemas.lead import Alternate

Shown = str | int | dict[str, str]
ADDRESS = "address"
MOST = 20  # values kept of one field; of a free text three, because each may be long
MOST_TEXTS = 3
MOST_ALTERNATES = 100
TEXTS = frozenset({"message"})
PLACES = frozenset({"ip"})  # of where somebody was no trail is kept: the strongest alone


@dataclass(frozen=True, slots=True)
class Evidence:
    """Who said something, when it was said, and how far the source is trusted. `cause`: the submission's id."""

    cause: UUID
    at: datetime
    source: str
    trust: int

    @property
    def rank(self) -> tuple[int, datetime, int]:
        """Greater is stronger."""
        return (self.trust, self.at, -self.cause.int)


@dataclass(frozen=True, slots=True)
class Value:
    """What a submission says of one field: its normal form, how to show it, and the original if that differs."""

    field: str
    form: str
    shown: Shown
    original: str | None = None


@dataclass(frozen=True, slots=True)
class Contribution:
    """All statements of one value of one field. It is shown as first said: an equal normal form is no change."""

    form: str
    shown: Shown
    first: Evidence
    best: Evidence
    original: str | None = None

    def united(self, other: "Contribution") -> "Contribution":
        """Both together; associative, commutative, idempotent."""
        early, late = sorted((self, other), key=lambda c: (c.first.at, c.first.cause))
        best = max(early.best, late.best, key=lambda e: e.rank)
        return early if best is early.best else replace(early, best=best)


Fields = Mapping[str, tuple[Contribution, ...]]  # per field, the one that stands first


def with_values(fields: Fields, values: Iterable[Value], evidence: Evidence) -> Fields:
    """The fields with one submission's values united in."""
    found = dict(fields)
    for value in values:
        new = Contribution(value.form, value.shown, evidence, evidence, value.original)
        old = found.get(value.field)
        found[value.field] = (new,) if old is None else _unite(value.field, old, new)
    return found


def united_fields(one: Fields, other: Fields) -> Fields:
    """The values of two leads that are one person."""
    found = dict(one)
    for field, values in other.items():
        for value in values:
            old = found.get(field)
            found[field] = (value,) if old is None else _unite(field, old, value)
    return found


def _unite(field: str, old: tuple[Contribution, ...], new: Contribution) -> tuple[Contribution, ...]:
    if field in PLACES:
        return (max((*old, new), key=lambda c: c.best.rank),)
    same = next((c for c in old if c.form == new.form), None)
    rest = [c for c in old if c is not same]
    rest.append(new if same is None else same.united(new))
    rest.sort(key=lambda c: c.best.rank, reverse=True)
    return tuple(rest[: MOST_TEXTS if field in TEXTS else MOST])


def standing(fields: Fields) -> dict[str, Any]:
    """The value that stands of each field."""
    found: dict[str, Any] = {field: values[0].shown for field, values in fields.items()}
    if ADDRESS in found:
        found[ADDRESS] = _standing_address(fields[ADDRESS])
    return found


def _standing_address(values: tuple[Contribution, ...]) -> Shown:
    """The address moves as one block; a fuller block that says all the same and more completes it."""
    block = values[0].shown
    for value in values[1:]:
        if _covers(value.shown, block):
            block = value.shown
    return block


def _covers(fuller: Shown, block: Shown) -> bool:
    assert isinstance(fuller, dict) and isinstance(block, dict)
    return all(fuller.get(part, "").casefold() == text.casefold() for part, text in block.items())


def alternates(fields: Fields) -> tuple[Alternate, ...]:
    """What lost, beside what stands; a newer, less trusted value is offered."""
    found: list[Alternate] = []
    for field in sorted(fields):
        values = fields[field]
        if len(values) == 1 or field in TEXTS:
            continue
        winner, *losers = values
        block = _standing_address(values) if field == ADDRESS else None
        for loser in losers:
            if block is not None and _covers(block, loser.shown):
                continue  # said by the block that stands
            offered = loser.best.at > winner.best.at and loser.best.trust < winner.best.trust
            found.append(
                Alternate(
                    field=field, value=_text(loser.shown), source=loser.best.source, at=loser.best.at, offered=offered
                )
            )
    if len(found) > MOST_ALTERNATES:
        newest = sorted(found, key=lambda a: (a.at, a.field, a.value))[-MOST_ALTERNATES:]
        found = sorted(newest, key=lambda a: a.field)
    return tuple(found)


def _text(shown: Shown) -> str:
    if isinstance(shown, dict):
        return shown.get("name") or ", ".join(shown.values())
    return str(shown)
