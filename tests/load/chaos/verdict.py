"""What a check found wrong, and in which column of the table it counts."""

from dataclasses import dataclass, field

COLUMNS = (
    "lost", "doubled", "breaches doubled", "breaches early", "breaches missed", "owners doubled",
    "unexpected dead letters", "other",
)  # fmt: skip


@dataclass(frozen=True, order=True)
class Violation:
    """One thing that must not be. `invariant`: its number in reliability.md; `what`: which thing; `found`: the numbers,
    which may differ from look to look."""

    column: str
    invariant: str
    what: str
    found: str = field(default="", compare=False)

    def __str__(self) -> str:
        return f"{self.invariant:<4} {self.column}: {self.what} {self.found}".rstrip()


@dataclass
class Verdict:
    """All violations, and the numbers that tell how much was looked at."""

    violations: set[Violation] = field(default_factory=set)
    numbers: dict[str, int] = field(default_factory=dict)

    def add(self, column: str, invariant: str, what: str, found: str = "") -> None:
        """Something is wrong."""
        assert column in COLUMNS, column
        self.violations.add(Violation(column, invariant, what, found))

    def count(self, column: str) -> int:
        """How many violations a column has."""
        return sum(v.column == column for v in self.violations)
