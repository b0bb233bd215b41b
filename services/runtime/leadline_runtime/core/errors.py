"""What is wrong with a rules file, in words for the person who wrote it. Pure, so that core may raise it."""

from collections.abc import Callable, Sequence
from typing import Any


class RulesError(ValueError):
    """A rules file that must not be used: which file, where in it, what is wrong, what would be right.

    `faults` are all that were found, this one first.
    """

    def __init__(self, file: str, path: str, problem: str) -> None:
        super().__init__(f"{file}: {path or '(top level)'}: {problem}")
        self.file, self.path, self.problem = file, path, problem
        self.faults: tuple[RulesError, ...] = (self,)

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        """From one process to another."""
        return _again, tuple((each.file, each.path, each.problem) for each in self.faults)


def _again(*faults: tuple[str, str, str]) -> RulesError:
    return all_of([RulesError(*each) for each in faults])


def all_of(faults: Sequence[RulesError]) -> RulesError:
    """One error that names every fault, the first of them first."""
    flat = [fault for each in faults for fault in each.faults]
    first, *rest = flat
    if not rest:
        return first
    error = RulesError(first.file, first.path, "\n".join([first.problem, *map(str, rest)]))
    error.faults = tuple(flat)
    return error


class ExpressionFailed(ValueError):
    """An expression met a value of a kind it cannot work on. The text names the expression's fault, never the value."""
