"""Which rules of a list, of which the first that fits counts, can never count: others before take all that fits, or
nothing can fit.

Only what the written conditions show is told (leadline_runtime.core.condition_cases): never of a rule that may count.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from leadline_runtime.core.condition_cases import Case, cases, covers, pieces, possible
from leadline_runtime.core.values import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """A rule as it is written. `path`: where it stands; `ends`: whatever fits it goes no further.

    `always`: it is asked whenever rules are; one that is not takes only from others that are not.
    """

    name: str
    path: str
    when: Mapping[str, Any]
    ends: bool = True
    always: bool = True


@dataclass(frozen=True, slots=True)
class Never:
    """Why a row never counts: `takers` before it take all that fits it; without any nothing can fit it."""

    row: Row
    takers: tuple[Row, ...] = ()

    def words(self) -> str:
        """What is wrong, and what would be right."""
        if not self.takers:
            return "never counts: its conditions contradict each other"
        if len(self.takers) == 1:
            return _words(self.takers[0])
        names = " and ".join(each.name for each in self.takers)
        return f"never counts: what fits it fits {names} before it; put the narrower one first"


def never(rows: Sequence[Row], several: Collection[str] = ()) -> Iterator[Never]:
    """The rows that never count, in order. `several`: fields that may hold several values at once."""
    known = [(row, cases(row.when)) for row in rows]
    for place, (row, found) in enumerate(known):
        if found is None:
            continue
        parts = [piece for case in found if possible(case, several) for piece in pieces(case)]
        parts = [part for part in parts if possible(part, several)]
        if not parts:
            yield Never(row)
            continue
        before = [
            (each, wide) for each, wide in known[:place] if wide and each.ends and (each.always or not row.always)
        ]
        takers = [_taker(part, before, several) for part in parts]
        if all(takers):
            yield Never(row, tuple(each for each in rows[:place] if each in takers))


def _taker(part: Case, before: Sequence[tuple[Row, list[Case]]], several: Collection[str]) -> Row | None:
    return next((row for row, wide in before if any(covers(case, part, several) for case in wide)), None)


def _words(taker: Row) -> str:
    """What is wrong with a row that never counts, and what would be right."""
    if not taker.when:
        return f"never counts: {taker.name} before it fits everything; put it after all others"
    return f"never counts: what fits it fits {taker.name} before it; put the narrower one first"
