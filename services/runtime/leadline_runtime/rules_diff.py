"""What two versions of a rules file make of the same leads: the values in which a service compares them for a person.

A service offers `Compare` through the entry-point group `leadline.rules.diff`, under the name of its rules file
(`scoring` for scoring.yaml); the console finds it by that name and shows what it gives.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from leadline_runtime.core import values
from leadline_schemas.event import RulesRef

GROUP = "leadline.rules.diff"
Progress = Callable[[str], None]


@values.dataclass(frozen=True, slots=True)
class Changed:
    """A lead of which the two say something else: per aspect (grade, signal) before and after; `why` in words."""

    lead: str
    changes: Mapping[str, tuple[str, str]]
    why: tuple[str, ...] = ()


@values.dataclass(frozen=True, slots=True)
class Compared:
    """One lead's answers by both rules, per aspect, whether they are the same or not.

    `causes`: what made the difference, by rule, for counting; `points`: did any points differ, whatever they changed?
    """

    lead: str
    answers: Mapping[str, tuple[str, str]]
    why: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()
    points: bool = False

    @property
    def changes(self) -> dict[str, tuple[str, str]]:
        """The aspects in which they differ."""
        return {aspect: both for aspect, both in self.answers.items() if both[0] != both[1]}


@dataclass(slots=True)
class Tally:
    """Counts over the leads compared. `moves`: per aspect how many went from which answer to which, those that stayed
    among them; `left_out`: leads that cannot be compared, by reason; `listed`: the first that changed.
    """

    most: int
    leads: int = 0
    changed: int = 0
    points: int = 0
    moves: dict[str, Counter[tuple[str, str]]] = field(default_factory=dict)
    causes: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    listed: list[Changed] = field(default_factory=list)

    def add(self, compared: Compared) -> None:
        """One more lead."""
        self.leads += 1
        self.points += compared.points
        for aspect, both in compared.answers.items():
            self.moves.setdefault(aspect, Counter())[both] += 1
        if changes := compared.changes:
            self.changed += 1
            self.causes.update(compared.causes)
            if len(self.listed) < self.most:
                self.listed.append(Changed(compared.lead, changes, compared.why))

    def join(self, later: "Tally") -> None:
        """What was counted over the leads that come after these."""
        self.leads += later.leads
        self.changed += later.changed
        self.points += later.points
        for aspect, moves in later.moves.items():
            self.moves.setdefault(aspect, Counter()).update(moves)
        self.causes.update(later.causes)
        self.left_out.update(later.left_out)
        self.listed += later.listed[: self.most - len(self.listed)]


@values.dataclass(frozen=True, slots=True)
class DiffOrder:
    """What is asked: the two files (None: the rules in force), over a file of leads or what the service holds (None),
    as of an instant or of each lead's own, how many changed leads are to be named, and whom to tell how far it is.
    """

    old: Path | None
    new: Path | None
    over: str | None
    as_of: datetime | None
    most: int
    progress: Progress


@values.dataclass(frozen=True, slots=True)
class RulesDiff:
    """The comparison, with the name of each version."""

    old: RulesRef
    new: RulesRef
    tally: Tally


Compare = Callable[[DiffOrder], RulesDiff]


def distribution(moves: Mapping[tuple[str, str], int], side: int) -> dict[str, int]:
    """How many leads have which answer: `side` 0 before, 1 after."""
    found: Counter[str] = Counter()
    for both, leads in moves.items():
        found[both[side]] += leads
    return dict(sorted(found.items()))


def changed_in(moves: Mapping[tuple[str, str], int]) -> int:
    """How many leads have another answer."""
    return sum(leads for both, leads in moves.items() if both[0] != both[1])
