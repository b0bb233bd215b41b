"""What is wrong with a rules file, in words for the person who wrote it. Pure, so that core may raise it."""

from collections.abc import Sequence


class RulesError(ValueError):
    """A rules file that must not be used: which file, where in it, what is wrong, what would be right."""

    def __init__(self, file: str, path: str, problem: str) -> None:
        super().__init__(f"{file}: {path or '(top level)'}: {problem}")
        self.file, self.path, self.problem = file, path, problem


def all_of(faults: Sequence[RulesError]) -> RulesError:
    """One error that names every fault, the first of them first."""
    first, *rest = faults
    return RulesError(first.file, first.path, "\n".join([first.problem, *map(str, rest)])) if rest else first


class ExpressionFailed(ValueError):
    """An expression met a value of a kind it cannot work on. The text names the expression's fault, never the value."""
