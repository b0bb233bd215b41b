"""Which pairs of a list are compared at all: those that share something rare, a bounded number for each record.

Each record has keys (how the name sounds, the year of birth, the postcode, ...). A key that few records have makes a
block; keys that too many have are taken two at a time. Small blocks come first; when the pairs that a list of this
size may have are used up, the larger blocks are left out and counted.
"""

from array import array
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Final

from leadline_capture.core.linkage_comparing import Values
from leadline_capture.core.linkage_sounds import sound
from leadline_capture.core.linkage_words import Meaning
from leadline_runtime.core.values import dataclass

LARGEST_BLOCK: Final = 60  # records
SMALL_BLOCK: Final = 8
PAIRS_PER_RECORD: Final = 20

Key = tuple[str, str]


def keys_of(meanings: Sequence[Meaning], record: Values) -> set[Key]:
    """The keys of one record: kind and value. Each survives some usual slip."""
    found: set[Key] = set()
    for meaning, value in zip(meanings, record, strict=True):
        if value is not None:
            found.update(_keys(meaning, value))
    return found


def _keys(meaning: Meaning, value: str) -> Iterator[Key]:  # noqa: PLR0912 - one case a meaning
    match meaning:
        case "given_name" | "surname":  # one kind: they may stand in each other's column
            for word in value.split()[:3]:
                yield "name", sound(word)
        case "birth_date":
            yield "born", "".join(sorted(value))
            yield "year", value[:4]
            yield "day", "".join(sorted((value[4:6], value[6:])))
        case "email":
            for address in value.split():
                local, _, domain = address.partition("@")
                yield "email", address
                yield "local", local
                yield "local", local[: (len(local) + 1) // 2]
                yield "local", local[len(local) // 2 :]
                yield "domain", domain
        case "phone":
            for number in value.split():
                yield "phone", number[-7:]
                yield "phone", "".join(sorted(number[-8:]))
        case "id_number":
            half = len(value) // 2
            yield "id", value
            yield "id", f"<{value[:half]}"
            yield "id", f">{value[half:]}"
        case "postcode":
            yield "postcode", "".join(sorted(value))
        case "street" | "address_extra":
            yield "street", sound(max(value.split(), key=len))
        case "company":
            for word in value.split()[:3]:
                yield "company", sound(word)
            yield "company", value.replace(" ", "")[:5]
        case "city":
            yield "city", sound(value.replace(" ", ""))
        case "text":
            yield meaning, value
            for word in sorted(value.split(), key=lambda each: (-len(each), each))[:3]:
                yield "word", word
        case "website" | "street_number":
            yield meaning, value


@dataclass(frozen=True, slots=True)
class Candidates:
    """For each record the later records it is compared with; `cut`: pairs of blocks too large for the list's bound."""

    partners: "list[array[int]]"
    cut: int

    @property
    def pairs(self) -> int:
        """How many."""
        return sum(map(len, self.partners))

    def __iter__(self) -> Iterator[tuple[int, int]]:
        for one, others in enumerate(self.partners):
            for other in others:
                yield one, other


def candidates(meanings: Sequence[Meaning], records: Sequence[Values]) -> Candidates:
    """The pairs to compare: at most PAIRS_PER_RECORD times the records, in time that grows with the records."""
    chosen = _Chosen(len(records))
    kinds, common = _single(meanings, records, chosen)
    for one, other in combinations(range(len(kinds)), 2):
        _together(common, one, other, chosen)
    for place in range(len(kinds)):
        _together(common, place, place, chosen)
    return chosen.finished()


def _single(
    meanings: Sequence[Meaning], records: Sequence[Values], chosen: "_Chosen"
) -> tuple[list[str], list[list[tuple[int, ...]]]]:
    """Takes the rare keys; gives kinds, and for each kind the common keys of each record as numbers."""
    blocks: dict[Key, list[int]] = {}
    for row, record in enumerate(records):
        for key in keys_of(meanings, record):
            blocks.setdefault(key, []).append(row)
    kinds = sorted({kind for kind, _ in blocks})
    common: list[list[tuple[int, ...]]] = [[()] * len(records) for _ in kinds]
    for number, ((kind, _), rows) in enumerate(sorted(blocks.items())):
        if len(rows) <= LARGEST_BLOCK:
            chosen.take(rows)
        else:
            mine = common[kinds.index(kind)]
            for row in rows:
                mine[row] = (*mine[row], number)
    return kinds, common


def _together(common: Sequence[Sequence[tuple[int, ...]]], one: int, other: int, chosen: "_Chosen") -> None:
    """Takes the rare combinations of two common keys of these kinds."""
    blocks: dict[tuple[int, int], list[int]] = {}
    for row, (first, second) in enumerate(zip(common[one], common[other], strict=True)):
        if first and second:
            pairs = combinations(first, 2) if one == other else ((a, b) for a in first for b in second)
            for pair in pairs:
                blocks.setdefault(pair, []).append(row)
    for rows in blocks.values():
        chosen.take(rows)


class _Chosen:
    """Collects pairs within the bound."""

    def __init__(self, records: int) -> None:
        self._partners = [array("I") for _ in range(records)]
        self._left = PAIRS_PER_RECORD * records
        self._larger: list[array[int]] = []
        self._cut = 0

    def take(self, rows: Sequence[int]) -> None:
        """A block: at once if small, later if larger, never if too large."""
        if len(rows) < 2:
            return
        if len(rows) <= SMALL_BLOCK:
            self._pairs(rows)
        elif len(rows) <= LARGEST_BLOCK:
            self._larger.append(array("I", rows))
        else:
            self._cut += len(rows) * (len(rows) - 1) // 2

    def _pairs(self, rows: Sequence[int]) -> None:
        if self._left < len(rows):
            self._cut += len(rows) * (len(rows) - 1) // 2
            return
        for one, other in combinations(rows, 2):
            mine = self._partners[one]
            if other not in mine:
                mine.append(other)
                self._left -= 1

    def finished(self) -> Candidates:
        """With the larger blocks, the smallest first, as far as the bound allows."""
        for rows in sorted(self._larger, key=len):
            self._pairs(rows)
        return Candidates(self._partners, self._cut)
