"""The likenesses of one batch: what is stored under the keys of its new leads, and what its own items added."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from typing import Any
from uuid import UUID

from leadline_capture.core.identity import Reservation
from leadline_capture.core.lead_reading import Submission
from leadline_capture.core.linkage_comparing import Values
from leadline_capture.core.lookalikes import Lookalikes, Looks, packed
from leadline_capture.reading import Parsed
from leadline_runtime.core.values import dataclass
from leadline_schemas.lead import PossibleDuplicate


@dataclass
class Alike:
    """Changed in memory item by item, so that a batch tells the same as its items one by one."""

    finder: Lookalikes
    looks: dict[UUID, Looks] = field(default_factory=dict)
    found: dict[int, dict[UUID, Values]] = field(default_factory=dict)
    common: set[int] = field(default_factory=set)
    new_keys: list[tuple[int, UUID]] = field(default_factory=list)
    new_looks: dict[UUID, bytes] = field(default_factory=dict)
    suggestions: dict[tuple[UUID, UUID], PossibleDuplicate] = field(default_factory=dict)

    @property
    def keys(self) -> list[int]:
        """The keys of everybody who may be new, each once."""
        return sorted({key for looks in self.looks.values() for key in looks.keys})

    def stored(self, rows: Iterable[tuple[int, UUID | None, Any]], unpack: Callable[[Any], Values]) -> None:
        """Take in what the tables hold: of a key that too many leads have, a row without a lead."""
        for key, lead_id, values in rows:
            if lead_id is None or values is None:
                self.common.add(key)
            else:
                self.found.setdefault(key, {})[lead_id] = unpack(values)

    def of(self, lead_id: UUID) -> tuple[PossibleDuplicate, ...]:
        """The leads that a new one looks like. `lead_id`: under which its submission was read."""
        looks = self.looks.get(lead_id)
        if looks is None:
            return ()
        shared: dict[UUID, int] = {}
        values: dict[UUID, Values] = {}
        housed: set[UUID] = set()
        for key in looks.keys:
            others = self.found.get(key, {})
            if key in self.common or len(others) > self.finder.rules.most_per_key:
                continue
            housed.update(others if key in looks.houses else ())
            for other, its in others.items():
                shared[other], values[other] = shared.get(other, 0) + 1, its
        first = sorted(shared, key=lambda other: (-shared[other], other))[: self.finder.rules.most_compared]
        return self.finder.told(looks.values, [(other, values[other], other in housed) for other in first])

    def add(self, lead_id: UUID, looks: Looks) -> None:
        """A lead is found under its keys from now on."""
        self.new_looks[lead_id] = packed(looks.values)
        for key in looks.keys:
            others = self.found.setdefault(key, {})
            if key not in self.common and len(others) <= self.finder.rules.most_per_key and lead_id not in others:
                self.new_keys.append((key, lead_id))
            others[lead_id] = looks.values

    def apply(self, likened: "Likened") -> None:
        """Take over what was found of one lead."""
        if likened.looks is not None:
            self.add(likened.lead_id, likened.looks)
        for other in likened.suggested:
            self.suggestions.setdefault((likened.lead_id, other.lead_id), other)


@dataclass(frozen=True, slots=True)
class Likened:
    """What changes with one lead: how it looks, if that is new, and whom else it may be, for a person to decide."""

    lead_id: UUID
    looks: Looks | None
    suggested: tuple[PossibleDuplicate, ...]


Rows = Mapping[str, Reservation]


def alike(finder: Lookalikes, parsed: Iterable[Parsed], stored: Rows, likely: Rows) -> Alike:
    """Who of the batch may be new: submissions none of whose keys was known before."""
    found = Alike(finder)
    for each in parsed:
        said = each.said
        if not isinstance(said, Submission) or said.apart:
            continue
        if all(_is_new(key, stored, likely) for _, key in said.keys.contact):
            shown = {value.field: value.shown for value in said.values}
            found.looks[said.lead_id] = finder.looks(shown)
    return found


def _is_new(key: str, stored: Rows, likely: Rows) -> bool:
    row = stored.get(key)
    return row is None or row.holder is None or row is likely.get(key)
