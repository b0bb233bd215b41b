"""Possible duplicates of lists whose truth is known: how many are found, how many of those found are true, how fast."""

import csv
import resource
from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import combinations
from pathlib import Path
from time import perf_counter

from leadline_capture.core.linkage_finding import THRESHOLD, find
from leadline_capture.core.linkage_guessing import guessed
from leadline_capture.core.linkage_reading import Reader
from leadline_capture.duplicate_rules import RULES
from leadline_runtime.core.values import dataclass
from leadline_runtime.rules import load_rules
from tests.load.made_lists import MadeList, english_visitors, french_firms, german_households

DATA = Path(__file__).parents[1] / "data" / "duplicates"


@dataclass(frozen=True, slots=True)
class Quality:
    """Of the pairs found: `precision`, how many are true; of the true ones: `recall`, how many were found."""

    precision: float
    recall: float
    rows: int
    pairs: int
    seconds: float

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        return 2 * self.precision * self.recall / max(self.precision + self.recall, 1e-9)


def measured(made: MadeList, threshold: float = THRESHOLD) -> Quality:
    """What `leadline duplicates find` finds in a list, whose columns it guesses."""
    words = load_rules(RULES, None).rules
    started = perf_counter()
    layout = guessed(made.header, made.rows[:2000], words)
    reader = Reader(layout, words)
    found = find(layout, [reader.values(row) for row in made.rows], words.short_forms, threshold)
    seconds = perf_counter() - started
    true = _true_pairs(made.person)
    got = {(pair.one, pair.other) for pair in found.pairs}
    hits = len(got & true)
    return Quality(hits / max(len(got), 1), hits / max(len(true), 1), len(made.rows), found.compared, seconds)


def _true_pairs(person: Sequence[int]) -> set[tuple[int, int]]:
    rows: dict[int, list[int]] = defaultdict(list)
    for row, who in enumerate(person):
        rows[who].append(row)
    return {pair for same in rows.values() for pair in combinations(same, 2)}


def febrl1() -> MadeList:
    """500 Australians and a damaged record of each; the number in the record's id is the person."""
    return _public("febrl1.csv", lambda row: int(row[0].split("-")[1]), hidden=1)


def splink_1000() -> MadeList:
    """1,000 records of 251 Britons; the last column, which is not shown, is the person."""
    return _public("splink_fake_1000.csv", lambda row: int(row[-1]), hidden=0)


def _public(name: str, person: Callable[[list[str]], int], hidden: int) -> MadeList:
    """A public list; what tells the truth is taken out: the first column, or the last."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        header, *rows = [[cell.strip() for cell in row] for row in csv.reader(file)]
    kept = slice(1, None) if hidden else slice(0, -1)
    return MadeList(tuple(header[kept]), tuple(tuple(row[kept]) for row in rows), tuple(map(person, rows)))


LISTS: dict[str, Callable[[int], MadeList]] = {
    "febrl1": lambda seed: febrl1(),
    "splink1000": lambda seed: splink_1000(),
    "german_households": lambda seed: german_households(seed, 2000),
    "french_firms": lambda seed: french_firms(seed + 1, 2000),
    "english_visitors": lambda seed: english_visitors(seed + 2, 2000),
}


def peak_mb() -> float:
    """The most memory this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Search one made list of as many rows as are asked for; prints seconds, pairs and megabytes."""
    import sys

    found = measured(german_households(int(sys.argv[2]), int(sys.argv[1])))
    print(found.seconds, found.pairs, peak_mb(), found.precision, found.recall)


if __name__ == "__main__":
    main()
